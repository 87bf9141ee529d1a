"""``purgectl audit keygen``: a new key for a log."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import click
from ruamel.yaml import YAML

from runner.cli.audit_key import VARIABLE
from runner.cli.options import target_option
from runner.cli.worktree import find_root, read_file, replace_file
from runner.documents.document import Document
from runner.documents.kinds import Kind
from runner.documents.reading import read
from runner.errors import UsageError
from runner.git.repository import Repository
from runner.merkle.keys import BadKey, Signer
from runner.model.source import EntryKind, SourceFile


@click.command(
    "keygen",
    short_help="Make a key for a log.",
    epilog="""\b
Examples:
  purgectl audit keygen --target sandbox            print a new pair of keys
  purgectl audit keygen --target sandbox --write    and trust it in the target
""",
)
@target_option
@click.option("--write", is_flag=True, help="Put the verifier key into log.keys of the target's file.")
def command(target: str, write: bool) -> None:
    """Make a key for the log of a target.

    The signing key is shown this once and stored nowhere. The origin of the log is taken from the
    target's file in the work tree.
    """
    Repository.open(Path.cwd())
    root = find_root(Path.cwd())
    document = _document(root, target)
    try:
        signer = Signer.generate(_origin(document))
    except BadKey as error:
        raise UsageError(str(error), where=f"{Kind.TARGET.path(target)}: log.origin") from None
    if write:
        _write(root / Kind.TARGET.path(target), document, str(signer.verifier))
    click.echo(_message(target, signer, written=write), nl=False)
    if write:
        click.echo(_key_count(document), nl=False)


def _document(root: Path, target: str) -> Document:
    path = root / Kind.TARGET.path(target)
    if not os.path.lexists(path):
        raise UsageError(
            f"there is no target {target}",
            where=Kind.TARGET.path(target),
            hint="write its file first, then its key",
        )
    return read(read_file(path, Kind.TARGET.path(target)))


def _origin(document: Document) -> str:
    if document.value is None or not document.sound("/log/origin") or not document.sound("/log/keys"):
        faults = [document.locate(fault) for fault in document.faults]
        first = f": {min(faults).message}" if faults else ""
        raise UsageError(
            f"the target's log cannot be read{first}",
            where=document.source.path,
            hint="give it log: {origin: …, keys: []}; purgectl validate shows every fault",
        )
    return str(_log(document)["origin"])


def _log(document: Document) -> dict[str, Any]:
    """Return ``log`` of a target whose ``log.origin`` and ``log.keys`` are sound."""
    assert document.value is not None
    log = document.value["log"]
    assert isinstance(log, dict)
    return log


def _write(path: Path, document: Document, key: str) -> None:
    """Append the key to ``log.keys``, keep everything else as a person wrote it, or touch nothing."""
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 10_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    tree = yaml.load(document.source.data.decode())
    tree["log"]["keys"].append(key)
    out = io.StringIO()
    yaml.dump(tree, out)
    data = out.getvalue().encode()
    again = read(SourceFile(document.source.path, EntryKind.FILE, data, len(data)))
    if again.value != _with_key(document, key):
        raise UsageError(
            "the file cannot be rewritten without changing more than the key",
            where=document.source.path,
            hint="leave --write out, and add the verifier key to log.keys by hand",
        )
    replace_file(path, data)


def _with_key(document: Document, key: str) -> dict[str, object]:
    assert document.value is not None
    log = _log(document)
    return {**document.value, "log": {**log, "keys": [*log["keys"], key]}}


def _key_count(document: Document) -> str:
    """Say how many keys the target trusts now; empty while it is only the new one."""
    count = len(_log(document)["keys"]) + 1
    if count == 1:
        return ""
    return (
        f"\nlog.keys now holds {count} keys. If the log is open already, this is a rotation: merge this,\n"
        "then run purgectl audit key add with the signing key that is in use, and only then do step 1.\n"
    )


def _message(target: str, signer: Signer, *, written: bool) -> str:
    place = Kind.TARGET.path(target)
    where = f"it now stands in log.keys of {place}" if written else f"add it to log.keys of {place}"
    return f"""\
Verifier key (public): {where}

  {signer.verifier}

Signing key (secret): shown this once, and stored nowhere

  {VARIABLE}={signer.secret()}

Next:
  1. Store the signing key as the secret {VARIABLE} of the runner's environment, and nowhere else.
  2. Merge the target with its verifier key into main, and note that key outside the repository.
  3. {VARIABLE}=... purgectl audit open --target {target}
"""

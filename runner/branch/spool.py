"""The spool: signed files with records that the log may not have, because a push failed or a machine died.

A file holds records only, never a checkpoint: whoever brings them into the log signs anew. It is one
JSON object in its canonical form (RFC 8785): ``v``, ``origin``, ``target``, ``records`` and
``signature``, the base64 of an Ed25519 signature over a fixed first line and the rest of the object.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from runner.audit.identity import record_id
from runner.audit.records import BadRecord, canonical, encode, parse, strict_json
from runner.audit.trust import Trust
from runner.errors import Refused, UsageError
from runner.merkle.encoding import from_text, to_text
from runner.merkle.keys import Signer
from runner.model.fields import entries
from runner.model.json import Json, JsonObject
from runner.model.log import Draft, RecordType, Spooled

LASTING = frozenset(
    {
        RecordType.SUBMITTED,
        RecordType.REFUSED,
        RecordType.HALTED,
        RecordType.COMPLETED,
        RecordType.FAILED,
        RecordType.CANCELLED,
    }
)
"""Kinds of records that no later run could find out again."""

LIMIT = 16 * 1024 * 1024
"""Bytes of a file at most."""

_VERSION = 1
_FIRST_LINE = b"purgectl spool\n"
_FIELDS = {"v", "origin", "target", "records"}
_SUFFIX = ".spool"


class BadSpool(ValueError):
    """A file is not what this log spooled; the message says why, safe to print."""


def write(drafts: Sequence[Draft], trust: Trust, signer: Signer) -> bytes:
    """Return the bytes of a file that holds drafts. Raises ``BadRecord`` for one that is no record."""
    records: list[Json] = [strict_json(encode(draft)) for draft in drafts]
    body: JsonObject = {"v": _VERSION, "origin": trust.origin, "target": trust.target, "records": records}
    return canonical({**body, "signature": to_text(signer.sign(_signed(body)))})


def read(data: bytes, trust: Trust) -> tuple[Draft, ...]:
    """Return the drafts in a file that a trusted key has signed for this log. Raises ``BadSpool``."""
    try:
        whole = strict_json(data)
        body = {key: value for key, value in whole.items() if key != "signature"}
        _require_own(body, whole.get("signature"), trust)
        return tuple(_draft(record, trust.origin) for record in entries(body, "records"))
    except (BadRecord, TypeError) as error:
        raise BadSpool(f"it holds something that is no record: {error}") from None


def _signed(body: JsonObject) -> bytes:
    """Return what is signed: no other text of a log begins in this way, so nothing can pass for it."""
    return _FIRST_LINE + canonical(body)


def _require_own(body: Mapping[str, Json], signature: Json, trust: Trust) -> None:
    if set(body) != _FIELDS or body["v"] != _VERSION or not isinstance(signature, str):
        raise BadSpool("it is not a spool file of this version")
    if (body["origin"], body["target"]) != (trust.origin, trust.target):
        raise BadSpool("it is of another log or target")
    try:
        raw = from_text(signature)
    except ValueError:
        raise BadSpool("its signature is not base64") from None
    if not any(verifier.verifies(raw, _signed(body)) for verifier in trust.verifiers):
        raise BadSpool("no key that the target trusts has signed it as it is now")


def _draft(body: JsonObject, origin: str) -> Draft:
    record = parse(0, canonical(body))
    fields = {key: value for key, value in body.items() if key not in ("v", "id", "type", "at")}
    if record.type not in LASTING or record.id != record_id(origin, record.type, fields):
        raise BadSpool(f"it holds a record of type {record.type.value} that no run leaves behind")
    return Draft(record.type, record.id, record.at, fields)


class SpoolFolder:
    """``ports.Spool`` in a folder of this machine, for one log; ``more`` are files that somebody named.

    A file appears whole or not at all, and is on the disk before ``keep`` returns. Only its owner
    can read it. Named files stay where they are; ids make it harmless to import them again.
    """

    def __init__(self, folder: Path, trust: Trust, signer: Signer, more: Sequence[Path] = ()) -> None:
        """Make the folder. Raises ``UsageError`` when nothing can be kept there."""
        self._folder = folder
        self._trust = trust
        self._signer = signer
        self._more = tuple(more)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            writable = os.access(folder, os.W_OK | os.X_OK)
        except OSError:
            writable = False
        if not writable:
            raise UsageError(
                "the spool cannot be written, and what was sent could be forgotten without it",
                where=str(folder),
                hint="name another folder with --spool DIR or PURGECTL_SPOOL",
            )

    def keep(self, drafts: Sequence[Draft]) -> str:
        """Keep drafts of the lasting kinds and return the path of their file. Raises ``UsageError``."""
        data = write(drafts, self._trust, self._signer)
        path = self._folder / f"{self._trust.target}-{hashlib.sha256(data).hexdigest()[:32]}{_SUFFIX}"
        unfinished = path.with_suffix(".unfinished")
        try:
            unfinished.unlink(missing_ok=True)
            with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
            self._settle()
        except OSError as error:
            raise UsageError(f"the spool cannot be written: {error.strerror}", where=str(path)) from None
        return str(path)

    def drop(self, name: str) -> None:
        """Remove a file of the folder; one that cannot be removed is imported again, without effect."""
        path = Path(name)
        if path not in self._more:
            with suppress(OSError):
                path.unlink()
                self._settle()

    def pending(self) -> tuple[Spooled, ...]:
        """Read the named files, then those of the folder, oldest first. Raises ``Refused``."""
        try:
            own = sorted(
                self._folder.glob(f"{self._trust.target}-*{_SUFFIX}"),
                key=lambda path: path.stat().st_mtime_ns,
            )
            return tuple(Spooled(str(path), self._read(path)) for path in (*self._more, *own))
        except OSError as error:
            raise Refused(
                f"a file of the spool cannot be read: {error.strerror}",
                where=str(error.filename or self._folder),
                hint="make it readable; what it holds may be in no other place",
            ) from None

    def _read(self, path: Path) -> tuple[Draft, ...]:
        try:
            with path.open("rb") as file:
                data = file.read(LIMIT + 1)
            if len(data) > LIMIT:
                raise BadSpool("it is too large")
            return read(data, self._trust)
        except BadSpool as error:
            raise Refused(
                f"a file of the spool is refused: {error}",
                where=str(path),
                hint="find out who wrote or changed it; move it away only when the log has what it tells",
            ) from None

    def _settle(self) -> None:
        """Make a new or removed name last."""
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

"""A new organisation's repository, rendered from what this project uses for itself.

The workflows, rulesets, forms and documents of this repository are the only source. What is rendered
differs from them in what the new one has not got: our code, our tests, and our teams.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from runner.setup.file_checks import SCHEMAS
from runner.setup.organisation import Organisation, Owners

SOURCES = (
    ".github",
    "docs",
    "schemas",
    "policies/README.md",
    "policies/regulations/core.yaml",
    "requirements.txt",
)
"""Folders and files of this project that a new repository is made of."""

_OURS = ".github/workflows/ci.yml"
"""Tests purgectl itself, which a repository of policies need not do again."""

_DOCUMENTS = frozenset(
    f"docs/{name}.md"
    for name in (
        "audit-log",
        "exit-codes",
        "for-auditors",
        "for-compliance-officers",
        "for-operators",
        "for-reviewers",
        "formats",
        "rules",
        "sandbox",
        "setup",
    )
)
_SCHEMAS = frozenset(f"schemas/{name}.schema.json" for name in SCHEMAS)
_README = Path(__file__).parent / "templates" / "README.md"
_ATTRIBUTES = "* text=auto eol=lf\n*.whl binary\n"
_LINK = re.compile(r"\[([^\]\n]*)\]\(([^)\s]+)\)")


def repository(shipped: Mapping[str, bytes], new: Organisation) -> Mapping[str, bytes]:
    """Return every file of a new repository by its path; ``shipped`` are the files of ``SOURCES``."""
    texts = dict(_rendered(shipped, new))
    texts["README.md"] = _readme(new)
    texts[".gitattributes"] = _ATTRIBUTES
    paths = {*texts, *(each.path for each in new.documents), new.wheel.path}
    files = {
        path: _reachable(path, text, paths).encode() if path.endswith(".md") else text.encode()
        for path, text in texts.items()
    }
    files |= {each.path: each.data for each in new.documents}
    return {**files, new.wheel.path: new.wheel.data}


def _rendered(shipped: Mapping[str, bytes], new: Organisation) -> Iterator[tuple[str, str]]:
    for path, data in shipped.items():
        if _belongs(path):
            yield path, _render(path, data.decode(), new)


def _belongs(path: str) -> bool:
    if path.startswith("docs/"):
        return path in _DOCUMENTS
    if path.startswith("schemas/"):
        return path in _SCHEMAS
    return path != _OURS


def _render(path: str, text: str, new: Organisation) -> str:
    if path.startswith(".github/workflows/"):
        return _workflow(text)
    if path.startswith(".github/rulesets/"):
        return _ruleset(text)
    if path == ".github/CODEOWNERS":
        return _owners(text, new.owners)
    render = _BY_PATH.get(path)
    if render is not None:
        return render(text)
    return f"{_pinned(new)}{text}" if path == "requirements.txt" else text


def _workflow(text: str) -> str:
    """Call the installed purgectl. ``python -m`` would look for modules in the checkout first."""
    return text.replace("python -m runner ", "purgectl ")


def _ruleset(text: str) -> str:
    """Leave out the required check of our own tests."""
    ruleset: dict[str, Any] = json.loads(text)
    own = PurePosixPath(_OURS).stem
    for rule in ruleset["rules"]:
        parameters = rule.get("parameters", {})
        if "required_status_checks" in parameters:
            checks = parameters["required_status_checks"]
            parameters["required_status_checks"] = [each for each in checks if each["context"] != own]
    return json.dumps(ruleset, indent=2) + "\n"


def _owners(text: str, owners: Owners) -> str:
    for role in ("compliance", "legal", "maintainers"):
        text = text.replace(f"@purgectl/{role}", getattr(owners, role))
    return text


def _updates(text: str) -> str:
    """Keep the actions only: a version of purgectl is tested with its own lock, and brings it along."""
    head, *ecosystems = re.split(r"^(?=  - package-ecosystem: )", text, flags=re.MULTILINE)
    return head + "".join(each for each in ecosystems if "package-ecosystem: github-actions\n" in each)


def _request(text: str) -> str:
    """Leave out what is asked of code."""
    return text.partition("\n**For code**")[0]


def _pinned(new: Organisation) -> str:
    return (
        f"# purgectl {new.wheel.version} and everything that it needs, each by its hash. The wheel lies in\n"
        "# this repository, so that no other host and no credential is needed to install it.\n"
        f"{new.wheel.requirement}\n\n"
    )


def _readme(new: Organisation) -> str:
    text = _README.read_text(encoding="utf-8")
    for name, value in (("target", new.target), ("version", new.wheel.version), ("wheel", new.wheel.path)):
        text = text.replace(f"@{name}@", value)
    return text


def _reachable(path: str, text: str, there: Collection[str]) -> str:
    """Turn links that lead nowhere in the new repository into their own words."""

    def kept(link: re.Match[str]) -> str:
        target = link[2].partition("#")[0]
        if not target or re.match(r"[a-z]+:", target):
            return link[0]
        leads = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
        folder = any(each.startswith(f"{leads}/") for each in there)
        return link[0] if leads in there or folder else link[1]

    return _LINK.sub(kept, text)


_BY_PATH: Mapping[str, Callable[[str], str]] = {
    ".github/dependabot.yml": _updates,
    ".github/pull_request_template.md": _request,
}

"""Which kind of document stands at which place."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import PurePosixPath

ROOT = "policies"
APPROVERS = f"{ROOT}/approvers.yaml"
API_VERSION = "purge/v1"
NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
"""How documents are named. The file's stem is the name."""


class Kind(StrEnum):
    """The documents that this version reads."""

    PURGE_POLICY = "PurgePolicy"
    LEGAL_HOLD = "LegalHold"
    TARGET = "Target"
    REGULATION_PACK = "RegulationPack"
    POLICY_TEST = "PolicyTest"
    APPROVERS = "Approvers"

    @property
    def schema(self) -> str:
        """The name of the schema that describes this kind."""
        return _SCHEMAS[self]

    @property
    def folder(self) -> str:
        """Where documents of this kind stand, such as ``policies/targets``."""
        return _FOLDERS[self]

    def path(self, name: str) -> str:
        """Where the document of a name stands, such as ``policies/targets/sandbox.yaml``.

        There is one file of approvers, so its place is the same for every name.
        """
        return APPROVERS if self is Kind.APPROVERS else f"{self.folder}/{name}.yaml"


_SCHEMAS = {
    Kind.PURGE_POLICY: "purge-policy",
    Kind.LEGAL_HOLD: "legal-hold",
    Kind.TARGET: "target",
    Kind.REGULATION_PACK: "regulation-pack",
    Kind.POLICY_TEST: "policy-test",
    Kind.APPROVERS: "approvers",
}
_FOLDERS = {
    Kind.PURGE_POLICY: f"{ROOT}/purges",
    Kind.LEGAL_HOLD: f"{ROOT}/holds",
    Kind.TARGET: f"{ROOT}/targets",
    Kind.REGULATION_PACK: f"{ROOT}/regulations",
    Kind.POLICY_TEST: f"{ROOT}/tests",
    Kind.APPROVERS: ROOT,
}


def kind_of(path: str) -> Kind | None:
    """Return the kind that belongs at a path (``/`` between its parts), or ``None`` if none does."""
    name = PurePosixPath(path).stem
    return next((kind for kind in Kind if kind.path(name) == path), None)


def below(path: str, kind: Kind) -> bool:
    """Whether a path is the folder of a kind, or lies anywhere below it."""
    return f"{path}/".startswith(f"{kind.folder}/")


def is_readme(path: str) -> bool:
    """Whether a path is a ``README.md``, which may stand anywhere and is not a document."""
    return PurePosixPath(path).name == "README.md"

"""Which kind of document stands at which place."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import PurePosixPath

ROOT = "policies"
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

    @property
    def schema(self) -> str:
        """The name of the schema that describes this kind."""
        return _SCHEMAS[self]


_SCHEMAS = {
    Kind.PURGE_POLICY: "purge-policy",
    Kind.LEGAL_HOLD: "legal-hold",
    Kind.TARGET: "target",
    Kind.REGULATION_PACK: "regulation-pack",
    Kind.POLICY_TEST: "policy-test",
}
FOLDERS = {
    f"{ROOT}/purges": Kind.PURGE_POLICY,
    f"{ROOT}/holds": Kind.LEGAL_HOLD,
    f"{ROOT}/targets": Kind.TARGET,
    f"{ROOT}/regulations": Kind.REGULATION_PACK,
    f"{ROOT}/tests": Kind.POLICY_TEST,
}
NOT_YET = (f"{ROOT}/approvers.yaml",)
"""Places of the format that this version would have to ignore, and therefore refuses."""


def kind_of(path: str) -> Kind | None:
    """Return the kind that belongs at a path (``/`` between its parts), or ``None`` if none does."""
    place = PurePosixPath(path)
    return FOLDERS.get(str(place.parent)) if place.suffix == ".yaml" else None


def below(path: str, kind: Kind) -> bool:
    """Whether a path is the folder of a kind, or lies anywhere below it."""
    return any(f"{path}/".startswith(f"{folder}/") for folder, each in FOLDERS.items() if each is kind)


def is_readme(path: str) -> bool:
    """Whether a path is a ``README.md``, which may stand anywhere and is not a document."""
    return PurePosixPath(path).name == "README.md"


def not_yet_honoured(path: str) -> bool:
    """Whether a path belongs to the format, but not to what this version can honour."""
    return any(path == place or path.startswith(f"{place}/") for place in NOT_YET)

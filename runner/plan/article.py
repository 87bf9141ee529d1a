"""The original article's policy object, judged for governance tests in other people's pipelines."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from runner.documents import form
from runner.documents.schema import check
from runner.documents.wording import quote
from runner.errors import PolicyValidationError
from runner.model.finding import Fault
from runner.model.json import JsonObject
from runner.model.pointer import child, within
from runner.model.policy import Classification, PurgeType
from runner.model.settings import Settings
from runner.plan.document_checks import run, value_at
from runner.rules import reason
from runner.rules.catalogue import checks
from runner.rules.check import Check
from runner.rules.erasure import ERA_001
from runner.rules.periods import RET_001

_FLOOR_DAYS = 2555
_FROM_THE_CATALOGUE = frozenset({"DAT-001", "DAT-002", "RET-003"})


def _floor(classification: str, retention_days: int) -> Iterator[Fault]:
    """RET-001 without a pack: the entry ``org-phi-floor`` as the article has it."""
    if classification == Classification.HIPAA and retention_days < _FLOOR_DAYS:
        yield RET_001.fault(
            "/retentionDays",
            f"hipaa data needs at least {_FLOOR_DAYS} days of retention, not {retention_days}",
        )


def _permanent(classification: str, purge_type: str) -> Iterator[Fault]:
    """ERA-001 without a pack: the entry ``org-pii-erasure`` as the article has it."""
    if classification == Classification.PII and purge_type != PurgeType.PERMANENT:
        yield ERA_001.fault("/purgeType", f"pii must be purged permanently, not {purge_type}")


PROFILE = (
    *(each for each in checks(Settings()) if each.rule.id in _FROM_THE_CATALOGUE),
    Check(RET_001, _floor, reads=("/classification", "/retentionDays")),
    Check(ERA_001, _permanent, reads=("/classification", "/purgeType")),
    reason.LENGTH,
)
"""The checks that the article's seven fields alone decide; of its reason only the length counts."""

_DEEPEST = 32


@dataclass(frozen=True, slots=True)
class _Article:
    """The object as a document that was never in a file (``plan.document_checks.Checked``)."""

    value: JsonObject | None
    faults: tuple[Fault, ...]

    def sound(self, pointer: str) -> bool:
        """Whether the value is there and no fault lies at, above or below it."""
        return value_at(self, pointer) is not None and not any(
            within(fault.pointer, pointer) or within(pointer, fault.pointer) for fault in self.faults
        )


def validate(policy: Mapping[str, object], now: datetime) -> dict[str, object]:
    """Judge the article's seven fields and return a copy of them, made of plain dicts and lists.

    ``now`` is aware. Raises ``PolicyValidationError`` with every fault as ``path: message``, and
    ``ValueError`` for a ``now`` without an offset.
    """
    if now.utcoffset() is None:
        raise ValueError("now must be aware: give it a time zone, such as datetime.UTC")
    value = _plain(policy)
    faults = check("article-policy", value)
    if not isinstance(value, dict):
        raise PolicyValidationError(tuple(map(_line, faults)))
    faults += tuple(_unwritable(value.get("filters"), "/filters"))
    article = _Article(value, faults)
    for each in PROFILE:
        faults += tuple(run(each, article, now))
    if faults:
        raise PolicyValidationError(tuple(map(_line, faults)))
    return value


def _plain(value: object, levels: int = _DEEPEST) -> object:
    """Copy mappings and lists; every other value stays, so that its fault can be told."""
    if levels and isinstance(value, Mapping):
        return {key: _plain(item, levels - 1) for key, item in value.items()}
    if levels and isinstance(value, list | tuple):
        return [_plain(item, levels - 1) for item in value]
    return value


def _unwritable(value: object, pointer: str, levels: int = _DEEPEST) -> Iterator[Fault]:
    """Find what JSON cannot hold in the filters, which the schema leaves open."""
    if levels and isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                yield form.SCHEMA.fault(child(pointer, str(key)), f"the key {quote(key)} must be a text")
            yield from _unwritable(item, child(pointer, str(key)), levels - 1)
    elif levels and isinstance(value, list):
        for position, item in enumerate(value):
            yield from _unwritable(item, child(pointer, position), levels - 1)
    elif not (value is None or isinstance(value, str | int) or _finite(value)):
        message = f"must be a JSON value at most {_DEEPEST} levels deep, not {quote(value)}"
        yield form.SCHEMA.fault(pointer, message)


def _finite(value: object) -> bool:
    return isinstance(value, float) and math.isfinite(value)


def _line(fault: Fault) -> str:
    path = fault.pointer.removeprefix("/").replace("/", ".").replace("~1", "/").replace("~0", "~")
    return f"{path or 'policy'}: {fault.message}"

"""Examples as documents that the packs can judge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time

from runner.model.finding import Severity
from runner.model.json import JsonObject
from runner.model.regulation import Example, RegulationPack, Traits
from runner.plan.document_checks import value_at
from runner.plan.packs import apply_packs, traits_of

_UNSAID: JsonObject = {"interactionType": "voice", "purgeType": "permanent"}


@dataclass(frozen=True, slots=True)
class ExamplePolicy:
    """A tiny policy that was never in a file of its own (``plan.document_checks.Checked``)."""

    value: JsonObject

    def sound(self, pointer: str) -> bool:
        """Whether the value is there; the schema of its pack has judged it already."""
        return value_at(self, pointer) is not None


def traits_of_example(example: Example) -> Traits | None:
    """Return what the law asks about the data of an example."""
    return traits_of(_policy(example))


def judge_example(
    packs: tuple[RegulationPack, ...], example: Example, now: datetime
) -> list[tuple[str, Severity]]:
    """Return rule and severity of everything that packs find in an example, on its day or at ``now``."""
    faults = apply_packs(packs, _policy(example), instant_of(example, now))
    return [(fault.rule, fault.severity) for fault in faults]


def instant_of(example: Example, now: datetime) -> datetime:
    """Return when an example is judged: at the first instant of its day in UTC, or at ``now``."""
    day = example.as_of
    return now if day is None else datetime.combine(day, time.min, tzinfo=UTC)


def _policy(example: Example) -> ExamplePolicy:
    return ExamplePolicy({**_UNSAID, **(example.policy or {})})

"""No personal data in a document: it and its record are kept for ever, and nothing is taken out of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from runner.model.finding import Fault, Severity
from runner.model.json import Json
from runner.model.pointer import child
from runner.model.privacy import PersonalKind, personal_data
from runner.model.rule import Phase, Rule
from runner.rules.check import Check

PRV_001 = Rule(
    id="PRV-001",
    title="No personal data",
    severity=Severity.ERROR,
    phase=Phase.REVIEW,
    basis="GDPR Art. 5(1)(c) and (e): no more personal data than needed, no longer than needed",
    hint="take it out, and name the ticket or the case under which it can be found",
)

_FIELDS_OF_A_POLICY = (
    "/filters", "/name", "/owner", "/reason", "/retentionBasis", "/retentionTrigger", "/ropaRef",
    "/supersedes", "/tags", "/target", "/ticket",
)  # fmt: skip
"""Every field in which a person may write what they like, or nearly so."""

_LONGEST_SHORT_CODE = 6
"""Digits of the longest short code; a number of more is somebody's telephone."""

_OPAQUE = "/scope/conversationIds"


def impersonal(pointer: str, value: Json) -> Iterator[Fault]:
    """PRV-001: no key, text or number at ``pointer`` or below looks like personal data."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _looked_at(child(pointer, key), key, at_key=True)
            yield from impersonal(child(pointer, key), item)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for position, item in enumerate(value):
            yield from impersonal(child(pointer, position), item)
    elif isinstance(value, str | int):
        yield from _looked_at(pointer, str(value), at_key=False)


def impersonal_hold(hold: Mapping[str, Json]) -> Iterator[Fault]:
    """PRV-001 for a legal hold, in which the platform's ids of conversations are allowed."""
    return (fault for fault in impersonal("", hold) if not fault.pointer.startswith(f"{_OPAQUE}/"))


def impersonal_addresses(filters: Mapping[str, Mapping[str, Sequence[str]]] | None) -> Iterator[Fault]:
    """PRV-001: an address of ``filters.dimensions`` is a short code or a name, however it is written.

    Where only addresses stand, digits alone are enough to see a telephone number in them.
    """
    addresses = (filters or {}).get("dimensions", {}).get("address", ())
    for position, address in enumerate(addresses):
        kind = PersonalKind.EMAIL if "@" in address else PersonalKind.TELEPHONE
        number = sum(character.isdecimal() for character in address) > _LONGEST_SHORT_CODE
        if (number or "@" in address) and not any(personal_data(address)):
            message = f"the value contains what looks like personal data: {kind.value}"
            yield PRV_001.fault(f"/filters/dimensions/address/{position}", message)


def _looked_at(pointer: str, text: str, *, at_key: bool) -> Iterator[Fault]:
    kinds = sorted({passage.kind.value for passage in personal_data(text)})
    if kinds:
        what = "the key" if at_key else "the value"
        message = f"{what} contains what looks like personal data: {', '.join(kinds)}"
        yield PRV_001.fault(pointer, message, at_key=at_key)


CHECKS = (
    *(Check(PRV_001, partial(impersonal, pointer), may_read=(pointer,)) for pointer in _FIELDS_OF_A_POLICY),
    Check(PRV_001, impersonal_addresses, may_read=("/filters",)),
)

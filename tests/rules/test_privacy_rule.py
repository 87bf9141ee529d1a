"""PRV-001 finds personal data wherever a person may write, and leaves the platform's ids alone."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.rules.privacy import CHECKS, impersonal, impersonal_addresses, impersonal_hold

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "purge-policy.schema.json").read_text())
CLOSED = {
    "apiVersion", "kind", "revision", "interactionType", "dateRange", "retentionDays", "classification",
    "jurisdictions", "purgeType", "graceDays", "allowUnfiltered", "includeSensitive", "limits", "expected",
    "mode",
}  # fmt: skip
"""Fields in which no text of one's own can be written."""


def test_every_field_with_a_text_of_one_s_own_is_looked_at():
    looked_at = {check.may_read[0].removeprefix("/") for check in CHECKS}
    assert looked_at | CLOSED == set(SCHEMA["properties"])


@pytest.mark.parametrize(
    ("value", "place", "at_key"),
    [
        ("call +49 30 1234567", "/filters", False),
        ({"attributes": {"ani": "+15552345678"}}, "/filters/attributes/ani", False),
        ({"attributes": {"ani": 5552345678}}, "/filters/attributes/ani", False),
        ({"attributes": {"card": ["x", 4111111111111111]}}, "/filters/attributes/card/1", False),
        ({"attributes": {"a/b": "x@y.example"}}, "/filters/attributes/a~1b", False),
        ({"attributes": {"x@y.example": True}}, "/filters/attributes/x@y.example", True),
    ],
)
def test_the_finding_stands_at_the_value_or_the_key(value, place, at_key):
    (fault,) = impersonal("/filters", value)
    assert (fault.pointer, fault.at_key) == (place, at_key)


def test_the_message_names_the_kinds_and_not_the_data():
    (fault,) = impersonal("/reason", "x@y.example, 219-09-9999, y@z.example")
    assert fault.message.endswith(": e-mail address, national id")


def test_ids_of_conversations_are_opaque_and_everything_else_in_a_hold_is_not():
    hold = {
        "basis": "Notice to john.doe@bank.example",
        "scope": {
            "conversationIds": ["020 7946 0958", "x@y.example"],
            "filters": {"attributes": {"caller": "020 7946 0958"}},
        },
        "release": {"reason": "AB 12 34 56 C has settled"},
    }
    assert [fault.pointer for fault in impersonal_hold(hold)] == [
        "/basis",
        "/scope/filters/attributes/caller",
        "/release/reason",
    ]


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
)


@given(json_values)
def test_any_value_can_be_looked_at(value):
    assert all(fault.pointer.startswith("/filters") for fault in impersonal("/filters", value))


@pytest.mark.parametrize("address", ["123456", "72345", "BANK", "channel 7", "A1-B2-C3"])
def test_a_short_code_or_a_name_is_an_address_that_may_be_written(address):
    assert list(impersonal_addresses({"dimensions": {"address": [address]}})) == []


@pytest.mark.parametrize("address", ["1234567", "tel:4 93 01 23", "49-30-12-34", "jane@localhost", "sip:7@x"])
def test_a_number_or_a_mailbox_is_not_however_it_is_written(address):
    (fault,) = impersonal_addresses({"dimensions": {"address": ["72345", address]}})
    assert fault.pointer == "/filters/dimensions/address/1"


def test_what_the_other_check_finds_is_told_once():
    filters = {"dimensions": {"address": ["+49 30 1234567", "jane@x.example"]}}
    assert list(impersonal_addresses(filters)) == list(impersonal_addresses(None)) == []
    assert len(list(impersonal("/filters", filters))) == 2

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.timestamp import TimeStamp

from runner.documents.scalars import LARGEST, objection, resolve


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None), ("~", None), ("null", None), ("NULL", None), ("nULL", "nULL"),
        ("true", True), ("False", False), ("tRUE", "tRUE"),
        ("0", 0), ("-0", 0), ("+5", 5), ("-17", -17), (str(LARGEST), LARGEST), (f"-{LARGEST}", -LARGEST),
        ("2018-01-01", "2018-01-01"), ("2018-01-01T00:00:00Z", "2018-01-01T00:00:00Z"),
        ("yess", "yess"), ("1.2.3", "1.2.3"), ("PT24H", "PT24H"), ("-", "-"), ("٣", "٣"), ("e5", "e5"), (".", "."),
    ],
)  # fmt: skip
def test_the_core_schema_decides(text: str, value: object) -> None:
    assert objection(text) is None
    assert resolve(text) == value
    assert type(resolve(text)) is type(value)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (str(LARGEST + 1), "DOC-020"), ("-9007199254740992", "DOC-020"), ("9" * 5000, "DOC-020"),
        ("1.5", "DOC-021"), ("1.", "DOC-021"), (".5", "DOC-021"), ("5e3", "DOC-021"), ("-1.0E+9", "DOC-021"),
        (".inf", "DOC-021"), ("-.INF", "DOC-021"), (".nan", "DOC-021"),
        ("yes", "DOC-022"), ("No", "DOC-022"), ("ON", "DOC-022"), ("off", "DOC-022"), ("y", "DOC-022"),
        ("010", "DOC-022"), ("0o17", "DOC-022"), ("0x1F", "DOC-022"), ("0b11", "DOC-022"), ("1_000", "DOC-022"),
        ("1_0.5", "DOC-022"), ("12:30", "DOC-022"), ("190:20:30", "DOC-022"), ("=", "DOC-022"), ("<<", "DOC-022"),
    ],
)  # fmt: skip
def test_what_has_two_readings_or_none_is_refused(text: str, rule: str) -> None:
    found = objection(text)
    assert found is not None
    assert found[0].id == rule


@given(st.text(alphabet="0123456789abefnoxyzEINOTY+-_.:~=<", min_size=1, max_size=8))
def test_the_reference_parser_reads_the_same_value(text: str) -> None:
    """What is not refused means to us what it means to ruamel.yaml, in YAML 1.2 and in YAML 1.1."""
    if objection(text) is not None or text.startswith(("- ", "-\n")) or ": " in text or text.endswith(":"):
        return
    for version in ((1, 2), (1, 1)):
        parser = YAML(typ="safe", pure=True)
        parser.version = version
        try:
            theirs = parser.load(f"[{text}]")
        except Exception:  # noqa: BLE001 - not a plain scalar there, so not our question
            continue
        if isinstance(theirs[0], TimeStamp) or not isinstance(theirs[0], str | int | float | bool | None):
            continue
        assert theirs == [resolve(text)]
        assert type(theirs[0]) is type(resolve(text))

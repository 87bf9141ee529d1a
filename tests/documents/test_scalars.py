from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from runner.documents.scalars import LARGEST, objection, resolve


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None), ("~", None), ("null", None), ("NULL", None), ("nULL", "nULL"),
        ("true", True), ("False", False), ("tRUE", "tRUE"),
        ("0", 0), ("-0", 0), ("+5", 5), ("-17", -17), (str(LARGEST), LARGEST), (f"-{LARGEST}", -LARGEST),
        ("2018-01-01", "2018-01-01"), ("2018-01-01T00:00:00Z", "2018-01-01T00:00:00Z"),
        ("yess", "yess"), ("1.2.3", "1.2.3"), ("PT24H", "PT24H"), ("-", "-"), ("e5", "e5"),
        (".", "."), ("٣", "٣"),
    ],
)  # fmt: skip
def test_the_core_schema_decides(text, value):
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
        ("010", "DOC-022"), ("0o17", "DOC-022"), ("0x1F", "DOC-022"), ("0b11", "DOC-022"),
        ("1_000", "DOC-022"), ("1_0.5", "DOC-022"), ("12:30", "DOC-022"), ("190:20:30", "DOC-022"),
        ("=", "DOC-022"), ("<<", "DOC-022"),
    ],
)  # fmt: skip
def test_what_has_two_readings_or_none_is_refused(text, rule):
    broken, _ = objection(text)
    assert broken.id == rule


@given(st.text(alphabet="0123456789abefnoxyzEINOTY+-_.:~=<", min_size=1, max_size=8))
def test_the_reference_parser_reads_the_same_value(text):
    """What is not refused means to us what it means to ruamel.yaml, in YAML 1.2 and in YAML 1.1."""
    assume(objection(text) is None)
    for version in ((1, 2), (1, 1)):
        parser = YAML(typ="safe", pure=True)
        parser.version = version
        try:
            (theirs,) = parser.load(f"[{text}]")
        except YAMLError:
            continue  # no plain scalar at all
        if not isinstance(theirs, dict | list | date):
            assert (theirs, type(theirs)) == (resolve(text), type(resolve(text)))

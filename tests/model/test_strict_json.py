import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.model.strict_json import parse, parse_object

scalars = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text()
json_values = st.recursive(
    scalars | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=15,
)


@given(st.dictionaries(st.text(), json_values, max_size=5))
def test_every_object_that_json_can_write_is_read_back(value):
    assert parse_object(json.dumps(value).encode()) == value


@given(json_values)
def test_every_value_that_json_can_write_is_read_back(value):
    assert parse(json.dumps(value).encode()) == value


@given(st.binary(max_size=200))
def test_any_bytes_are_an_object_or_a_value_error(data):
    try:
        value = parse_object(data)
    except ValueError:
        return
    assert isinstance(value, dict)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is not JSON: line 1, column 1"),
        (b"<html>login</html>", "is not JSON: line 1, column 1"),
        (b"[]", "is not a JSON object"),
        (b"null", "is not a JSON object"),
        (b'{"a": NaN}', "holds NaN, which is not JSON"),
        (b'{"a": -Infinity}', "holds -Infinity, which is not JSON"),
        (b'{"a": 1e999}', "holds a number too large to keep"),
        (b'{"a": ' + b"9" * 5000 + b"}", "holds a number of more than 30 digits"),
        (b'{"a": 1, "a": 2}', "names one key twice"),
        (b'{"b": {"a": 1, "\\u0061": 2}}', "names one key twice"),
        (b'{"a": ' + b"[" * 200_000, "is nested too deeply"),
        (b'{"a":' * 200_000, "is nested too deeply"),
        (b'{"a": "\xff"}', "is not UTF-8"),
        ('{"a": 1}'.encode("utf-16"), "is not UTF-8"),
        (b'\xef\xbb\xbf{"a": 1}', "is not JSON: line 1, column 1"),
    ],
)
def test_what_is_refused_and_how(data, sentence):
    with pytest.raises(ValueError, match="^" + sentence.replace("-", r"\-")):
        parse_object(data)

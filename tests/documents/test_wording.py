import pytest

from runner.documents.wording import foreign, quote


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a\x1b[31m\u202e", '"a\\x1b[31m\\u202e"'),
        ("x" * 500, '"' + "x" * 79 + '…"'),
        ("\x00" * 500, '"' + "\\x00" * 19 + '\\x0…"'),
        (-(2**53), "-9007199254740992"),
        (None, "nothing"),
        (False, "false"),
        ((1,), "a list"),
        (b"x", "a bytes"),
    ],
)
def test_a_foreign_value_is_shown_short_and_printable(value, shown):
    assert quote(value) == shown


def test_a_number_too_long_to_write_is_shown_too():
    assert quote(10**5000) == "a number of more than 19 digits"


def test_foreign_text_is_cut_before_it_is_made_printable():
    assert foreign("\x1b" * 10_000_000) == "\\x1b" * 19 + "\\x1…"
    assert foreign("short") == "short"

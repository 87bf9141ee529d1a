import pytest

from runner.documents.characters import decode, described
from runner.documents.places import Place

FIRST_LINE = "# ein Wörtchen\n"


def faults_of(data):
    return [(fault.rule, fault.place) for fault in decode(data)[1]]


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"\xff\xfea\x00", Place(1, 1)),
        (FIRST_LINE.encode() + b"ab\xe4c: 1\n", Place(2, 3)),
        ("name: Käse".encode("latin-1"), Place(1, 8)),
        (b"a: \xed\xa0\x80\n", Place(1, 4)),
        (b"a: \xc0\xaf\n", Place(1, 4)),
        ("\r\nü: ".encode() + b"\xf0\x9f", Place(2, 4)),
    ],
    ids=["utf-16", "latin-1 in the middle", "latin-1", "surrogate", "overlong", "cut short"],
)
def test_bytes_that_are_not_utf_8_are_refused_at_the_first_of_them(data, place):
    text, faults = decode(data)
    assert text is None
    assert [(fault.rule, fault.place) for fault in faults] == [("DOC-004", place)]
    assert "offset" in faults[0].message


def test_a_byte_order_mark_is_told_and_removed():
    text, faults = decode(b"\xef\xbb\xbfa: 1\n")
    assert text == "a: 1\n"
    assert [fault.rule for fault in faults] == ["DOC-005"]


def test_a_mark_in_the_middle_is_an_invisible_character():
    assert faults_of("a: \ufeffb\n".encode()) == [("DOC-007", Place(1, 4))]


def test_plain_text_with_line_breaks_of_both_kinds_is_fine():
    text = FIRST_LINE + "a: 中文 — “déjà” 🙂\r\nb: 2\n"
    assert decode(text.encode()) == (text, ())


@pytest.mark.parametrize(
    "character",
    [
        "\x00",
        "\x1b",
        "\x7f",
        "\x85",
        "\u2028",
        "\u202e",
        "\u2066",
        "\u200d",
        "\u00ad",
        "\u3000",
        "\u3164",
        "\ufe0f",
        "\ue000",
        "\U000e0041",
        "\U000e0100",
    ],
)
def test_what_cannot_be_seen_is_told_and_stands_aside(character):
    text, faults = decode(f"a: 1\nb: x{character}y{character}\n".encode())
    assert text == "a: 1\nb: x\ufffdy\ufffd\n"
    assert [(fault.rule, fault.place) for fault in faults] == [("DOC-007", Place(2, 5))]
    assert f"U+{ord(character):04X}" in faults[0].message
    assert faults[0].message.endswith("and 1 more")
    assert faults[0].message.isprintable()


def test_a_line_break_that_only_some_programs_see_is_told():
    assert faults_of(b"a: 1\rb: 2\n") == [("DOC-007", Place(1, 5))]


def test_tabs_are_told_once_with_their_number():
    (fault,) = decode(b"a: 1\n\tb:\t2\n")[1]
    assert (fault.rule, fault.place, fault.message) == ("DOC-006", Place(2, 1), "holds a tab, and 1 more")


def test_a_hidden_character_is_named():
    assert described("\u202e") == "U+202E RIGHT-TO-LEFT OVERRIDE"
    assert described("\x1b") == "the control character U+001B"

"""What looks like personal data is found; dates, identifiers and figures are left alone."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.model.privacy import REMOVED, Passage, PersonalKind, personal_data, without_personal_data

FOUND = [
    ("john.doe+tag@mail.example.co.uk", PersonalKind.EMAIL),
    ("jürgen@müller.example", PersonalKind.EMAIL),
    ("+49 30 1234567", PersonalKind.TELEPHONE),
    ("+1 (555) 234-5678", PersonalKind.TELEPHONE),
    ("+15552345678", PersonalKind.TELEPHONE),
    ("00491701234567", PersonalKind.TELEPHONE),
    ("0170 1234567", PersonalKind.TELEPHONE),
    ("(0170) 123-45-67", PersonalKind.TELEPHONE),
    ("020 7946 0958", PersonalKind.TELEPHONE),
    ("06 12 34 56 78", PersonalKind.TELEPHONE),
    ("(555) 234-5678", PersonalKind.TELEPHONE),
    ("555-234-5678", PersonalKind.TELEPHONE),
    ("1-555-234-5678", PersonalKind.TELEPHONE),
    ("5552345678", PersonalKind.TELEPHONE),
    ("4111111111111111", PersonalKind.CARD),
    ("4111 1111 1111 1111", PersonalKind.CARD),
    ("5500-0055-5555-5559", PersonalKind.CARD),
    ("378282246310005", PersonalKind.CARD),
    ("3782 822463 10005", PersonalKind.CARD),
    ("219-09-9999", PersonalKind.NATIONAL_ID),
    ("AB 12 34 56 C", PersonalKind.NATIONAL_ID),
    ("JX123456D", PersonalKind.NATIONAL_ID),
    ("DE89370400440532013000", PersonalKind.ACCOUNT),
    ("GB82 WEST 1234 5698 7654 32", PersonalKind.ACCOUNT),
    ("BE68 5390 0754 7034", PersonalKind.ACCOUNT),
    ("FR14 2004 1010 0505 0001 3M02 606", PersonalKind.ACCOUNT),
]


@pytest.mark.parametrize(("passage", "kind"), FOUND)
@pytest.mark.parametrize("around", ["{}", "call {} now", "({})", "tel:{}.", "2018-01-01 {}; 2018", "<{}>"])
def test_it_is_found_wherever_it_stands(passage, kind, around):
    text = around.format(passage)
    (found,) = personal_data(text)
    assert found.kind is kind
    assert text[found.start : found.end].strip("()") == passage.strip("()")
    assert without_personal_data(text).count(REMOVED) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Seven-year organisational period for the 2018 billing calls has ended. Ticket REC-412.",
        "HIPAA 7-year retention window expired. Approved by compliance officer #4492.",
        "2018-01-01T00:00:00.000Z to 2018-12-31T23:59:59.999Z", "2018-01-01 2018-12-31",
        "2018-01-01T10:00+01:00",
        "01.02.2018 15:00", "01/12/2018", "1-2-2018", "8f7e6d5c-4b3a-2c1d-0e9f-8a7b6c5d4e3f",
        "12345678-1234-1234-1234-123456789012", "00000000-0000-4000-8000-000000000000",
        "purged 5000 of 12000 in 2557 days", "1,234,567", "5000000000", "000000123456", "192.168.10.100",
        "1700000000", "1700000000000", "4111 1111 1111 1112", "HTTP 503 after 30 s",
        "user@host", "a @ b.c", "@team",
        "REC-412", "REC-2026-11-2301", "CHG0031245", "INC-123-45-6789", "000-12-3456", "666-12-3456",
        "123-00-4567",
        "GB 12 34 56 C", "AB 12 34 56 E", "QQ123456C", "ab123456c", "DE89 3704 0044 0532 0130 01", "US-CA",
        "queue EU01 VOICE TIER1 BACK", "a" * 40, "0123456789abcdef0123456789abcdef01234567", "RS-12, item 4",
        "", "Art. 17(3)(b)", "§ 257 HGB", "45 C.F.R. 164.316(b)(2)(i)",
    ],
)  # fmt: skip
def test_it_is_left_alone(text):
    assert list(personal_data(text)) == []
    assert without_personal_data(text) == text


@pytest.mark.parametrize(
    "after", ["2018 calls", "1234 5678 9012", "A1B2 C3D4", "GB82 WEST 1234 5698 7654 32"]
)
def test_an_account_is_found_whatever_follows_it(after):
    assert without_personal_data(f"to BE68 5390 0754 7034 {after}").startswith(f"to {REMOVED} ")


def test_two_accounts_side_by_side_are_both_found():
    assert without_personal_data("DE89 3704 0044 0532 0130 00 GB82 WEST 1234 5698 7654 32") == (
        f"{REMOVED} {REMOVED}"
    )


def test_every_passage_is_removed_and_nothing_else():
    text = "from a@b.example and c@d.example by +49 30 1234567"
    assert [passage.kind for passage in personal_data(text)] == [
        PersonalKind.EMAIL, PersonalKind.EMAIL, PersonalKind.TELEPHONE,
    ]  # fmt: skip
    assert without_personal_data(text) == f"from {REMOVED} and {REMOVED} by {REMOVED}"


def test_a_passage_knows_its_place():
    assert list(personal_data("to a@b.example!")) == [Passage(PersonalKind.EMAIL, 3, 14)]


@given(st.text("0123456789 +-.()/@abc", max_size=80))
def test_what_remains_is_the_text_around_the_passages(text):
    passages = list(personal_data(text))
    assert all(one.end <= two.start for one, two in pairwise(passages))
    kept, position = "", 0
    for passage in passages:
        kept += text[position : passage.start] + REMOVED
        position = passage.end
    assert without_personal_data(text) == kept + text[position:]


@given(st.integers(10**14, 10**15 - 1).map(lambda number: "4" + str(number)[1:]))
def test_a_card_number_needs_its_check_digit(digits):
    def check_digit(body):
        total = 0
        for index, character in enumerate(reversed(body)):
            digit = int(character) * (2 if index % 2 == 0 else 1)
            total += digit - 9 if digit > 9 else digit
        return str(-total % 10)

    right = digits + check_digit(digits)
    wrong = digits + str((int(right[-1]) + 1) % 10)
    assert without_personal_data(f"card {right}") == f"card {REMOVED}"
    assert without_personal_data(f"card {wrong}") == f"card {wrong}"

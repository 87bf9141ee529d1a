"""What looks like personal data in a text: addresses, numbers of telephones, cards, accounts and persons.

It finds what people write by accident, not what somebody hides. Dates, times, identifiers and plain
counts are left alone, so that a sentence about a purge stays readable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

REMOVED = "[removed]"


class PersonalKind(StrEnum):
    """What a passage looks like; the value is a noun for a message."""

    EMAIL = "e-mail address"
    CARD = "card number"
    TELEPHONE = "telephone number"
    ACCOUNT = "bank account number"
    NATIONAL_ID = "national id"


@dataclass(frozen=True, slots=True)
class Passage:
    """One passage of a text: its characters from ``start`` up to, but not including, ``end``."""

    kind: PersonalKind
    start: int
    end: int


def personal_data(text: str) -> Iterator[Passage]:
    """Find every passage that looks like personal data, in order; linear in the text's length.

    Telephone numbers are found with a country code (``+49 30 1234567``), with a leading zero
    (``020 7946 0958``) or in the North American form (``(555) 234-5678``); card numbers by their
    usual groups and the Luhn check digit (ISO/IEC 7812-1); bank accounts as IBAN with its check
    digits (ISO 13616-1); national ids are the US Social Security number with its hyphens and the UK
    National Insurance number.
    """
    position = 0
    while match := _PASSAGES.search(text, position):
        kind = _KINDS.get(match.lastgroup or "")
        length = 0 if kind is None else _LENGTHS.get(kind, len)(match[0])
        if kind is not None and length:
            yield Passage(kind, match.start(), match.start() + length)
        position = match.start() + (length or len(match[0]))


def without_personal_data(text: str) -> str:
    """Replace every passage that looks like personal data by ``[removed]``."""
    kept, position = [], 0
    for passage in personal_data(text):
        kept += [text[position : passage.start], REMOVED]
        position = passage.end
    return "".join([*kept, text[position:]])


def _card_length(text: str) -> int:
    """Return the length of a card number whose Luhn digit is right, else 0."""
    digits = [int(character) for character in reversed(text) if character.isdecimal()]
    doubled = (digit * 2 - 9 if digit > 4 else digit * 2 for digit in digits[1::2])
    return 0 if (sum(digits[::2]) + sum(doubled)) % 10 else len(text)


def _account_length(text: str) -> int:
    """Return how many characters are an IBAN, without the words that may follow it; 0 for none."""
    ends = [match.start() for match in re.finditer(r"(?= )|$", text)]
    return max((end for end in ends if _iban(text[:end].replace(" ", ""))), default=0)


def _iban(code: str) -> bool:
    if len(code) < _SHORTEST_IBAN:
        return False
    return int("".join(str(int(character, 36)) for character in code[4:] + code[:4])) % 97 == 1


_KINDS = {
    "email": PersonalKind.EMAIL,
    "card": PersonalKind.CARD,
    "telephone": PersonalKind.TELEPHONE,
    "account": PersonalKind.ACCOUNT,
    "national": PersonalKind.NATIONAL_ID,
}

_SHORTEST_IBAN = 15

_LENGTHS = {PersonalKind.CARD: _card_length, PersonalKind.ACCOUNT: _account_length}

_GAP = r"[ \u00a0./()\u2010-\u2015-]{0,3}"

_PASSAGES = re.compile(
    rf"""
    (?<![\w.+%'-]) (?P<email> [\w.+%'-]{{1,64}} @ (?:[\w-]{{1,63}}\.){{1,8}} [^\W\d_]{{2,63}} )
  | (?<![\w.+]) (?:
        (?P<harmless>
            # a UUID, an ISO 8601 date with or without a time, a date with its year at the end
            [0-9a-fA-F]{{8}} (?:-[0-9a-fA-F]{{4}}){{3}} -[0-9a-fA-F]{{12}}
          | \d{{4}}-\d\d-\d\d (?:[T ]\d\d:\d\d (?: :\d\d (?:\.\d+)? )? (?: Z | [+-]\d\d:?\d\d )? )?
          | \d\d? (?P<mark>[./-]) \d\d? (?P=mark) \d{{4}}
        )
      | (?P<card>
            # 4-4-4-1..7, 4-6-4..5, or all in one
            [2-6] (?: \d{{12,18}} | \d{{3}} (?P<gap>[ -])
                (?: (?: \d{{4}} (?P=gap) ){{2}} \d{{1,7}} | \d{{6}} (?P=gap) \d{{4,5}} ) )
        )
      | (?P<national>
            # the areas and groups that are given out; two letters that may begin an insurance number
            (?<!-) (?! 000 | 666 | 9 ) \d{{3}} - (?!00) \d\d - (?!0000) \d{{4}} (?!-)
          | (?! BG | GB | KN | NK | NT | TN | ZZ ) [A-CEGHJ-PR-TW-Z] [A-CEGHJ-NPR-TW-Z]
            (?: [ ]?\d\d ){{3}} [ ]?[A-D]
        )
      | (?P<account>
            # a country, two check digits, then groups of four; from the second group on each has a digit
            [A-Z]{{2}} \d\d [ ]?[A-Z0-9]{{4}} (?: [ ]? (?=[A-Z]{{0,3}}\d) [A-Z0-9]{{4}} ){{1,6}}
            (?: [ ]?[A-Z0-9]{{1,3}} )?
        )
      | (?P<telephone>
            \+ {_GAP} [1-9] (?: {_GAP}\d ){{6,14}}
          | \(? 0 (?: [1-9]\d{{0,4}} | 0[1-9]\d{{0,3}} ) {_GAP} [1-9] (?: {_GAP}\d ){{5,11}}
          | (?: 1[ .-] )? \(? [2-9]\d\d \)? [ .-]? [2-9]\d\d [ .-]? \d{{4}}
        )
    ) (?!\w)
    """,
    re.VERBOSE,
)

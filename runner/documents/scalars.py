"""Plain scalars: what a value without quotes means, and which of them have more than one meaning.

Source: YAML 1.2.2 section 10.3.2, the core schema. Timestamps stay texts. Where YAML 1.1 (which
many programs still read) or the reference parser would see another value, the scalar is refused:
two parsers must never disagree about what is deleted.
"""

from __future__ import annotations

import re

from runner.documents import form
from runner.model.rule import Rule

LARGEST = 2**53 - 1

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)", re.ASCII)
_DECIMAL = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
    re.ASCII,
)
_OTHER_READINGS = re.compile(
    r"[yYnN]|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF"  # true and false to YAML 1.1
    r"|[-+]?0[0-9]+|[-+]?0o[0-7_]+|[-+]?0x[0-9a-fA-F_]+|[-+]?0b[01_]+"  # other bases to one of the two
    r"|(?=[^_]*_)[-+]?[0-9._]+(?:[eE][-+]?[0-9]+)?"  # grouped digits
    r"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"  # base 60 to YAML 1.1
    r"|=|<<",
    re.ASCII,
)


def resolve(text: str) -> str | int | bool | None:
    """Return the value of a plain scalar to which ``objection`` has none."""
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    return int(text) if _INTEGER.fullmatch(text) else text


def objection(text: str) -> tuple[Rule, str] | None:
    """Return the rule that a plain scalar breaks, with what is wrong; ``None`` if it breaks none.

    The sentence does not quote the scalar, which may be as long as the file.
    """
    if _INTEGER.fullmatch(text):
        digits = text.lstrip("+-")
        too_large = len(digits) > len(str(LARGEST)) or int(digits) > LARGEST
        return (form.WHOLE_NUMBER_RANGE, "is a number that not every program can hold") if too_large else None
    if _DECIMAL.fullmatch(text):
        return form.NO_DECIMALS, "is a decimal number"
    if _OTHER_READINGS.fullmatch(text):
        return form.ONE_READING, "is read as different values by different programs"
    return None

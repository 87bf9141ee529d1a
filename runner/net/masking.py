"""Secrets and foreign text, made fit to show."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

from runner.model.text import printable, shorten

MASK = "[masked]"
LONGEST_QUOTE = 500


def mask(text: str, secrets: Iterable[str]) -> str:
    """Replace every secret by ``[masked]``, also where it is URL-encoded or escaped as in JSON."""
    forms = sorted({form for secret in secrets for form in _forms(secret)}, key=len, reverse=True)
    if not forms:
        return text
    return re.sub("|".join(map(re.escape, forms)), MASK, text, flags=re.IGNORECASE)


def quotable(text: str, secrets: Iterable[str]) -> str:
    """Make a server's words fit for one line: masked, printable, at most 500 characters.

    The secrets go first: a cut may not leave half of one.
    """
    return shorten(printable(mask(text, secrets)), LONGEST_QUOTE)


def _forms(secret: str) -> Iterator[str]:
    if secret:
        yield from (secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1])

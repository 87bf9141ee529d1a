"""The shapes of GitHub's answers, as far as purgectl reads them: a stand-in keeps to them."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

USED = json.loads(Path(__file__).with_name("github-used.schema.json").read_text())
VERSIONS = tuple(USED["versions"])


def misshapen(method: str, path: str, body: Any, version: str) -> list[str]:
    """Say how an answer differs from GitHub's own in a version of its interface."""
    faults = _validator(_operation(method, path), version).iter_errors(body)
    return [f"{method} {path}: {fault.json_path} {fault.message}" for fault in faults]


def _operation(method: str, path: str) -> str:
    """Return which answer a request gets: the key in the schema whose ``{}`` its path fills."""
    for known in USED["answers"]:
        verb, _, template = known.partition(" ")
        if verb == method and re.fullmatch(re.escape(template).replace(r"\{\}", "[^/]+"), path):
            return str(known)
    raise AssertionError(f"the schema knows no {method} {path}")


@cache
def _validator(named: str, version: str) -> Draft202012Validator:
    own = {name: {"allOf": [USED["$defs"][name], more]} for name, more in USED["versions"][version].items()}
    return Draft202012Validator({"$defs": USED["$defs"] | own, **USED["answers"][named]})

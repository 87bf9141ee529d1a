"""The published description of Genesys Cloud, held against everything that passes a sandbox.

What was accepted must be a request that the description allows, and every answer must be one that it
describes, with no field beyond it. An answer that a fault shaped may be anything.
"""

import io
import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from jsonschema import Draft4Validator, FormatChecker

from runner.model.time import parse_instant
from runner.sandbox.wire import STRUCK

FILE = Path(__file__).resolve().parents[2].parent / "shared/genesys-openapi/genesys-openapi-subset.json"

_API = "/api/v2/"
_NO_SUCH_CALL = "405"
_OURS = "/api/v2/interactions/purge"
_NEWER = {
    ("put", "/api/v2/recordings/deletionprotection", "200"): {
        "type": "object",
        "required": ["failedUpdates"],
        "additionalProperties": False,
        "properties": {
            "failedUpdates": {
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "conversation": {"$ref": "#/definitions/AddressableEntityRef"},
                        "errorMessage": {"type": "string"},
                        "errorCode": {"type": "string"},
                    },
                },
            }
        },
    }
}
"""Answers that the platform has learnt since the description was published (API 10706)."""

_formats = FormatChecker(formats=())


@_formats.checks("date-time", raises=ValueError)
def _date_time(value: object) -> bool:
    return not isinstance(value, str) or bool(parse_instant(value))


@_formats.checks("interval", raises=ValueError)
def _interval(value: object) -> bool:
    first, _, last = str(value).partition("/")
    return parse_instant(first) < parse_instant(last)


@_formats.checks("int32")
def _int32(value: object) -> bool:
    return not isinstance(value, int) or -(2**31) <= value < 2**31


class Published:
    """The description, and what was found to break it."""

    def __init__(self, description: dict[str, Any]) -> None:
        self._paths = description["paths"]
        ordered = sorted(self._paths, key=lambda path: path.count("{"))
        self._patterns = [(re.sub(r"\{\w+\}", "[^/]+", path), path) for path in ordered]
        self._definitions = {name: _closed(each) for name, each in description["definitions"].items()}
        self.breaches: list[str] = []
        self.seen: set[tuple[str, str, str]] = set()
        """Every method, path and status that was checked."""

    def around(self, app: Any) -> Any:
        """A WSGI application that looks at what passes another."""

        def watching(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            environ["wsgi.input"] = io.BytesIO(body)
            statuses: list[str] = []

            def starting(status: str, *rest: Any) -> Any:
                statuses.append(status[:3])
                return start_response(status, *rest)

            answer = app(environ, starting)
            path = environ["PATH_INFO"]
            if not path.startswith(_API) or path.startswith(_OURS) or environ.get(STRUCK):
                return answer
            parts = list(answer)
            answer.close()
            self._check(environ, body, statuses[-1], b"".join(parts))
            return parts

        return watching

    def _check(self, environ: dict[str, Any], body: bytes, status: str, answer: bytes) -> None:
        method, path = environ["REQUEST_METHOD"].lower(), environ["PATH_INFO"]
        template = next((each for pattern, each in self._patterns if re.fullmatch(pattern, path)), "")
        operation = self._paths.get(template, {}).get(method)
        if operation is None:
            if int(status) < 400:
                self.breaches.append(f"{method} {path} is not published, and was answered {status}")
            return
        if status == _NO_SUCH_CALL:
            return
        call = (method, template, status)
        self.seen.add(call)
        if int(status) < 400:
            self._check_query(call, operation, dict(parse_qsl(environ["QUERY_STRING"])))
            self._check_body(call, operation, body)
        self._check_answer(call, operation, answer)

    def _check_query(self, call: tuple[str, ...], operation: dict[str, Any], given: dict[str, str]) -> None:
        known = {each["name"]: each for each in operation.get("parameters", []) if each["in"] == "query"}
        for name in given.keys() - known.keys():
            self.breaches.append(f"{call}: unknown parameter {name}")
        for name, parameter in known.items():
            if name not in given:
                if parameter.get("required"):
                    self.breaches.append(f"{call}: parameter {name} is missing")
                continue
            pattern = {"integer": r"-?\d+", "boolean": "true|false"}.get(parameter["type"], ".*")
            allowed = parameter.get("enum", [given[name]])
            if not re.fullmatch(pattern, given[name]) or given[name] not in allowed:
                self.breaches.append(f"{call}: parameter {name}={given[name]}")

    def _check_body(self, call: tuple[str, ...], operation: dict[str, Any], body: bytes) -> None:
        parameter = next((each for each in operation.get("parameters", []) if each["in"] == "body"), None)
        if parameter is None:
            if body:
                self.breaches.append(f"{call}: a body, which is not published")
        elif body or parameter.get("required"):
            self._validate(f"{call} request", parameter["schema"], _without_nulls(json.loads(body)))

    def _check_answer(self, call: tuple[str, ...], operation: dict[str, Any], answer: bytes) -> None:
        responses = operation["responses"]
        published = responses.get(call[2], responses.get("default"))
        schema = _NEWER.get(call) or (published or {}).get("schema")
        if published is None and call not in _NEWER:
            self.breaches.append(f"{call}: this status is not published")
        elif schema is None:
            if answer:
                self.breaches.append(f"{call}: an answer where none is published")
        elif call[0] != "head":
            self._validate(f"{call} answer", schema, json.loads(answer))

    def _validate(self, where: str, schema: dict[str, Any], value: Any) -> None:
        whole = {"allOf": [schema], "definitions": self._definitions}
        validator = Draft4Validator(whole, format_checker=_formats)
        self.breaches += [
            f"{where} {'/'.join(map(str, error.absolute_path))}: {error.message}"
            for error in validator.iter_errors(value)
        ]


def _without_nulls(value: Any) -> Any:
    """A body without members that are null, which Swagger 2.0 cannot describe and its readers skip."""
    return {name: each for name, each in value.items() if each is not None}


def _closed(schema: Any) -> Any:
    """A schema in which an object has no members beyond those described."""
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _closed(each) for name, each in schema.items()}
    if isinstance(closed.get("properties"), dict) and closed.get("type") == "object":
        closed.setdefault("additionalProperties", False)
    return closed


@cache
def _description() -> dict[str, Any] | None:
    return json.loads(FILE.read_text()) if FILE.exists() else None


def published() -> Published | None:
    """The description afresh, or ``None`` where it is not at hand."""
    description = _description()
    return None if description is None else Published(description)

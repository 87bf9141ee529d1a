"""``purgectl audit`` as people run it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from referencing import Registry
from referencing.jsonschema import DRAFT7
from support.commandline import Done, kept_variables, purgectl

from runner.documents.resources import schema


def audit(folder: Path, *arguments: str, **variables: str) -> Done:
    """Run the command in a folder; variables that are not given here are not there."""
    return purgectl(folder, "audit", *arguments, variables=kept_variables() | variables)


def valid(name: str, document: Any) -> Any:
    """Check a JSON output against its schema, and return it."""
    registry = Registry()
    for other in ("records", "definitions"):
        registry = registry.with_resource(f"{other}.schema.json", DRAFT7.create_resource(schema(other)))
    Draft7Validator(schema(name), registry=registry).validate(document)
    return document

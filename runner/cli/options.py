"""Options that several commands have, so that each means the same everywhere."""

from __future__ import annotations

import re
from datetime import datetime

import click

from runner.model.time import parse_instant

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)


def _target_name(ctx: click.Context, parameter: click.Parameter, value: str) -> str:
    """Accept what can be the name of a target."""
    del ctx, parameter
    if not _NAME.fullmatch(value):
        raise click.BadParameter("a target's name is lower-case letters, digits and inner hyphens")
    return value


def optional_target_name(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Accept what can be the name of a target, or nothing."""
    return None if value is None else _target_name(ctx, parameter, value)


target_option = click.option(
    "--target",
    required=True,
    metavar="NAME",
    callback=_target_name,
    help="The target, as in policies/targets/NAME.yaml.",
)
format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For a person, or for a program.",
)
allow_host_option = click.option(
    "--allow-host", multiple=True, metavar="HOST", help="Let credentials go to this host as well."
)


def instant(ctx: click.Context, parameter: click.Parameter, value: str | None) -> datetime | None:
    """Read the option; a day alone means its first instant in UTC."""
    del ctx, parameter
    if value is None:
        return None
    try:
        return parse_instant(value if "T" in value else f"{value}T00:00:00Z")
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


as_of_option = click.option(
    "--as-of", metavar="DATE-TIME", callback=instant, help="Judge as if it were this day or instant."
)

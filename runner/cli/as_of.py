"""``--as-of``: the option of every command that may judge as if it were another day."""

from __future__ import annotations

from datetime import datetime

import click

from runner.model.time import parse_instant


def _instant(ctx: click.Context, parameter: click.Parameter, value: str | None) -> datetime | None:
    """Read the option; a day alone means its first instant in UTC."""
    del ctx, parameter
    if value is None:
        return None
    try:
        return parse_instant(value if "T" in value else f"{value}T00:00:00Z")
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


as_of_option = click.option(
    "--as-of", metavar="DATE-TIME", callback=_instant, help="Judge as if it were this day or instant."
)

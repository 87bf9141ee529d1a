"""Outside memory on the command line and in the environment."""

from __future__ import annotations

from collections.abc import Mapping

import click

from runner.audit.memory import Expectation
from runner.cli.environment import variable
from runner.errors import UsageError
from runner.model.target import variable_for

VARIABLE = "AUDIT_EXPECT"


def _given(
    ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> tuple[Expectation, ...]:
    del ctx, parameter
    try:
        return tuple(Expectation.parse(value) for value in values)
    except ValueError as error:
        raise click.BadParameter(f"{error}; give SIZE:ROOT as a checkpoint states them") from None


expect_option = click.option(
    "--expect",
    multiple=True,
    metavar="SIZE:ROOT",
    callback=_given,
    help="What somebody outside remembers of an earlier checkpoint; it must be a prefix of the log.",
)


def remembered(target: str, environment: Mapping[str, str] | None = None) -> tuple[Expectation, ...]:
    """Read ``AUDIT_EXPECT_<TARGET>`` and ``AUDIT_EXPECT``: checkpoints, separated by white space.

    Both count. Raises ``UsageError`` for anything else: a memory that cannot be read is never passed over.
    """
    found = []
    for name in (VARIABLE, variable_for(VARIABLE, target)):
        for value in variable(name, environment).split():
            try:
                found.append(Expectation.parse(value))
            except ValueError as error:
                raise UsageError(
                    f"{name}: {error}", hint="give SIZE:ROOT as a checkpoint states them, separated by spaces"
                ) from None
    return tuple(dict.fromkeys(found))

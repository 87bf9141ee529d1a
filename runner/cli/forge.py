"""GitHub, opened for reading alone, or for comments and issues too."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

from runner.cli.environment import ForgeAccess
from runner.forge.client import LARGEST_ANSWER, GitHub
from runner.forge.desk import GitHubWriter
from runner.net.transport import Setting
from runner.net.wire import Limits


@contextmanager
def reading(
    access: ForgeAccess, setting: Setting, allow_host: Collection[str], *, sandbox: bool
) -> Iterator[GitHub]:
    """Open GitHub for reading; ``sandbox`` as in ``GitHub``. Raises ``UsageError``."""
    with closing(
        GitHub(access.api_url, access.token, _roomy(setting), allow_host=allow_host, sandbox=sandbox)
    ) as github:
        yield github


@contextmanager
def writing(
    access: ForgeAccess, setting: Setting, allow_host: Collection[str], *, sandbox: bool
) -> Iterator[GitHubWriter]:
    """Open GitHub for comments and issues: the one place where a ``GitHubWriter`` is built.

    Raises as ``reading``.
    """
    with closing(
        GitHubWriter(access.api_url, access.token, _roomy(setting), allow_host=allow_host, sandbox=sandbox)
    ) as github:
        yield github


def _roomy(setting: Setting) -> Setting:
    return replace(setting, limits=Limits(size=LARGEST_ANSWER))

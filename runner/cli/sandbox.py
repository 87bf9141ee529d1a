"""``purgectl sandbox``: the embedded Genesys Cloud and governance system, alone."""

from __future__ import annotations

import json
import math
import os
import re
import shlex
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click

from runner.errors import UsageError
from runner.sandbox.settings import DEFAULT_PORT, READ_ONLY_CLIENT, Settings

_DEFAULTS = Settings()
_HELP = """Run a Genesys Cloud organisation of synthetic interactions on this machine.

It prints the variables that point purgectl at it, then serves until Ctrl-C. It listens on
127.0.0.1 only, and nothing in it is real: what is purged is back at the next start.
How to switch faults on: docs/sandbox.md.
"""
_EXAMPLES = """\b
Examples:
  purgectl sandbox
  purgectl sandbox --port 0 --ready-file sandbox.json --journal requests.jsonl
  purgectl sandbox --seed 11 --size 100000 --job-seconds 10
"""
_STOPPING = (signal.SIGINT, signal.SIGTERM)


def _credential(context: click.Context, parameter: click.Parameter, value: str) -> str:
    """Accept what a Basic header can carry: visible ASCII without a colon (RFC 7617 section 2)."""
    del context, parameter
    if not re.fullmatch(r"[!-9;-~]+", value):
        raise click.BadParameter("must be visible ASCII characters without a colon or a space")
    return value


def _finite(context: click.Context, parameter: click.Parameter, value: float) -> float:
    del context, parameter
    if not math.isfinite(value):
        raise click.BadParameter("must be a number of seconds")
    return value


@click.command("sandbox", help=_HELP, epilog=_EXAMPLES)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=DEFAULT_PORT,
    show_default=True,
    help="Port on 127.0.0.1; 0 takes a free one.",
)
@click.option("--seed", type=int, default=_DEFAULTS.seed, show_default=True, help="Which data set.")
@click.option(
    "--size",
    type=click.IntRange(0, 1_000_000),
    default=_DEFAULTS.size,
    show_default=True,
    help="How many interactions.",
)
@click.option(
    "--ready-file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write base_url, pid and the variables to FILE as JSON once listening; removed at the end.",
)
@click.option(
    "--journal",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Append every request seen to FILE, one JSON object a line.",
)
@click.option(
    "--token-seconds",
    type=click.IntRange(1, 172_800),
    default=_DEFAULTS.token_seconds,
    show_default=True,
    help="Life of an access token.",
)
@click.option(
    "--job-seconds",
    type=click.FloatRange(0, 3600),
    callback=_finite,
    default=_DEFAULTS.job_seconds,
    show_default=True,
    help="How long a purge takes.",
)
@click.option(
    "--deletion-lag",
    type=click.FloatRange(0, 31_536_000),
    callback=_finite,
    default=_DEFAULTS.deletion_lag,
    show_default=True,
    help="Seconds from a recording's delete date until its file is gone.",
)
@click.option(
    "--client-id",
    callback=_credential,
    default=_DEFAULTS.client_id,
    show_default=True,
    help=f"OAuth client that may purge; {READ_ONLY_CLIENT} may only read.",
)
@click.option(
    "--client-secret",
    callback=_credential,
    default=_DEFAULTS.client_secret,
    show_default=True,
    help="Its secret, and the reader's. A toy: never a real one.",
)
@click.option(
    "--webhook-secret",
    default=_DEFAULTS.webhook_secret,
    show_default="printed at the start",
    help="Key with which notices are signed. A toy: never a real one.",
)
def command(
    port: int,
    seed: int,
    size: int,
    ready_file: Path | None,
    journal: Path | None,
    token_seconds: int,
    job_seconds: float,
    deletion_lag: float,
    client_id: str,
    client_secret: str,
    webhook_secret: str,
) -> None:
    """Serve until a signal arrives."""
    settings = Settings(
        seed=seed,
        size=size,
        token_seconds=token_seconds,
        job_seconds=job_seconds,
        client_id=client_id,
        client_secret=client_secret,
        webhook_secret=webhook_secret,
        journal=journal,
        deletion_lag=deletion_lag,
    )
    with _signals_held(), _serving(settings, port) as base_url, _announced(ready_file, settings, base_url):
        click.echo(f"sandbox: {size:,} interactions (seed {seed}) at {base_url}", err=True)
        click.echo("sandbox: point purgectl at it with these variables; stop it with Ctrl-C", err=True)
        for name, value in settings.environment(base_url).items():
            click.echo(f"export {name}={shlex.quote(value)}")
        signal.sigwait(_STOPPING)
    click.echo("sandbox: stopped", err=True)


@contextmanager
def _signals_held() -> Iterator[None]:
    """Hold SIGINT and SIGTERM back in every thread, so that ``sigwait`` is the one that gets them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _serving(settings: Settings, port: int) -> Iterator[str]:
    """Serve inside the block and give the base URL. Raises ``UsageError`` without the web framework."""
    try:
        from runner.sandbox.server import SandboxServer
    except ModuleNotFoundError as error:
        if error.name not in ("flask", "werkzeug"):
            raise
        raise UsageError(
            f"the sandbox needs the package {error.name}, which is not installed",
            hint="in a checkout, make demo installs it, and so does "
            "pip install --require-hashes -r requirements-sandbox.txt",
        ) from error
    with SandboxServer(settings, port) as server:
        yield server.base_url


@contextmanager
def _announced(ready_file: Path | None, settings: Settings, base_url: str) -> Iterator[None]:
    """Keep the ready file in place inside the block."""
    if ready_file is None:
        yield
        return
    variables = settings.environment(base_url)
    _write_whole(ready_file, {"base_url": base_url, "pid": os.getpid(), "environment": dict(variables)})
    try:
        yield
    finally:
        ready_file.unlink(missing_ok=True)


def _write_whole(file: Path, value: Mapping[str, object]) -> None:
    """Write JSON so that a reader sees all of it or nothing. Raises ``UsageError``."""
    try:
        handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(value, stream)
        Path(temporary).replace(file)
    except OSError as error:
        raise UsageError(
            f"the ready file cannot be written: {error.strerror}",
            where=str(file),
            hint="name a file in a directory that exists and is writable",
        ) from error

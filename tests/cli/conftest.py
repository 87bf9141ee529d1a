"""A sandbox and an organisation that purges on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.journey import Journey
from support.sandbox import Sandbox, sandbox


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with sandbox() as running:
        yield running


@pytest.fixture
def journey(tmp_path: Path, box: Sandbox) -> Journey:
    return Journey(tmp_path, box.environment)

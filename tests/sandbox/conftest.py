"""A small, fast sandbox for each test of its HTTP side."""

import pytest
from support.sandbox import sandbox


@pytest.fixture
def box():
    with sandbox() as running:
        yield running

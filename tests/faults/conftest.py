"""The longest test goes first, so that no worker is left alone with it at the end."""

from __future__ import annotations

import pytest

LONGEST = "test_each_purge_is_submitted_once[300]"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.name != LONGEST)

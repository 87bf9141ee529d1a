from pathlib import Path

import pytest
from support.organisation import Organisation


@pytest.fixture
def organisation(tmp_path: Path) -> Organisation:
    return Organisation(tmp_path)

import pytest
from genesys_platform import Platform
from support.httppeer import Peer


@pytest.fixture
def platform():
    with Peer() as peer:
        platform = Platform(peer)
        yield platform
        platform.close()

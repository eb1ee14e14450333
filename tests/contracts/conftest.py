"""Every store under contract, empty."""

from pathlib import Path

import pytest

from ilpgeo.core.protocols import IncidentStore
from tests.contracts.stores import STORES, Opener


@pytest.fixture(params=STORES.values(), ids=STORES.keys())
def opener(request: pytest.FixtureRequest) -> Opener:
    return request.param


@pytest.fixture
def store(opener: Opener, tmp_path: Path) -> IncidentStore:
    return opener(tmp_path)

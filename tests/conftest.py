"""Fixtures every room shares."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real test data beside the project, or skip."""
    folder = Path(os.environ.get("ILPGEO_SHARED", ROOT.parent / "shared")) / "data"
    if not folder.is_dir():
        pytest.skip("the shared test data are not beside the project")
    return folder

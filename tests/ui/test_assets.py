"""The shelf of shapes."""

from pathlib import Path

import pytest

from ilpgeo.maps.offline import BROWSER_URL, VENDOR_URL
from ilpgeo.ui import assets


def test_the_addresses_are_those_of_the_declared_components():
    assert f"../{assets.__name__}.vendor/" == VENDOR_URL
    assert f"../{assets.__name__}.browser/" == BROWSER_URL
    assert assets.shelf().url == f"../{assets.__name__}.shapes/"


def test_the_shelf_may_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(assets.SHELF_VARIABLE, str(tmp_path / "kept"))
    assets.shelf.cache_clear()
    assert assets.shelf().folder == tmp_path / "kept"
    assert (tmp_path / "kept").is_dir()
    assets.shelf.cache_clear()

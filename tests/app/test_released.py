"""The door for downloads."""

import pytest

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.types import Released
from ilpgeo.ui import released


def test_what_did_not_pass_the_gate_is_refused():
    with pytest.raises(InvalidInput, match="bytes did not pass the release gate"):
        released.download_made(b"raw", bytes, "Get it", "x.pdf", "application/pdf", key="get")


def test_what_is_no_recipe_is_not_handed_out():
    with pytest.raises(InvalidInput, match="Released is no recipe"):
        released.download_recipe(Released({"n": 3}), "Recipe", "x.toml", key="get")

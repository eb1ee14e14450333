"""What the component returns, read."""

import pytest

from ilpgeo.maps.click import Click, read_click


@pytest.mark.parametrize("returned", [None, {}, {"last_active_drawing": None},
                                      {"last_active_drawing": {"properties": {"id": "", "kind": "area"}}}])  # fmt: skip
def test_nothing_clickable(returned: dict | None):
    assert read_click(returned) is None


def test_an_area():
    properties = {"kind": "area", "id": "n1", "serial": "5-1"}
    assert read_click({"last_active_drawing": {"properties": properties}}) == Click("area", "n1", "5-1")

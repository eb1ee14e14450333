"""Every link is ours or refused."""

import folium
import pytest
from folium.elements import JSCSSMixin
from folium.plugins import HeatMap

from ilpgeo.core.errors import InvalidInput
from ilpgeo.maps.offline import FILES, localise, walk


def test_every_link_of_a_map_becomes_a_file_of_ours():
    shown = folium.Map(tiles=None)
    localise(shown)
    links = [
        url for each in walk(shown) if isinstance(each, JSCSSMixin) for _, url in each.default_js + each.default_css
    ]
    assert links
    assert all(url.startswith("../ilpgeo.ui.assets.") for url in links)
    for folder, _, name in FILES.values():
        assert (folder / name).is_file()


def test_an_asset_that_is_not_vendored_is_refused_by_name():
    shown = folium.Map(tiles=None)
    HeatMap([[0, 0]]).add_to(shown)
    with pytest.raises(InvalidInput, match=r"leaflet-heat\.js"):
        localise(shown)


def test_elements_that_need_more_are_refused():
    shown = folium.Map(tiles=None)
    folium.Marker([0, 0], popup="x").add_to(shown)
    with pytest.raises(InvalidInput, match="Popup"):
        localise(shown)
    shown = folium.Map(tiles=None)
    folium.LinearColormap(["red", "blue"]).add_to(shown)
    with pytest.raises(InvalidInput, match="ColorMap"):
        localise(shown)


def test_localising_twice_changes_nothing():
    shown = folium.Map(tiles=None)
    localise(shown)
    once = list(shown.default_js)
    localise(shown)
    assert shown.default_js == once

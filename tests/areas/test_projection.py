"""The suggested CRS of well-known places."""

import pytest
import shapely

from ilpgeo.areas.projection import suggest_crs
from ilpgeo.core.errors import InvalidInput


@pytest.mark.parametrize(
    ("place", "lon", "lat", "crs"),
    [
        ("London", -0.12, 51.5, "EPSG:27700"),
        ("Penzance", -5.54, 50.12, "EPSG:27700"),
        ("Dover", 1.31, 51.13, "EPSG:27700"),
        ("Glasgow", -4.25, 55.86, "EPSG:27700"),
        ("Stornoway", -6.39, 58.21, "EPSG:27700"),
        ("Lerwick", -1.14, 60.15, "EPSG:27700"),
        ("Holyhead", -4.63, 53.31, "EPSG:27700"),
        ("Belfast", -5.93, 54.6, "EPSG:32630"),
        ("Dublin", -6.26, 53.35, "EPSG:32629"),
        ("Calais", 1.86, 50.95, "EPSG:32631"),
        ("Cherbourg", -1.62, 49.64, "EPSG:32630"),
        ("Toronto", -79.38, 43.65, "EPSG:32617"),
        ("Chicago", -87.65, 41.85, "EPSG:32616"),
        ("Sydney", 151.2, -33.87, "EPSG:32756"),
        ("Fiji, by the date line", 179.9, -17.8, "EPSG:32760"),
    ],
)
def test_known_places(place: str, lon: float, lat: float, crs: str):
    assert suggest_crs(shapely.Point(lon, lat).buffer(0.04)) == crs, place


def test_england_and_wales_as_a_whole():
    assert suggest_crs(shapely.box(-6.4, 49.9, 1.8, 55.8)) == "EPSG:27700"


def test_an_extent_far_wider_than_britain_is_not_british():
    assert suggest_crs(shapely.box(-30, 40, 26, 66)).startswith("EPSG:326")


@pytest.mark.parametrize("box", [shapely.box(630_000, 4_830_000, 640_000, 4_840_000), shapely.Polygon()])
def test_what_is_not_degrees_is_refused(box: shapely.Polygon):
    with pytest.raises(InvalidInput, match="no longitude and latitude"):
        suggest_crs(box)

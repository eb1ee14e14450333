import pytest

from ilpgeo.areas.units import one_of


@pytest.mark.parametrize(
    ("many", "one"),
    [("memphis precincts", "memphis precinct"), ("Counties", "County"), ("parishes", "parish"), ("cities", "city"),
     ("Dallas", "Dallas"), ("ward", "ward"), ("police force", "police force"), ("", "")],
)  # fmt: skip
def test_one_area_of_a_type(many: str, one: str):
    assert one_of(many) == one

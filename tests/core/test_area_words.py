import pytest

from ilpgeo.core.area_words import many_of, one_of
from ilpgeo.core.wording import areas


@pytest.mark.parametrize(
    ("many", "one"),
    [("memphis precincts", "memphis precinct"), ("Counties", "County"), ("parishes", "parish"), ("cities", "city"),
     ("Dallas", "Dallas"), ("ward", "ward"), ("police force", "police force"), ("", "")],
)  # fmt: skip
def test_one_area_of_a_type(many: str, one: str):
    assert one_of(many) == one


@pytest.mark.parametrize("one", ["ward", "county", "parish", "police area"])
def test_a_type_called_by_its_plural_is_counted_as_one_called_by_its_singular(one: str):
    many = many_of(one)
    assert many != one and many_of(many) == many
    assert [areas(n, one) for n in (1, 2)] == [areas(n, many) for n in (1, 2)] == [f"1 {one}", f"2 {many}"]

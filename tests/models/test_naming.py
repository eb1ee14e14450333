from dataclasses import replace

import numpy as np
import pytest
import shapely

from ilpgeo.core.incidents import Incidents
from ilpgeo.core.query import Level
from ilpgeo.core.space import Areas, Grid
from ilpgeo.models.naming import hotspot_names, kinds_of_place, made_unique, names_by_area, names_by_place

GRID = Grid(0.0, 0.0, 100.0, 10, 10, "EPSG:32617", np.ones((10, 10), bool))


def two_areas() -> Areas:
    return Areas(
        id=("a", "b", "all"),
        name=("Annex", "Moss Park", "Town"),
        type=np.array([0, 0, 1]),
        parent=np.array([2, 2, -1]),
        population=np.full(3, np.nan),
        geometry=np.array(
            [shapely.box(0, 0, 500, 1000), shapely.box(500, 0, 1000, 1000), shapely.box(0, 0, 1000, 1000)]
        ),
        types=("neighbourhood", "city"),
        levels=(Level.LOCAL, Level.NATIONAL),
        crs="EPSG:32617",
    )


@pytest.mark.parametrize(
    ("x", "y", "name"),
    [
        (250, 520, "Centre of Annex"),
        (250, 900, "North of Annex"),
        (990, 760, "North-east of Moss Park"),
        (510, 480, "West of Moss Park"),
        (560, 300, "South-west of Moss Park"),
        (1300, 500, "East of Moss Park"),
    ],
)
def test_a_place_is_named_by_area_and_bearing(x, y, name) -> None:
    assert names_by_area(np.array([x], float), np.array([y], float), two_areas(), GRID) == [name]


def test_without_areas_the_study_area_names_it() -> None:
    assert names_by_area(np.array([100.0]), np.array([100.0]), None, GRID) == ["South-west of the study area"]


def test_the_most_common_label_names_a_group() -> None:
    past = Incidents.from_xy(np.zeros(6), np.zeros(6), weight=np.array([1, 1, 1, 5, 1, 1.0]))
    past = replace(past, place=np.array([0, 1, 1, 2, -1, 2], np.int32), places=("Queen St", "King St", "Bay St"))
    member = np.array([0, 0, 0, 1, 2, 0])
    assert names_by_place(past, member, 3) == ["King St", "Bay St", ""]
    # Queen St and Bay St alike: the alphabet decides, not the order of rows.
    assert names_by_place(past, np.array([0, -1, -1, -1, -1, 0]), 1) == ["Bay St"]
    assert names_by_place(Incidents.from_xy(np.zeros(1), np.zeros(1)), np.array([0]), 1) == [""]


def test_names_are_unique() -> None:
    names = made_unique(["Annex", "Annex", "Bay", "Annex", "Annex 2"])
    assert names == ["Annex", "Annex 2", "Bay", "Annex 3", "Annex 2 2"]


def test_a_label_found_everywhere_is_a_kind_of_place() -> None:
    n = 400
    areas = tuple(f"a{k}" for k in range(8))
    past = replace(
        Incidents.from_xy(np.arange(n, dtype=float), np.zeros(n)),
        area=(np.arange(n) % 8).astype(np.int32), areas=areas,
        place=np.array([0] * 300 + [1] * 6 + [2 + k % 94 for k in range(94)], np.int32),
        places=("Outside", "Car park", *(f"Road {k}" for k in range(94))),
    )  # fmt: skip
    assert kinds_of_place(past) == {"Outside", "Car park"}
    assert kinds_of_place(replace(past, place=None, places=())) == frozenset()


def test_a_kind_of_place_is_named_with_where_it_lies() -> None:
    names = hotspot_names(["Outside", "Outside", "Elm Road", ""], ["North of Annex"] * 4, frozenset({"Outside"}))
    assert names == ["Outside, north of Annex", "Outside, north of Annex 2", "Elm Road", "North of Annex"]


@pytest.mark.parametrize("label", ["No Location", "X NK_LOC ST", "OFFSET TO PROTECT PRIVACY", "unknown", "On or near"])
def test_labels_that_say_the_place_is_not_known_name_nothing(label: str):
    past = replace(
        Incidents.from_xy(np.arange(5.0), np.arange(5.0)),
        place=np.array([0, 0, 0, 1, -1], np.int32),
        places=(label, "Elm Road"),
    )
    assert names_by_place(past, np.zeros(5, np.int64), 1) == ["Elm Road"]
    assert names_by_place(past, np.array([0, 0, 0, -1, -1]), 1) == [""]

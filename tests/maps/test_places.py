"""Places on the map: only what was released, smaller ones on top, states by line and not by colour."""

import json
from datetime import UTC, date, datetime

import pytest
import shapely

from ilpgeo.core.query import Level
from ilpgeo.core.recorded import Recorded
from ilpgeo.core.taskings import Board, Followed, Place, State, Tasking
from ilpgeo.maps.palette import LIGHT
from ilpgeo.maps.places import Drawn, places_layer, role_styles, sketch_layer, tasking_layer
from ilpgeo.safeguards.release import release_board

WHEN = datetime(2026, 3, 1, tzinfo=UTC)
CRS = "EPSG:32617"


def description(group):
    return json.loads(next(iter(group._children.values())).description)


def square(side: float):
    return shapely.box(630_000, 4_840_000, 630_000 + side, 4_840_000 + side)


def board(*states: State):
    taskings = tuple(
        Followed(Recorded(f"t{at}", 1, Tasking(Place(f"P{at}", "a"), Level.LOCAL, date(2026, 3, 1), date(2026, 3, 2),
                                               "Sgt A", "Aim", state=state, why_dropped="x"), WHEN, "A", WHEN, "A"))
        for at, state in enumerate(states)
    )  # fmt: skip
    return Board(taskings, tuple(square(100 + 100 * at) for at in range(len(states))), CRS, date(2026, 3, 1))


def test_taskings_are_drawn_by_state_larger_below_dropped_ones_not():
    drawn = description(tasking_layer(release_board(board(State.PROPOSED, State.RUNNING, State.DROPPED))))
    assert [(row[0], row[2]) for row in drawn["places"]] == [("t1", "running"), ("t0", "proposed")]
    assert drawn["styles"]["proposed"]["dashArray"] and not drawn["styles"]["running"]["dashArray"]
    assert "Proposed" in drawn["legend"] and "Dropped" not in drawn["legend"]
    assert drawn["kind"] == "tasking" and drawn["view"] is not None


def test_the_map_goes_to_the_selected_one():
    both = release_board(board(State.PROPOSED, State.RUNNING))
    one, all_of_them = (description(tasking_layer(both, selected=each))["view"] for each in ("t0", ""))
    assert one[0][0] > all_of_them[0][0] and one[1][1] < all_of_them[1][1]


def test_the_view_stays_on_the_scope_where_the_taskings_take_half_of_it():
    both = release_board(board(State.PROPOSED, State.RUNNING))
    [[south, west], [north, east]] = description(tasking_layer(both))["view"]

    def view(share):
        within = (west, south, west + (east - west) / share, south + (north - south) / share)
        return description(tasking_layer(both, within=within))["view"]

    assert view(0.4) == [[south, west], [north, east]] and view(0.6) is None


def test_only_what_was_released_is_drawn():
    with pytest.raises(TypeError):
        tasking_layer(board(State.PROPOSED))


def test_without_places_the_view_stays():
    drawn = description(places_layer("Empty", [], {}, CRS, LIGHT))
    assert drawn["places"] == [] and drawn["view"] is None
    hidden = places_layer(
        "One", [Drawn("a", square(10), "treated", "A")], role_styles(LIGHT), CRS, LIGHT, has_view=False
    )
    assert description(hidden)["view"] is None


def test_a_sketch_numbers_its_corners_and_joins_them():
    drawn = description(sketch_layer([], [(630_000, 4_840_000), (630_500, 4_840_000)], CRS))
    assert sorted(row[4] for row in drawn["places"]) == ["1", "2"]
    [(points, style)] = drawn["lines"]
    assert style == "line" and len(points) == 2 and -80 < points[0][0] < -79

"""An evaluation over a real store: counts by hand, refusals, the longer run, what is withheld."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ilpgeo import pipeline
from ilpgeo.core.errors import InvalidInput, NotAllowed
from ilpgeo.core.evaluations import Design, Evaluation, Role
from ilpgeo.core.query import Period
from ilpgeo.core.taskings import Place
from ilpgeo.core.types import Access
from ilpgeo.cycle.wdd_words import NOT_TOLD_APART, told
from tests.pipeline import city

BEFORE, AFTER = Period(date(2023, 1, 1), date(2023, 2, 28)), Period(date(2023, 3, 1), date(2023, 4, 28))
FIRST = date(2022, 7, 1)


def rows():
    """Return incidents: in each area so many a day on average, by hand below."""
    made, number = [], 0
    # area: (per day in the long run, in the days before, in the days after)
    rates = {0: (1, 3, 1), 1: (2, 2, 2), 2: (1, 1, 1), 3: (1, 1, 1)}
    days = (AFTER.end - FIRST).days + 1
    for area, (usual, before, after) in rates.items():
        for at in range(days):
            day = FIRST + timedelta(days=at)
            n = before if BEFORE.start <= day <= BEFORE.end else after if day >= AFTER.start else usual
            for k in range(n):
                number += 1
                lat = city.SOUTH + city.SIDE * (area // 2) + 0.004 + 0.0001 * (at % 100)
                lon = city.WEST + city.SIDE * (area % 2) + 0.004 + 0.001 * k
                offence = "ASSAULT" if number % 4 == 0 else "THEFT"
                made.append((f"R{number}", f"{day} {(7 * at + k) % 24:02d}:30", lat, lon, offence, f"Road {area}"))
    return made


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    folder = tmp_path_factory.mktemp("evaluated")
    made = city.make_city(folder / "ws")
    (folder / "ws" / "harm.csv").write_text("offence,weight,source\nTheft,2,toy\nAssault,10,toy\n", "utf-8")
    pipeline.ingest(made, city.write(folder / "incidents.csv", rows()))
    return pipeline.open_workspace(folder / "ws")


def place(opened, at: int) -> Place:
    areas = opened.areas
    [position] = [n for n, name in enumerate(areas.name) if name == f"Area {at}"]
    return Place(f"Area {at}", areas.id[position])


def design(opened, **changes) -> Design:
    plain = Design(place(opened, 0), (place(opened, 1),), BEFORE, AFTER)
    return replace(plain, **changes)


def test_counts_estimate_and_sentence_by_hand(opened):
    found = pipeline.evaluate(opened, design(opened), Access()).value
    treated, comparison = found.sides
    assert (treated.before, treated.after, comparison.before, comparison.after) == (177, 59, 118, 118)
    assert found.figure.value == -118
    reach = 1.959964 * (177 + 59 + 118 + 118) ** 0.5
    assert (found.figure.low, found.figure.high) == pytest.approx((-118 - reach, -118 + reach), rel=1e-5)
    said = told(found)
    assert said[0].startswith("Area 0 fell by 118 incidents more than its comparison in 59 days (95 % interval: from ")
    assert said[0].endswith("a fall that chance alone hardly explains")
    assert found.version == opened.store.version()


def test_a_peak_is_called_a_peak_and_beside_the_longer_run_nothing_is_left(opened):
    found = pipeline.evaluate(opened, design(opened), Access()).value
    assert found.longer is not None
    assert found.longer.period == Period(FIRST, date(2022, 12, 31))
    assert found.longer.expected == pytest.approx(59) and found.longer.peak_p < 1e-9
    assert found.longer.figure.value == pytest.approx(0)
    said = "\n".join(told(found))
    assert "The days before were a peak" in said and "by itself" in said and NOT_TOLD_APART in said


def test_a_site_chosen_for_its_peak_is_said_to_be(opened):
    assert not any("ranked high" in each for each in pipeline.evaluate(opened, design(opened), Access()).value.cautions)
    chosen = design(opened, chosen_on=Period(date(2023, 2, 1), date(2023, 2, 28)))
    assert "comes down by itself" in pipeline.evaluate(opened, chosen, Access()).value.cautions[0]
    earlier = design(opened, chosen_on=Period(date(2022, 7, 1), date(2022, 7, 28)))
    assert not any("ranked high" in each for each in pipeline.evaluate(opened, earlier, Access()).value.cautions)


def test_harm_and_offences_by_hand(opened):
    found = pipeline.evaluate(opened, design(opened), Access()).value
    only = {
        offence: pipeline.evaluate(opened, design(opened, offences=(offence,)), Access()).value
        for offence in ("Theft", "Assault")
    }
    assert sum(each.figure.value for each in only.values()) == found.figure.value
    assert found.harm.value == pytest.approx(2 * only["Theft"].figure.value + 10 * only["Assault"].figure.value)
    halves = [
        weight * (only[name].figure.high - only[name].figure.value) for name, weight in (("Theft", 2), ("Assault", 10))
    ]
    assert found.harm.high - found.harm.value == pytest.approx(sum(half**2 for half in halves) ** 0.5)


def test_unequal_days_are_weighted(opened):
    half = Period(date(2023, 3, 1), date(2023, 3, 29))  # 29 of 59 days
    found = pipeline.evaluate(opened, design(opened, after=half), Access()).value
    assert found.figure.value == pytest.approx((29 - 177 * 29 / 59) - (58 - 118 * 29 / 59))


def test_rings_count_what_moved_and_no_incident_twice(opened):
    found = pipeline.evaluate(opened, design(opened, ring_m=1200), Access()).value
    roles = [side.role for side in found.sides]
    assert roles == [Role.TREATED, Role.COMPARISON, Role.DISPLACEMENT, Role.COMPARISON_DISPLACEMENT]
    # a kilometre to the north lie the southern halves of areas 2 and 3; what both rings reach is in neither
    assert 5 <= found.sides[2].after < 59
    shapes = [side.polygon for side in found.sides]
    assert all(a.intersection(b).area < 1 for at, a in enumerate(shapes) for b in shapes[:at])
    assert any("outside the workspace" in each for each in found.cautions)


def test_displacement_areas_take_the_place_of_a_ring(opened):
    found = pipeline.evaluate(opened, design(opened, displacement=(place(opened, 2),)), Access()).value
    assert [(side.before, side.after) for side in found.sides][2] == (59, 59)


@pytest.mark.parametrize(
    ("change", "said"),
    [({"after": Period(date(2023, 5, 1), date(2023, 5, 28))}, "the data end on 2023-04-28"),
     ({"before": Period(date(2021, 1, 1), date(2021, 1, 31))}, "no data for every day of 2021-01-01..2021-01-31"),
     ({"offences": ("Arson",)}, "no incident of Arson")],
)  # fmt: skip
def test_what_cannot_be_compared_is_refused_with_the_reason(opened, change, said):
    with pytest.raises(InvalidInput, match=said):
        pipeline.evaluate(opened, design(opened, **change), Access())


def test_a_place_is_no_comparison_to_itself_nor_one_of_another_workspace(opened):
    with pytest.raises(InvalidInput, match="lie on each other"):
        pipeline.evaluate(opened, design(opened, comparison=(place(opened, 0),)), Access())
    with pytest.raises(InvalidInput, match="another workspace"):
        pipeline.evaluate(opened, design(opened, comparison=(Place("Elsewhere", "E123"),)), Access())
    with pytest.raises(InvalidInput, match="at least one place to compare"):
        design(opened, comparison=())
    with pytest.raises(InvalidInput, match="not before the days after"):
        design(opened, before=AFTER)


def test_places_outside_the_role_are_refused(opened):
    with pytest.raises(NotAllowed):
        pipeline.evaluate(opened, design(opened), Access(areas=(place(opened, 0).area,)))


def test_small_counts_are_withheld_and_the_figure_told_in_steps(opened):
    few = design(opened, before=Period(date(2023, 2, 27), date(2023, 2, 28)),
                 after=Period(date(2023, 3, 1), date(2023, 3, 2)))  # fmt: skip
    released = pipeline.evaluate(opened, few, Access())
    assert released.value.sides[0].after is None and released.value.sides[0].before is None
    assert released.value.figure.is_coarse and released.value.figure.value % 5 == 0
    assert released.value.harm is None and released.value.longer is None
    assert "withheld" in released.notes[0]
    assert "Too few" in told(released.value)[1]


def test_it_is_kept_with_its_tasking(opened):
    from ilpgeo.core.query import Level
    from ilpgeo.core.taskings import Tasking

    made = pipeline.save_tasking(
        opened, Tasking(place(opened, 0), Level.LOCAL, AFTER.start, AFTER.end, "Sgt A", "Fewer"), Access(), by="A"
    )
    found = pipeline.evaluate(opened, design(opened), Access()).value
    kept = Evaluation(made.id, found.design, found.figure, told(found), found.version)
    pipeline.keep_evaluation(opened, kept, Access(), by="B. Analyst")
    assert [each.value for each in pipeline.evaluations(opened, Access(), made.id)] == [kept]
    assert pipeline.evaluations(opened, Access(areas=(place(opened, 3).area,))) == ()


def test_proposals_go_by_the_longer_run_and_lie_elsewhere(opened):
    proposed = pipeline.propose_comparisons(opened, place(opened, 2), BEFORE, Access(), most=1)
    assert [each.name for each in proposed] == ["Area 3"]  # as many in the longer run; area 1 has twice as many
    areas = opened.areas
    shape = areas.geometry[areas.at(place(opened, 0).area)].centroid.buffer(300)
    drawn = Place("Circle", place(opened, 0).area, shape.wkt)
    copies = pipeline.propose_comparisons(opened, drawn, BEFORE, Access(), most=2)
    assert 1 <= len(copies) <= 2 and copies == pipeline.propose_comparisons(opened, drawn, BEFORE, Access(), most=2)
    for copy in copies:
        assert copy.polygon().area == pytest.approx(shape.area, rel=0.01)
        assert not copy.polygon().intersects(shape)

"""Assessments of a made-up city counted by hand, recorded, signed and opened again."""

from dataclasses import replace
from datetime import date

import pytest

from ilpgeo import pipeline
from ilpgeo.core.assessment import Confidence, Course
from ilpgeo.core.errors import Conflict, InvalidInput, NotAllowed
from ilpgeo.core.query import Access, Level, Period, Query
from ilpgeo.core.sources import Grading, Source
from tests.pipeline import city

APRIL = Period(date(2023, 4, 1), date(2023, 4, 30))


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    folder = tmp_path_factory.mktemp("assessed") / "city"
    made = city.make_city(folder)
    (folder / "harm.csv").write_text("offence,weight,source\nTheft,2,toy\nAssault,100,toy\n", "utf-8")
    pipeline.ingest(made, city.write(folder.parent / "rows.csv", city.two_springs()))
    return pipeline.open_workspace(folder)


def asked(level=Level.LOCAL, period=APRIL, areas=()):
    return Query(level, period, "", areas)


def test_counts_harm_trend_spread_and_concentration_by_hand(opened):
    value = pipeline.assess(opened, asked(), Access()).value
    by_name = {each.offence: each for each in value.threats}
    theft, assault = by_name["Theft"], by_name["Assault"]
    assert (theft.n, assault.n, value.total) == (40, 7, 47)
    assert (theft.harm, assault.harm) == (80, 700)
    assert value.threats[0] is assault and assault.harm_share == round(700 / 780, 2)
    # 40 in 30 days against 20 in 31, and against 20 in the 30 days of April before.
    assert theft.before.ratio == pytest.approx(2 * 31 / 30) and theft.last_year.ratio == 2
    assert theft.course is Course.EMERGING and assault.course is Course.STEADY
    assert assault.areas_with == 1
    assert (theft.areas_with, value.n_areas) == (3, 4)  # the second area to the north sees none
    assert assault.confidence is Confidence.LOW and "fewer than 20 incidents" in assault.doubts
    assert "Theft is emerging" in " ".join(value.text) and "Assault is emerging" not in " ".join(value.text)


def test_concentration_by_hand(opened):
    value = pipeline.assess(opened, asked(), Access()).value
    [theft] = [each for each in value.threats if each.offence == "Theft"]
    # The year to 30 April 2023: 4 x 10 thefts all over, 10 + 10 + 10 + 30 at the corner.
    assert theft.n_year == 100
    # Twelve places in all, so the top 5 % are 0.6 of the one corner that holds 60 %.
    assert value.n_places == 12 and (theft.top1, theft.top5) == (0.07, 0.36)


def test_an_area_is_assessed_alone_and_outside_the_role_not_at_all(opened):
    assert pipeline.assess(opened, asked(areas=("a0",)), Access()).value.place == "Area 0"
    with pytest.raises(NotAllowed):
        pipeline.assess(opened, asked(areas=("a1",)), Access(areas=("a0",)))
    with pytest.raises(NotAllowed):
        pipeline.assess(opened, asked(Level.NATIONAL), Access(levels=frozenset({Level.LOCAL})))


def test_areas_reached_are_counted_among_those_with_data(england_wales):
    opened = pipeline.open_workspace(england_wales)
    july = Query(Level.LOCAL, Period(date(2018, 7, 1), date(2018, 7, 31)), area_type="district")
    made = pipeline.assess(opened, july, Access()).value
    assert made.n_areas == 5  # incidents beyond the five districts of West Yorkshire are known from its police only
    assert max(each.areas_with or 0 for each in made.threats) == 5


def test_a_period_without_data_is_told(opened):
    with pytest.raises(InvalidInput, match="no data for January 2015 here"):
        pipeline.assess(opened, asked(period=Period(date(2015, 1, 1), date(2015, 1, 31))), Access())


def test_a_signed_version_opens_again_with_the_same_numbers_after_the_data_changed(tmp_path):
    folder = tmp_path / "city"
    opened = city.make_city(folder)
    pipeline.ingest(opened, city.write(tmp_path / "rows.csv", city.two_springs()))
    query, access = asked(), Access()
    made = pipeline.assess(opened, query, access)
    draft = pipeline.record_assessment(
        opened, made, access, "A. Analyst", comments={"": " A new gang of pigeons ", "Theft": ""},
        due=date(2023, 5, 28),
    )  # fmt: skip
    assert draft.value.comments == {"": "A new gang of pigeons"} and not draft.value.is_signed
    signed = pipeline.sign_assessment(opened, draft, access, "C. Chief")
    assert (signed.revision, signed.value.signed_by) == (2, "C. Chief")
    pipeline.ingest(opened, city.write(tmp_path / "late.csv", [
        (f"L{at}", f"2023-04-{1 + at:02d} 12:00", 43.65, -79.39, "ASSAULT", "Inn") for at in range(20)
    ]))  # fmt: skip
    now = pipeline.assess(opened, query, access).value
    newest, first = pipeline.assessments(opened, query, access)
    assert now.total == made.value.total + 20
    assert replace(newest.value, signed_by="", comments={}, due=None) == made.value
    assert pipeline.reopen(opened, newest).value == newest.value and first.value == draft.value
    assert newest.value.data_version != now.data_version
    assert newest.value.is_overdue(date(2023, 5, 29)) and not newest.value.is_overdue(date(2023, 5, 28))
    with pytest.raises(InvalidInput, match="signed off already"):
        pipeline.sign_assessment(opened, newest, access, "D")
    with pytest.raises(Conflict, match="newer version"):
        pipeline.sign_assessment(opened, first, access, "D")
    with pytest.raises(Conflict, match=r"changed by C\. Chief"):
        pipeline.record_assessment(opened, made, access, "B", comments={}, due=None, based_on=1)
    assert len(pipeline.assessments(opened, query, access)) == 2
    assert pipeline.assessments(opened, asked(areas=("a0",)), access) == ()


def test_a_source_graded_doubtful_lowers_the_confidence_and_is_named(tmp_path):
    opened = city.make_city(tmp_path / "city")
    pipeline.ingest(opened, city.write(tmp_path / "rows.csv", city.two_springs()), source="Hearsay")
    before = pipeline.assess(opened, asked(), Access()).value
    [theft] = [each for each in before.threats if each.offence == "Theft"]
    assert theft.confidence is Confidence.HIGH
    pipeline.register_source(
        opened, Source("Hearsay", "Agency", "Owner", "Act 1", Grading(reliability="C", information="3")), Access(), "D"
    )
    after = pipeline.assess(opened, asked(), Access()).value
    [theft] = [each for each in after.threats if each.offence == "Theft"]
    assert theft.confidence is Confidence.LOW and theft.doubts == ("the source Hearsay is graded doubtful",)

"""Information up and down, between the two levels of the city and the three of the Toronto sample."""

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from ilpgeo import pipeline
from ilpgeo.core.errors import Conflict, InvalidInput, NotAllowed
from ilpgeo.core.notices import Notice, ProductKind
from ilpgeo.core.query import Level
from ilpgeo.core.recipes import Entry
from ilpgeo.core.sources import Source
from ilpgeo.core.types import Access, Period, Query
from ilpgeo.pipeline.recorded import records_of
from tests.contracts.records import PUBLICATION
from tests.pipeline.city import good, make_city, write

TODAY = date(2023, 4, 2)
ANYONE = Access()
NOTE = Notice(ProductKind.BRIEFING, Level.LOCAL, "Car parks", "Two are lit badly.", date(2023, 4, 9), "a0", "OFFICIAL")


@pytest.fixture
def city(tmp_path):
    made = make_city(tmp_path / "city")
    pipeline.ingest(made, write(tmp_path / "f.csv", good(60)), "calls")
    return made


def seen(city, level=Level.NATIONAL, scope=(), access=ANYONE, today=TODAY):
    return pipeline.from_other_levels(city, level, scope, access, today)


def titles(products) -> list[str]:
    return [each.title for each in products]


def test_what_a_level_puts_out_is_seen_above_with_version_mark_and_expiry(city):
    made = pipeline.put_out(city, NOTE, ANYONE, "A. Analyst", TODAY)
    [each] = seen(city).below
    assert (each.title, each.place, each.version, each.handling) == ("Car parks", "Area 0", "version 1", "OFFICIAL")
    assert (each.made_by, each.expires, seen(city).above) == ("A. Analyst", date(2023, 4, 9), ())
    assert seen(city, Level.LOCAL) == pipeline.from_other_levels(city, Level.LOCAL, (), ANYONE, TODAY)
    assert seen(city, Level.LOCAL).above == seen(city, Level.LOCAL).below == ()
    pipeline.put_out(city, replace(NOTE, text="Three."), ANYONE, "B", TODAY, made.id, made.revision)
    [each] = seen(city).below
    assert (each.version, each.text, each.made_by) == ("version 2", "Three.", "B")
    with pytest.raises(Conflict):
        pipeline.put_out(city, NOTE, ANYONE, "A", TODAY, made.id, made.revision)


def test_what_comes_down_is_seen_below(city):
    pipeline.put_out(city, replace(NOTE, level=Level.NATIONAL, area=""), ANYONE, "Chief", TODAY)
    assert titles(seen(city, Level.LOCAL, ("a3",)).above) == ["Car parks"]


def test_a_product_is_gone_the_day_after_its_last(city):
    pipeline.put_out(city, NOTE, ANYONE, "A", TODAY)
    assert titles(seen(city, today=date(2023, 4, 9)).below) == ["Car parks"]
    assert seen(city, today=date(2023, 4, 10)).below == ()
    with pytest.raises(InvalidInput, match="before today"):
        pipeline.put_out(city, NOTE, ANYONE, "A", date(2023, 4, 10))


def test_a_product_is_taken_back_with_a_reason(city):
    pipeline.put_out(city, NOTE, ANYONE, "A", TODAY)
    [mine] = pipeline.notices(city, Level.LOCAL, ANYONE)
    with pytest.raises(InvalidInput, match="why it is taken back"):
        pipeline.take_back(city, mine, ANYONE, "A", " ")
    pipeline.take_back(city, mine, ANYONE, "A", "Wrong place")
    assert seen(city).below == () and pipeline.notices(city, Level.LOCAL, ANYONE) == ()


def test_only_what_concerns_the_scope_is_seen_and_only_ones_own_is_put_out(city):
    pipeline.put_out(city, NOTE, ANYONE, "A", TODAY)
    assert titles(seen(city, scope=("a0",)).below) == ["Car parks"]
    assert titles(seen(city, scope=("whole-area",)).below) == ["Car parks"]
    assert seen(city, scope=("a1",)).below == ()
    assert seen(city, access=Access(areas=("a1",))).below == ()
    with pytest.raises(NotAllowed):
        pipeline.put_out(city, NOTE, Access(areas=("a1",)), "A", TODAY)
    with pytest.raises(NotAllowed):
        pipeline.put_out(city, NOTE, Access(publishes=False), "A", TODAY)
    with pytest.raises(NotAllowed):
        seen(city, access=Access(levels=frozenset({Level.LOCAL})))


def test_a_product_that_may_rest_on_a_source_kept_below_does_not_go_up(city):
    pipeline.put_out(city, NOTE, ANYONE, "A", TODAY)
    pipeline.register_source(city, Source("calls", "P", "O", "B", reach=Level.LOCAL), ANYONE, "A")
    assert (seen(city).below, seen(city).n_kept_back) == ((), 1)
    pipeline.put_out(city, replace(NOTE, level=Level.NATIONAL, area=""), ANYONE, "Chief", TODAY)
    assert len(seen(city, Level.LOCAL).above) == 1


def test_a_model_published_for_a_level_is_its_product(city):
    made = replace(
        PUBLICATION, model=Entry("kde"), level=Level.LOCAL, area="", expires_on=date(2023, 5, 1),
        published_at=datetime(2023, 4, 1, tzinfo=UTC),
    )  # fmt: skip
    records_of(city).publish(made)
    records_of(city).publish(replace(made, level=None))
    [each] = seen(city).below
    assert (each.kind, each.expires, each.made_by) == (ProductKind.MODEL, date(2023, 5, 1), made.owner)


def test_a_signed_assessment_goes_one_level_up_and_down_and_a_draft_nowhere(tmp_path, toronto):
    shutil.copytree(toronto, tmp_path / "city", ignore=shutil.ignore_patterns("records.sqlite"))  # no examples
    city = pipeline.open_workspace(tmp_path / "city")
    query = Query(Level.REGIONAL, Period(date(2021, 12, 1), date(2021, 12, 28)))
    draft = pipeline.record_assessment(city, pipeline.assess(city, query, ANYONE), ANYONE, "A", comments={}, due=None)
    assert seen(city, Level.NATIONAL).below == ()
    pipeline.sign_assessment(city, draft, ANYONE, "C. Chief")
    for products in (seen(city, Level.NATIONAL).below, seen(city, Level.LOCAL).above):
        [each] = products
        assert (each.kind, each.made_by, each.expires) == (ProductKind.ASSESSMENT, "C. Chief", None)
        assert each.version.startswith("version 2, data version ") and each.text
    assert seen(city, Level.REGIONAL).above == seen(city, Level.REGIONAL).below == ()

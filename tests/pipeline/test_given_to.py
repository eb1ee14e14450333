"""A source that is not given to an agency is in no picture made for it or read by it; how many is said."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from ilpgeo import pipeline
from ilpgeo.cli import main
from ilpgeo.core.errors import NotAllowed
from ilpgeo.core.evaluations import Design
from ilpgeo.core.event import Event
from ilpgeo.core.gaps import Gap, GapKind
from ilpgeo.core.notices import Notice, ProductKind
from ilpgeo.core.products import Marking
from ilpgeo.core.recipes import Entry, Recipe
from ilpgeo.core.sources import Source
from ilpgeo.core.taskings import Place
from ilpgeo.core.types import Access, Level, Period, Query
from ilpgeo.models.prior_count import PriorCount
from ilpgeo.reports import files, sentences
from tests.pipeline.city import good, make_registered_city, write

ANYONE = Access()
CUSTOMS = Access(agency="customs")  # capitals do not matter
MARCH = Period(date(2023, 3, 1), date(2023, 3, 28))
TODAY = date(2023, 4, 1)
QUERY = Query(Level.LOCAL, MARCH)
OPEN = Source("open", "City Police", "Desk", "Police Act", shared_with=("Customs", "Harbour Police"))
QUIET = Source("quiet", "Harbour Police", "Desk", "Harbour Act", shared_with=("City Police",))


@pytest.fixture
def city(tmp_path):
    return make_registered_city(tmp_path / "city", OPEN, QUIET)


@pytest.mark.parametrize(
    ("agency", "total", "n"), [("", 100, 0), ("City Police", 100, 0), ("Harbour Police", 100, 0), ("Customs", 60, 1)]
)
def test_a_picture_is_made_of_what_its_reader_and_its_addressee_are_given(city, agency, total, n):
    read = pipeline.brief(city, QUERY, Access(agency=agency)).value
    made = pipeline.brief(city, replace(QUERY, made_for=agency), ANYONE).value
    assert (read.total, read.n_not_given) == (made.total, made.n_not_given) == (total, n)


def test_both_must_be_given_it(city):
    told = pipeline.brief(city, replace(QUERY, made_for="City Police"), CUSTOMS).value
    assert (told.total, told.n_not_given, told.readers) == (60, 1, ("customs", "City Police"))


def test_how_many_are_left_out_is_said_and_not_which(city):
    released = pipeline.brief(city, replace(QUERY, made_for="Customs"), ANYONE)
    said = sentences.remarks_on_sources(released.value)
    assert said == "Made for Customs. 1 source is not in this picture: not given to Customs."
    assert files.briefing_record(released)["sources_not_given"] == 1
    assert said in files.briefing_csv(released) and said in sentences.gaps(released.value)


def test_an_agency_that_is_given_nothing_is_refused(city):
    with pytest.raises(NotAllowed, match="no source that is asked for is given to Nobody"):
        pipeline.brief(city, replace(QUERY, made_for="Nobody"), ANYONE)
    with pytest.raises(NotAllowed, match="given to customs"):
        pipeline.brief(city, replace(QUERY, sources=("quiet",)), CUSTOMS)


def test_a_source_that_is_not_registered_is_given_to_nobody(city, tmp_path):
    pipeline.ingest(city, write(tmp_path / "new.csv", good(20, first=500)), "new")
    assert pipeline.brief(city, QUERY, ANYONE).value.total == 120
    told = pipeline.brief(city, QUERY, Access(agency="City Police")).value
    assert (told.total, told.n_not_given) == (100, 1)


def test_the_rule_holds_at_once_when_the_register_changes(city):
    assert pipeline.brief(city, QUERY, CUSTOMS).value.total == 60
    entry = next(each for each in pipeline.registered(city) if each.source.name == "quiet")
    wider = replace(QUIET, shared_with=("City Police", "Customs"))
    pipeline.register_source(city, wider, ANYONE, "A", entry.revision)
    assert pipeline.brief(city, QUERY, CUSTOMS).value.total == 100


def test_models_forecasts_pictures_and_back_tests_obey_it(city):
    for query, access in ((QUERY, CUSTOMS), (replace(QUERY, made_for="Customs"), ANYONE)):
        assert pipeline.hotspots(city, PriorCount(), query, access).value.total == 60
        forecaster = pipeline.Forecaster(Entry("prior_count", {}), 150.0, 28)
        assert pipeline.forecast(city, forecaster, query, access).value.total == 60
        mix = dict(pipeline.picture(city, query, "whole-area", access).value.mix)
        assert mix == {"Theft": 60}
        assessed = pipeline.assess(city, query, access).value
        assert assessed.total == 60 and "1 source is not in this picture" in assessed.remarks[0]
    recipe = Recipe(models=(Entry("prior_count"),))
    assert pipeline.settled(city, recipe, CUSTOMS).sources == ("open",) and pipeline.settled(city, recipe).sources == ()


def test_a_product_says_for_whom_it_is_made_and_how_to_make_it_again(city):
    from ilpgeo.reports import briefing_text

    stamp = Marking("OFFICIAL", TODAY, TODAY)
    made = pipeline.product(city, replace(QUERY, made_for="Customs"), ANYONE, stamp)
    assert made.briefing.value.total == 60
    assert ("Made for", "Customs") in briefing_text.stamped(made)
    assert briefing_text.subtitle(made).startswith("Made for Customs \u00b7 1 source left out \u00b7 ")
    assert "--for Customs" in briefing_text.again(made)
    assert made.card.value.verdict is None and "not given to Customs" in made.card.value.untested


def test_a_meeting_pack_is_made_without_it_and_says_so(city):
    from ilpgeo.reports.meeting import meeting_page

    pack = pipeline.meeting_pack(city, replace(QUERY, made_for="Customs"), ANYONE, TODAY, MARCH.start)
    page = meeting_page(pack, Marking("OFFICIAL", TODAY, TODAY))
    assert "1 source is not in this picture: not given to Customs" in page and pack.assessment.value.total == 60
    assert pipeline.in_short(pack)[0].startswith("Priorities (made for Customs; 1 source left out): 1 Area")


def test_events_evaluations_and_links_are_counted_without_it(city):
    event = Event("Fair", -79.39, 43.65, 3000.0, datetime(2023, 3, 10, 0), datetime(2023, 3, 15, 0), "A")
    whole, part = (pipeline.event_picture(city, event, access).value for access in (ANYONE, CUSTOMS))
    assert (whole.total.n, part.total.n) == (19, 10)  # every place lies within the circle
    assert part.remarks == ("1 source is not in this picture: not given to customs", *whole.remarks)
    design = Design(
        treated=Place("Area 0", "a0"), comparison=(Place("Area 1", "a1"),),
        before=Period(date(2023, 3, 1), date(2023, 3, 14)), after=Period(date(2023, 3, 15), date(2023, 3, 28)),
        ring_m=0,
    )  # fmt: skip
    cautions = [pipeline.evaluate(city, design, access).value.cautions for access in (ANYONE, CUSTOMS)]
    assert cautions[1][0].startswith("1 source is not in this picture") and cautions[1][1:] == cautions[0]
    with pytest.raises(NotAllowed):
        pipeline.links(city, Access(agency="Nobody"), "area", MARCH)


def test_what_was_recorded_by_others_may_rest_on_it_and_is_kept_back(city):
    notice = Notice(ProductKind.REQUEST, Level.NATIONAL, "Which routes?", "Say by Friday.", date(2199, 1, 1))
    pipeline.put_out(city, notice, ANYONE, "Chief", TODAY)
    whole = pipeline.from_other_levels(city, Level.LOCAL, (), ANYONE, TODAY)
    part = pipeline.from_other_levels(city, Level.LOCAL, (), CUSTOMS, TODAY)
    assert (len(whole.above), whole.n_kept_back) == (1, 0)
    assert (part.above, part.below, part.n_kept_back, part.kept_from) == ((), (), 1, "customs")
    released = pipeline.assess(city, QUERY, ANYONE)
    pipeline.record_assessment(city, released, ANYONE, "A", comments={}, due=None)
    asked = replace(QUERY, area_type=released.value.area_type)
    assert len(pipeline.assessments(city, asked, ANYONE)) == 1 and pipeline.assessments(city, asked, CUSTOMS) == ()


def test_gaps_of_a_source_are_not_listed_for_who_may_not_have_it(city):
    pipeline.save_gap(city, Gap(GapKind.ASKED, "What is on the quay?", "", "quiet"), ANYONE, "A")
    texts = [[each.gap.text for each in pipeline.gaps(city, access, TODAY, made_for).value]
             for access, made_for in ((ANYONE, ""), (CUSTOMS, ""), (ANYONE, "Customs"))]  # fmt: skip
    assert ["What is on the quay?" in each for each in texts] == [True, False, False]


def test_on_the_command_line(city, capsys):
    where = ["--workspace", str(city.workspace.folder)]
    ask = ["priorities", *where, "--level", "local", "--period", "2023-03-01..2023-03-28", "--json"]
    assert main([*ask, "--for", "Customs"]) == 0
    assert '"sources_not_given": 1' in capsys.readouterr().out
    for command in ("hotspots", "explain"):
        assert main([command, *where, "--model", "kde", *ask[5:], "--for", "Customs"]) == 0
        told = capsys.readouterr().out
        assert '"sources_not_given": 1' in told and '"made_for": "Customs"' in told
    file = city.workspace.folder / "ilpgeo.toml"
    file.write_text(f'agency = "Customs"\n{file.read_text("utf-8")}', "utf-8")
    assert main(ask) == 0
    assert '"total": 60' in capsys.readouterr().out

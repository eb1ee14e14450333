"""Setting a priority beside the ranking: the ranking moves, and says by how much."""

from datetime import date

import pytest

from ilpgeo import pipeline
from ilpgeo.core.strategy import Emphasis
from ilpgeo.core.types import Access, Level, Period, Query
from ilpgeo.ui import strategy, submit
from tests.app.pages import press, said
from tests.pipeline import city


@pytest.fixture
def opened(tmp_path, serve):
    folder = tmp_path / "city"
    made = city.make_city(folder)
    (folder / "harm.csv").write_text("offence,weight,source\nTheft,2,toy\nAssault,100,toy\n", "utf-8")
    pipeline.ingest(made, city.write(tmp_path / "rows.csv", city.two_springs()))
    serve(folder)
    return pipeline.open_workspace(folder)


def field(page, key):
    return next(
        each for each in [*page.selectbox, *page.number_input, *page.text_input, *page.date_input] if each.key == key
    )


def test_a_priority_set_beside_the_ranking_moves_it_and_is_taken_back(opened, open_page):
    page = open_page(level="local", period="2023-04-01..2023-04-30")
    assert not page.exception and "No priority is set." in said(page)
    assert "without the control strategy" not in said(page)
    field(page, "strategy-offence").set_value("Theft")
    field(page, "strategy-weight").set_value(900.0)
    field(page, "strategy-reason").set_value("Assessment of April")
    field(page, "strategy-set-person").set_value("Chief Okafor")
    press(page, "Set it")
    assert "Theft \u00d7 900 is set: the ranking follows." in said(page)
    assert "Theft \u00d7 900 (national, Chief Okafor: Assessment of April)" in said(page)
    assert "without the control strategy" in said(page)
    [standing] = pipeline.control_strategy(opened)
    assert standing.value.level is Level.NATIONAL and standing.made_by == "Chief Okafor"
    press(page, "Take it back")
    assert "no longer counts" in said(page) and "without the control strategy" not in said(page)


def test_wrong_input_is_told_and_kept(opened, open_page):
    page = open_page(level="local", period="2023-04-01..2023-04-30")
    field(page, "strategy-reason").set_value("Because")
    field(page, "strategy-set-person").set_value("Chief")
    field(page, "strategy-expires").set_value(date(2020, 1, 1))
    press(page, "Set it")
    assert "before it starts" in said(page)
    assert field(page, "strategy-reason").value == "Because"
    assert pipeline.control_strategy(opened) == ()


def test_why_it_was_refused_stays_when_records_of_others_come_until_the_person_acts_or_leaves(
    opened, open_page, monkeypatch
):
    monkeypatch.setattr(submit, "HASTE_S", 0.0)  # a test fills a form in faster than a person
    page = open_page(level="local", period="2023-04-01..2023-04-30")
    press(page, "Set it")
    refused = page.warning[0].value
    assert "An owner is needed" in refused
    other = Emphasis("Assault", 3.0, "C", "why", Level.NATIONAL, date(2023, 1, 1), date(2099, 12, 31))
    pipeline.set_priority(opened, other, Access(), "C")
    page.run()
    assert "Assault \u00d7 3" in said(page) and [each.value for each in page.warning] == [refused]
    field(page, "strategy-reason").set_value("Assessment of April")
    field(page, "strategy-set-person").set_value("Chief Okafor")
    press(page, "Set it")
    assert not page.warning and "\u00d7 2 is set: the ranking follows." in said(page)
    field(page, "strategy-reason").set_value("")
    press(page, "Set it")
    assert page.warning
    page.switch_page("ilpgeo/ui/screens/gaps.py").run()
    page.switch_page("ilpgeo/ui/screens/commander.py").run()
    assert not page.exception and not page.warning


def test_the_ranking_follows_and_the_pipeline_tells_both_ranks(opened):
    query = Query(Level.LOCAL, Period(date(2023, 4, 1), date(2023, 4, 30)))
    before = pipeline.brief(opened, query, Access(), date(2023, 5, 1)).value
    assert {each.plain_rank for each in before.priorities} == {None} and before.strategy == ()
    entry = Emphasis("Theft", 900.0, "C", "why", Level.LOCAL, date(2023, 1, 1), date(2023, 12, 31), "a3")
    pipeline.set_priority(opened, entry, Access(), "C")
    after = pipeline.brief(opened, query, Access(), date(2023, 5, 1)).value
    ranks = {each.id: (each.rank, each.plain_rank) for each in after.priorities}
    plain = {each.id: each.rank for each in before.priorities}
    assert {area: was for area, (_, was) in ranks.items() if was is not None}.items() <= plain.items()
    assert ranks["a3"][0] == 1 and ranks["a3"][1] == plain["a3"] > 1
    assert after.strategy[0].startswith("Theft \u00d7 900 (local, C: why)")
    later = pipeline.brief(opened, query, Access(), date(2024, 1, 1)).value
    assert {each.plain_rank for each in later.priorities} == {None}


def test_a_table_is_brought_in_whole_or_not_at_all(opened, tmp_path):
    table = tmp_path / "strategy.csv"
    table.write_text("offence,weight,owner,reason,expires\nTheft,2,C,why,2023-12-31\nArson,x,,why,soon\n", "utf-8")
    with pytest.raises(ValueError, match="row 3"):
        pipeline.bring_strategy(opened, table, Access(), "C", date(2023, 5, 1))
    assert pipeline.control_strategy(opened) == ()
    table.write_text("offence,weight,owner,reason,expires\nTheft,2,C,why,2023-12-31\n", "utf-8")
    assert pipeline.bring_strategy(opened, table, Access(), "C", date(2023, 5, 1)) == 1
    [standing] = pipeline.control_strategy(opened)
    assert (standing.value.start, standing.value.level) == (date(2023, 5, 1), Level.NATIONAL)


@pytest.mark.parametrize(("level", "area", "told"), [
    (Level.LOCAL, "elsewhere", "no area 'elsewhere'"), (Level.NATIONAL, "a1", "of the local level, not the national"),
])  # fmt: skip
def test_an_area_of_another_workspace_or_level_is_refused(opened, level, area, told):
    entry = Emphasis("Theft", 2.0, "C", "why", level, date(2023, 1, 1), date(2023, 12, 31), area)
    with pytest.raises(ValueError, match=told):
        pipeline.set_priority(opened, entry, Access(), "C")


def test_the_rule_is_on_screen():
    assert "the closest counts, alone" in strategy.listed(())

"""The commander's page over the made-up city."""

import pytest

from ilpgeo.core.errors import NotFound
from ilpgeo.core.types import Access, Level, Period
from ilpgeo.ui import frame as frame_module
from tests.app import fake, pages


def words_of(page) -> str:
    return "\n".join(each.value for each in page.markdown)


def button(page, key):
    return next(each for each in page.button if each.key == key)


def test_first_page_answers_where_how_sure_why_compared_with_what(city, open_page):
    page = open_page()
    assert not page.exception and not page.error and not page.warning
    said = words_of(page)
    assert "Queen Gardens, King Row and 2 more are critical for 1\u201328 Jan 2022" in said
    assert "fewer than the 28 days before" in said
    assert "90\u202f% interval" in said or "90 % interval" in said
    assert "Robbery makes up 46 % of its harm" in said
    assert "learned from" in said and "Canadian Crime Severity Index 2021" in said
    assert "Made-up data for tests." in said
    assert city.asked[-1].level is Level.LOCAL and city.asked[-1].area_type == "neighbourhood"


def test_account_lines_are_shown_and_add_up(city, open_page):
    page = open_page()
    told = fake.briefing(city.asked[-1], fake.NOW)
    said = words_of(page)
    shown = sum(each.n or 0 for each in told.priorities)
    for figure in (shown, told.unplaced, told.suppressed_total, told.total):
        assert f"<dd>{figure:,}</dd>" in said
    assert shown + told.unplaced + told.suppressed_total == told.total
    assert "No data, not ranked (not the same as safe)" in said


def test_age_and_quality_of_the_data_stand_in_the_bar(city, open_page):
    page = open_page()
    labels = [each.label for each in page.get("popover") if hasattr(each, "label")]
    labels = labels or [each.proto.popover.label for each in page.get("popover")]
    light = next(label for label in labels if "quality" in label)
    assert "Data to 31 Dec 2021" in light and "old" in light and light.endswith("quality fair")
    assert ":material/warning:" in light


def test_too_few_usable_coordinates_put_a_red_warning_over_the_map(city, open_page):
    assert "ilp-warning" not in words_of(open_page())
    city.geocoded = 0.8
    city.store.edition = "v2"
    assert "Only 80\u202f% of the rows have usable coordinates" in words_of(open_page())


def test_of_presses_that_come_together_the_one_called_first_counts(city, open_page):
    page = open_page()
    together = [button(page, "pick-1"), button(page, "pick-2")]
    for each in together:
        each.set_value(True)
    page.run()
    told = fake.briefing(city.asked[-1], fake.NOW)
    ranked = [each.id for each in told.priorities if each.rank is not None]
    assert page.query_params["area"] == ranked[1]
    button(page, "pick-2").click().run()
    assert page.query_params["area"] == ranked[2]
    for each in (button(page, "pick-1"), button(page, "pick-2")):
        each.set_value(True)
    page.run()
    assert page.query_params["area"] == ranked[1]


def test_at_most_seven_cards_before_more(city, open_page):
    page = open_page()
    picks = [each for each in page.button if each.key.startswith("pick-")]
    assert len(picks) == 7
    button(page, "more").click().run()
    assert len([each for each in page.button if each.key.startswith("pick-")]) == 21


def test_level_switch_asks_for_the_level_and_writes_the_address(city, open_page):
    page = open_page()
    levels = next(each for each in page.get("button_group") if each.key == "level")
    assert levels.options == ["Neighbourhoods", "Districts", "City"]
    levels.set_value(Level.REGIONAL).run()
    assert city.asked[-1].level is Level.REGIONAL and city.asked[-1].area_type == "district"
    assert page.query_params["level"] == "regional"
    assert "is critical" in words_of(page)


def test_a_level_with_one_area_ranks_the_level_below(city, open_page):
    page = open_page(level="national")
    assert ">6 districts</h2>" in words_of(page)


def test_picking_a_card_opens_it_and_shows_its_hotspots_and_pictures(city, open_page):
    page = open_page()
    assert "Mill Rd / Dock St" not in words_of(page)
    button(page, "pick-2").click().run()
    assert page.query_params["area"] == "N089"
    said = words_of(page)
    assert "Mill Rd / Dock St" in said
    assert 'data-picture="trend"' in said and 'data-picture="week"' in said and 'data-picture="mix"' in said
    assert "<h2>Trend <span" in said and "Victoria Bay</span>" in said


def test_drill_down_and_back_by_the_way(city, open_page):
    page = open_page(level="regional")
    button(page, "pick-1").click().run()
    inside = next(each for each in page.button if each.key.startswith("inside-"))
    assert inside.label == "Open Old Harbour: its neighbourhoods"
    inside.click().run()
    assert city.asked[-1].areas == ("D2",) and city.asked[-1].level is Level.LOCAL
    assert page.query_params["in"] == "D2"
    button(page, "crumb-0").click().run()
    assert page.query_params["level"] == "regional" and "in" not in page.query_params
    assert ">6 districts</h2>" in words_of(page)


def test_the_way_in_keeps_a_period_that_was_chosen_since_it_was_drawn(city, open_page):
    page = open_page(level="regional")
    shown, chosen = page.session_state["ilpgeo-view"], Period.parse("2021-03-01..2021-03-31")
    page.session_state["ilpgeo-view"] = shown.asking(shown.query.during(chosen))
    next(each for each in page.button if each.key.startswith("inside-")).click().run()
    assert city.asked[-1].level is Level.LOCAL and city.asked[-1].period == chosen


def test_level_switch_keeps_a_scope_that_still_holds_such_areas_and_drops_one_that_cannot(city, open_page):
    page = open_page(**{"level": "local", "in": "D2"})
    assert city.asked[-1].areas == ("D2",)
    next(each for each in page.get("button_group") if each.key == "level").set_value(Level.REGIONAL).run()
    assert city.asked[-1].areas == ()


def test_a_deep_link_opens_the_same_picture(city, open_page):
    page = open_page(
        **{"level": "local", "in": "D1", "period": "2021-06-01..2021-06-30", "offence": "robbery", "compare": "year"}
    )
    query = city.asked[-1]
    assert (query.areas, query.offences) == (("D1",), ("robbery",))
    assert query.period == Period.parse("2021-06-01..2021-06-30")
    assert not page.info
    said = words_of(page)
    assert "of robbery in June 2021" in said and "a year earlier" in said
    again = open_page(**{name: page.query_params[name] for name in page.query_params})
    assert words_of(again) == said


@pytest.mark.parametrize(
    ("address", "note"),
    [
        ({"level": "galactic"}, "level 'galactic'"),
        ({"period": "yesterday"}, "period 'yesterday'"),
        ({"period": "2021-12-31..2021-01-01"}, "period 2021-12-31..2021-01-01 ends before it begins"),
        ({"period": "2030-01-01..2030-01-31"}, "past the last day of data"),
        ({"in": "D99"}, "area 'D99'"),
        ({"area": "nowhere"}, "area 'nowhere'"),
        ({"offence": "piracy"}, "offence 'piracy'"),
        ({"source": "gossip"}, "source 'gossip'"),
        ({"compare": "mars"}, "comparison 'mars'"),
        ({"as-of": "soon"}, "as-of day 'soon'"),
        ({"level": "regional", "type": "galaxy"}, "area type 'galaxy'"),
    ],
)
def test_a_bad_link_gets_a_friendly_note_and_the_default(city, open_page, address, note):
    page = open_page(**address)
    assert not page.exception and not page.error
    assert note in page.info[0].value and "The rest of the link is followed" in page.info[0].value
    assert "ilp-list" in words_of(page)


def test_a_hostile_link_is_shown_as_text_only(city, open_page):
    page = open_page(offence="<img src=x onerror=alert(1)>")
    assert "<img" not in words_of(page)


def test_an_empty_workspace_says_what_to_do_next(city, open_page):
    city.store.is_empty = True
    said = words_of(open_page())
    assert "No incidents yet" in said and "ilpgeo ingest" in said


def test_no_workspace_says_what_to_do_next(city, open_page, monkeypatch):
    def missing(folder, version=""):
        raise NotFound("there is no workspace here")

    monkeypatch.setattr("ilpgeo.pipeline.open_workspace", missing, raising=False)
    said = words_of(open_page())
    assert "No workspace yet" in said and "ilpgeo demo" in said


def test_a_role_without_the_level_is_told_so_and_sees_no_number(city, open_page, monkeypatch):
    monkeypatch.setattr(frame_module, "current_access", lambda: Access("district", frozenset({Level.REGIONAL})))
    page = open_page(level="local")
    assert "does not cover the local level" in page.warning[0].value
    assert "ilp-list" not in words_of(page)
    fine = open_page()
    assert not fine.warning and ">6 districts</h2>" in words_of(fine)


def test_an_unforeseen_failure_shows_a_reference_and_no_detail(city, open_page, caplog):
    city.broken = True
    page = open_page()
    assert "Something went wrong, reference" in page.error[0].value
    assert "secret" not in page.error[0].value and "secret" not in words_of(page)
    assert "secret detail" in caplog.text


def test_results_are_asked_for_once_per_question_and_again_after_a_new_version(city, open_page):
    page = open_page()
    page.run()
    open_page()
    assert len(city.asked) == 1
    city.store.edition = "v2"
    page.run()
    assert len(city.asked) == 2


def test_a_monthly_source_offers_months_only(city, open_page):
    city.store.precision = "month"
    page = open_page()
    presets = next(each for each in page.get("button_group") if each.key == "preset")
    offered = " ".join(presets.options)
    assert "Last month" in offered and "days" not in offered
    assert city.asked[-1].period == Period.parse("2021-12-01..2021-12-31")


def test_period_presets_and_own_days(city, open_page):
    page = open_page()
    next(each for each in page.get("button_group") if each.key == "preset").set_value("Last 365 days").run()
    assert city.asked[-1].period.days == 365
    days = (Period.parse("2021-03-01").start, Period.parse("2021-03-10").end)
    pages.field(page, "date_input", "Days from, to (both counted)").set_value(days).run()
    assert city.asked[-1].period == Period.parse("2021-03-01..2021-03-10")
    assert page.query_params["period"] == "2021-03-01..2021-03-10"


def test_the_chosen_period_stays_marked_when_it_is_pressed_again(city, open_page):
    def presets():
        return next(each for each in page.get("button_group") if each.label == "Period")

    page = open_page()
    marked = presets().value
    assert marked
    presets().set_value(None).run()
    assert presets().value == marked, "the page still answers for it"

"""Publishing on a small city: what is refused, what is shown for a question, how a model is followed afterwards."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from ilpgeo import pipeline
from ilpgeo.core.errors import InvalidInput, NotAllowed, NotFound
from ilpgeo.core.publications import Draft, Measured, Verdict
from ilpgeo.core.query import Access, Level, Period, Query
from ilpgeo.core.recipes import Entry, Recipe
from ilpgeo.pipeline import published, standing
from ilpgeo.reports.card_words import heading
from ilpgeo.store.database import FILE
from tests.pipeline.city import make_city, write

FIRST = date(2020, 1, 1)
SHORT = Recipe(horizon="7d", windows=8, learn_days=120, cell_m=400.0)
TODAY = date(2026, 3, 1)
DRAFT = Draft(
    Entry("kde", {"bandwidth_m": 250.0}), cell_m=400.0, note="Steady", owner="A. Analyst",
    expires_on=TODAY + timedelta(days=90), recipe=SHORT,
)  # fmt: skip


def rows(days: int, first: int = 0, seed: int = 1, *, is_moved: bool = False) -> list:
    """Return six incidents a day, two in three around one corner; moved ones lie around another corner."""
    rng = np.random.default_rng(seed)
    made = []
    for day in range(first, first + days):
        when = FIRST + timedelta(days=day)
        for at in range(6):
            corner = (43.672, -79.368) if is_moved else (43.645, -79.395)
            lat, lon = (rng.normal(corner[0], 6e-4), rng.normal(corner[1], 6e-4)) if rng.random() < 2 / 3 else (
                rng.uniform(43.641, 43.679), rng.uniform(-79.399, -79.361))  # fmt: skip
            offence = "ASSAULT" if at == 5 else "THEFT"
            made.append(
                (f"R{day}-{at}", f"{when} {at * 3:02d}:30", round(lat, 6), round(lon, 6), offence, f"Road {at}")
            )
    return made


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A city with 300 days of incidents; tests that record work on a copy."""
    folder = tmp_path_factory.mktemp("city") / "city"
    opened = make_city(folder)
    pipeline.ingest(opened, write(folder.parent / "a.csv", rows(300)))
    return folder


@pytest.fixture
def opened(made):
    (made / FILE).unlink(missing_ok=True)
    return pipeline.open_workspace(made)


def question(opened, area: str = "", offence: str = "") -> Query:
    period = pipeline.default_period(opened)
    return Query(Level.LOCAL, period, areas=(area,) if area else (), offences=(offence,) if offence else ())


def publish(opened, **changes):
    return pipeline.publish(opened, replace(DRAFT, **changes), Access(), today=TODAY)


def test_a_publication_carries_its_test_its_version_and_its_recipe(opened):
    found = publish(opened)
    assert pipeline.publications(opened, Access()) == (found,)
    assert found.data_version == opened.store.version() and found.cell_m == 400.0
    assert found.verdict.n_windows == 8 and found.verdict.n == 8 * 7 * 6
    assert found.verdict.hit_rate.low <= found.verdict.hit_rate.value <= found.verdict.hit_rate.high
    again = pipeline.backtest(opened, Recipe.from_text(found.recipe, "recipe"), Access())
    assert standing.verdict_on(again, found.model) == found.verdict


def test_what_its_test_said_is_shown_to_those_who_are_given_its_sources(opened):
    found, query = publish(opened), question(opened)
    for named in ("", "City Police"):  # nobody has registered the source: it is given to nobody who is named
        shown = pipeline.shown_verdict(opened, found, query, Access(agency=named))
        assert shown.value == (None if named else found.verdict)
        assert shown.notes == (("Its tests rest on sources not given to City Police",) if named else ())
    made_for = pipeline.shown_verdict(opened, found, replace(query, made_for="Customs"), Access())
    assert made_for.value is None and made_for.notes == ("Its tests rest on sources not given to Customs",)
    few = replace(found, verdict=replace(found.verdict, n=4))
    assert pipeline.shown_verdict(opened, few, query, Access()).value is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"note": "  "}, "note"),
        ({"owner": ""}, "owner"),
        ({"expires_on": None}, "expiry"),
        ({"expires_on": TODAY - timedelta(days=1)}, "before today"),
        ({"model": Entry("gi_star")}, "no expectation"),
        ({"model": Entry("nothing")}, "no model"),
        ({"model": Entry("kde", {"bandwidth_m": -3.0})}, "at least"),
        ({"offence": "Piracy"}, "no offence"),
    ],
)
def test_what_is_refused_records_nothing(opened, changes, words):
    with pytest.raises((InvalidInput, NotFound), match=words):
        publish(opened, **changes)
    assert pipeline.publications(opened, Access()) == () and not (opened.workspace.folder / FILE).exists()


def test_all_that_is_missing_is_told_at_once(opened):
    with pytest.raises(InvalidInput) as told:
        publish(opened, note="", owner="", expires_on=None)
    assert len(told.value.faults) == 3


@pytest.mark.parametrize("high", [-0.01, 0.02])
def test_a_model_that_loses_needs_a_reason_and_keeps_it(opened, monkeypatch, high):
    told = published.verdict_on

    def losing(tested, model) -> Verdict:
        return replace(told(tested, model), difference=Measured(-0.03, -0.05, high))

    monkeypatch.setattr(published, "verdict_on", losing)
    with pytest.raises(InvalidInput, match="surely" if high < 0 else "state the reason"):
        publish(opened)
    found = publish(opened, reason="It follows the new bus station")
    assert found.reason == "It follows the new bus station" and found.verdict.is_loss
    assert found.verdict.is_sure_loss == (high < 0)
    card = pipeline.model_card(opened, question(opened), Access(), TODAY).value
    assert card.publication == found and card.verdict.is_loss


def test_a_reason_is_kept_only_where_it_was_needed(opened):
    assert publish(opened, model=Entry("prior_count"), reason="just so").reason == ""


def test_too_few_incidents_are_no_test(opened):
    (opened.workspace.folder / FILE).unlink(missing_ok=True)
    few = replace(SHORT, horizon="1d", windows=1)
    with pytest.raises(InvalidInput, match="fewer than 5 incidents"):
        publish(opened, offence="Assault", recipe=few)


def test_the_test_of_something_else_is_refused(opened):
    tested = pipeline.judge_draft(opened, DRAFT, Access())
    for other in (replace(DRAFT, offence="Theft"), replace(DRAFT, area="a0"), replace(DRAFT, cell_m=300.0)):
        with pytest.raises(InvalidInput, match="test it again"):
            pipeline.publish(opened, other, Access(), tested, TODAY)
    with pytest.raises(InvalidInput, match="did not take part"):
        pipeline.publish(opened, replace(DRAFT, model=Entry("kde")), Access(), tested, TODAY)
    assert pipeline.publish(opened, DRAFT, Access(), tested, TODAY).id


def test_who_may_publish_and_where(opened):
    with pytest.raises(NotAllowed, match="does not publish"):
        pipeline.publish(opened, DRAFT, Access("reader", publishes=False), today=TODAY)
    confined = Access("district", areas=("a0",))
    with pytest.raises(NotAllowed, match="everywhere"):
        pipeline.publish(opened, DRAFT, confined, today=TODAY)
    with pytest.raises(NotAllowed, match="Area 1"):
        pipeline.publish(opened, replace(DRAFT, area="a1"), confined, today=TODAY)
    with pytest.raises(NotAllowed, match="national"):
        pipeline.publish(
            opened, replace(DRAFT, level=Level.NATIONAL), Access("x", frozenset({Level.LOCAL})), today=TODAY
        )
    mine = pipeline.publish(opened, replace(DRAFT, area="a0"), confined, today=TODAY)
    publish(opened, area="a1")
    assert pipeline.publications(opened, confined) == (mine,)
    with pytest.raises(NotFound):
        pipeline.withdraw_publication(
            opened, pipeline.publications(opened, Access())[0].id, confined, "D. Local", "not mine"
        )


def test_the_closest_then_the_newest_is_shown_until_it_expires_or_is_withdrawn(opened):
    everywhere = publish(opened, owner="everywhere")
    newer = publish(opened, owner="newer")
    theft = publish(opened, owner="theft", offence="Theft")
    national = publish(opened, owner="national", level=Level.NATIONAL)
    area = publish(opened, owner="area", area="a0", expires_on=TODAY + timedelta(days=5))
    both = publish(opened, owner="both", area="a0", offence="Theft")

    def shown(area_id: str, offence: str, day: date = TODAY, level: Level = Level.LOCAL) -> str:
        found = pipeline.publication_for(opened, replace(question(opened, area_id, offence), level=level), day)
        return "default" if found is None else found.owner

    assert shown("a1", "") == "newer"
    assert shown("a1", "", level=Level.NATIONAL) == "national"
    assert shown("a1", "Theft") == "theft" and shown("a1", "Assault") == "newer"
    assert shown("a0", "") == "area" and shown("a0", "Theft") == "both" and shown("a0", "Assault") == "area"
    assert shown("a0", "", TODAY + timedelta(days=5)) == "area"
    assert shown("a0", "", TODAY + timedelta(days=6)) == "newer"
    assert shown("a1", "", TODAY + timedelta(days=91)) == "default"
    for each in (newer, both, theft, national, everywhere):
        pipeline.withdraw_publication(opened, each.id, Access(), "B. Boss", "done")
    assert shown("a1", "") == "default" and shown("a0", "Theft") == "area"
    assert area.id in {each.id for each in pipeline.publications(opened, Access())}


def test_the_card_without_a_publication_names_the_default_and_what_expired(opened):
    card = pipeline.model_card(opened, question(opened, "a0"), Access(), TODAY).value
    assert (card.model, card.publication, card.verdict, card.passed_over) == (Entry("blend"), None, None, None)
    gone = publish(opened)
    late = pipeline.model_card(opened, question(opened, "a0"), Access(), TODAY + timedelta(days=200)).value
    assert late.publication is None and late.passed_over == gone and late.model == Entry("blend")


def test_a_published_model_that_cannot_be_run_any_more_gives_way_and_says_why(opened, monkeypatch):
    found = publish(opened)
    monkeypatch.setattr(published, "lacking", lambda *_: ("factors",))
    card = pipeline.model_card(opened, question(opened, "a0"), Access(), TODAY).value
    assert card.publication is None and card.passed_over == found and "needs factors" in card.fault


def test_where_the_closest_cannot_be_run_the_next_that_can_is_shown_and_the_card_says_so(opened, monkeypatch):
    wider, closer = publish(opened), publish(opened, area="a0", model=Entry("prior_count"), owner="C. Closer")
    whole = published.lacking
    monkeypatch.setattr(
        published, "lacking", lambda at, model: ("factors",) if model.name == "prior_count" else whole(at, model)
    )
    card = pipeline.model_card(opened, question(opened, "a0"), Access(), TODAY).value
    assert card.publication == wider and card.model == wider.model and card.passed_over == closer
    assert heading(card) == (
        "Published model: Kernel density. The one C. Closer published cannot be used: it needs factors, which "
        "this workspace does not have."
    )
    elsewhere = pipeline.model_card(opened, question(opened, "a1"), Access(), TODAY).value
    assert elsewhere.publication == wider and heading(elsewhere) == "Published model: Kernel density"


def test_the_default_is_tested_once_for_each_data_version(opened, monkeypatch):
    assert pipeline.needs_tests(opened)
    verdict, refusal = pipeline.judge_default(opened)
    assert refusal == "" and verdict.n_windows == 5 and verdict.hit_rate.has_interval
    assert not pipeline.needs_tests(opened)
    monkeypatch.setattr(standing, "backtest", None)
    again, _ = pipeline.judge_default(opened)
    assert again == verdict
    card = pipeline.model_card(opened, question(opened, "a0", "Theft"), Access(), TODAY).value
    assert card.verdict == verdict and card.tested_offence == ""


def test_why_the_default_cannot_be_tested_is_recorded(tmp_path):
    opened = make_city(tmp_path / "city")
    pipeline.ingest(opened, write(tmp_path / "a.csv", rows(9)))
    verdict, refusal = pipeline.judge_default(opened)
    assert verdict is None and "reaches back" in refusal
    card = pipeline.model_card(opened, question(opened), Access(), TODAY).value
    assert card.untested == refusal and card.verdict is None


@pytest.fixture
def following(tmp_path):
    """A city of 200 days with a publication, and a way to bring more days in."""
    opened = make_city(tmp_path / "city")
    pipeline.ingest(opened, write(tmp_path / "a.csv", rows(200)))
    return opened, publish(opened)


def bring_more(opened, tmp_path, days: int, *, is_moved: bool) -> None:
    pipeline.ingest(opened, write(tmp_path / f"b{days}.csv", rows(days, 200, 2, is_moved=is_moved)))


def test_too_few_windows_since_are_no_judgement(following, tmp_path):
    opened, found = following
    assert pipeline.drift(opened, found).n_windows == 0
    bring_more(opened, tmp_path, 22, is_moved=True)
    drift = pipeline.drift(opened, found)
    assert drift.n_windows == 3 and not drift.is_judged and not drift.has_drifted


def test_a_city_that_stays_the_same_is_no_drift(following, tmp_path):
    opened, found = following
    bring_more(opened, tmp_path, 42, is_moved=False)
    drift = pipeline.drift(opened, found)
    assert drift.is_judged and drift.n_windows == 6 and drift.since.start == found.verdict.tested_on.after
    assert not drift.has_drifted


def test_a_hotspot_that_moved_is_drift_and_stands_on_the_card(following, tmp_path):
    opened, found = following
    bring_more(opened, tmp_path, 42, is_moved=True)
    assert pipeline.needs_tests(opened)
    pipeline.catch_up(opened)
    card = pipeline.model_card(opened, question(opened), Access(), TODAY).value
    if card.drift is None:  # expired by the clock of the machine: what is not shown is not followed
        assert datetime.now(UTC).date() > found.expires_on
        pipeline.drift(opened, found)
        card = pipeline.model_card(opened, question(opened), Access(), TODAY).value
    assert card.drift.has_drifted and card.drift.live.value < found.verdict.hit_rate.low


def test_catching_up_twice_at_once_leaves_it_to_the_first(opened, monkeypatch):
    from ilpgeo.store.lock import try_lock

    held = try_lock(opened.workspace.folder / standing.LOCK)
    monkeypatch.setattr(standing, "judge_default", None)
    pipeline.catch_up(opened)
    held.release()


@pytest.mark.slow
def test_the_standing_tests_run_as_a_process_of_their_own(following):
    import subprocess
    import sys

    opened, _ = following
    done = subprocess.run(
        [sys.executable, "-m", "ilpgeo.pipeline.standing", str(opened.workspace.folder)], check=False, timeout=600
    )
    assert done.returncode == 0
    assert standing.known_default_verdict(opened) is not None


def test_the_forecast_learns_from_the_long_past_and_counts_the_period(opened):
    today = pipeline.now(opened)
    query = question(opened, "a0").during(Period.ending(today - timedelta(days=1), 7))
    forecaster = pipeline.Forecaster(Entry("blend"), 400.0, 1096)
    found = pipeline.forecast(opened, forecaster, query, Access(), top_share=0.2).value
    assert found.trained_on == Period(FIRST, today - timedelta(days=1))
    assert found.window == Period(today, today + timedelta(days=6)) and found.query.period == query.period
    expected = [each.expected for each in found.hotspots]
    assert expected == sorted(expected, reverse=True) and expected[0] > 0
    first = found.hotspots[0]
    assert first.n_period >= 5 and first.n > first.n_period
    assert all(each.n_period is None or each.n_period >= 5 for each in found.hotspots)
    assert len(pipeline.forecast(opened, forecaster, query, Access(), top_share=0.2, most=1).value.hotspots) == 1


def test_the_forecast_is_blind_to_what_came_after_the_day_looked_from(opened):
    as_of = FIRST + timedelta(days=150)
    query = question(opened, "a0").during(Period.ending(as_of - timedelta(days=1), 28))
    found = pipeline.forecast(opened, pipeline.Forecaster(Entry("blend"), 400.0, 60), query, Access(), as_of).value
    assert found.trained_on == Period.ending(as_of - timedelta(days=1), 60)
    assert found.window.start == as_of


def test_clusters_can_look_ahead_and_significance_cannot(opened):
    query = question(opened, "a0")
    found = pipeline.forecast(
        opened, pipeline.Forecaster(Entry("dbscan", {"eps_m": 100.0, "min_samples": 10}), 400.0, 90), query, Access()
    ).value
    assert found.hotspots[0].expected > 0
    with pytest.raises(InvalidInput, match="cannot look ahead"):
        pipeline.forecast(opened, pipeline.Forecaster(Entry("gi_star"), 400.0, 90), query, Access())

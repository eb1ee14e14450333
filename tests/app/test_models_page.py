"""The models page over the made-up city: the form, the switch, the link, what cannot be shown."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from html import escape
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pytest
import shapely.affinity

from ilpgeo import pipeline
from ilpgeo.core.answers import Clusters, RiskSurface, Significance
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.params import param, params_of
from ilpgeo.core.space import Grid
from ilpgeo.core.types import Diagnostic, Hotspot, HotspotSet, Level, Period, Query, Table
from ilpgeo.models.dbscan import Dbscan
from ilpgeo.models.gi_star import GiStar
from ilpgeo.models.kde import Kde
from ilpgeo.models.prior_count import PriorCount
from ilpgeo.models.registry import all_models
from ilpgeo.safeguards.release import release_answer, release_hotspots
from ilpgeo.ui import model_evidence, model_map, model_words, working
from ilpgeo.ui.model_view import ModelView, command, from_address, to_address
from ilpgeo.ui.stops import is_wide, stops
from ilpgeo.ui.view import Known
from tests.app import fake, pages
from tests.app.pages import field

opened = partial(pages.gone_to, "models.py")
YEAR = Period(date(2021, 1, 1), date(2021, 12, 31))
KNOWN = Known(fake.city(), fake.OFFENCES, ("police",), fake.NOW)


def spots(model, query, n_spots, total=900) -> HotspotSet:
    middle = fake.city().geometry[0].representative_point()
    found = tuple(
        Hotspot(f"h{k + 1}", f"Mill <b>{k + 1}", k + 1, 200 - k, 0.07, 271.0, 0.1, "Fri 22:00-02:00",
                shapely.affinity.translate(middle.buffer(160), 420 * k, 0))
        for k in range(n_spots)
    )  # fmt: skip
    return HotspotSet(model.title, query, query.period, found, total, 0, "EPSG:32617", "v1")


@dataclass
class Explorer:
    """Stands for pipeline.explore, and remembers what was asked."""

    asked: list = None
    n_spots: int = 9
    ahead_days: int | None = None
    wait: Callable = lambda progress: None

    explained = Diagnostic(
        "Clusters",
        ("31 % of the incidents lie in <b>clusters",),
        (
            Table(
                "Clusters", {"Cluster": np.array(["Mill", "Few"]), "Incidents": np.array([40, 3])}, counts="Incidents"
            ),
        ),
        900,
    )

    def __call__(self, opened, model, query, access, as_of=None, seed=0, cell_m=None, ahead_days=None, progress=None):
        self.asked.append((model, query, cell_m, as_of))
        self.ahead_days = ahead_days
        self.wait(progress)
        if query.areas == ("N005",):
            raise InvalidInput(f"there are no data for this area in {query.period}; choose another period or area")
        west, south, _, _ = (float(each) for each in fake.city().geometry[-1].bounds)
        grid = Grid(west, south, 500.0, 20, 20, "EPSG:32617", np.ones((20, 20), bool))
        counts = np.arange(400.0).reshape(20, 20)
        answer = {
            "gi_star": lambda: Significance(grid, counts, np.full((20, 20), 0.01), counts > 300, counts, 0.05),
            "dbscan": lambda: Clusters(
                grid, np.zeros(40, np.int64), np.arange(40), np.ones(40), 1.0, beside=self.explained
            ),
            "prior_count": lambda: self.explained,
        }.get(model.name, lambda: RiskSurface(grid, counts, counts))()
        return pipeline.Explored(
            release_answer(answer),
            release_hotspots(spots(model, query, self.n_spots)),
            Period(fake.NOW, fake.NOW),
            KNOWN.areas.finest,
        )


@pytest.fixture
def explorer(city, monkeypatch):
    made = Explorer([])
    monkeypatch.setattr(pipeline, "explore", made, raising=False)
    return made


def words_of(page) -> str:
    return "\n".join(each.value for each in page.markdown)


def test_first_look_is_a_surface_of_the_longest_period_with_its_evidence(explorer):
    page = opened()
    assert not page.exception and not page.error and not page.warning and not page.info
    model, query, cell_m, _ = explorer.asked[-1]
    assert (model, cell_m, query.areas, query.period.days) == (Kde(), 150.0, (), 365)
    said = words_of(page)
    assert "<b>900 incidents</b> in Fakeville, Jan \u2013 Dec 2021 (365 days); expectation for 1 Jan 2022" in said
    assert "9 hotspots, most incidents first" in said
    assert "Mill &lt;b&gt;1" in said and "Mill <b>" not in said
    assert "0.07 km\u00b2 \u00b7 271 per km\u00b2 \u00b7 10\u202f% of all" in said and "Peak Fri 22:00-02:00" in said
    assert "5 cells resting on fewer than 5 incidents withheld." in said or "4 cells resting" in said
    assert "To see shapes that do not follow grid lines" in said
    assert "To find single addresses" in said


def test_the_form_shows_every_parameter_with_unit_help_and_default(explorer):
    page = opened()
    reach = field(page, "select_slider", "Bandwidth (m)")
    assert reach.value == 300.0 and "Default: 300 m" in reach.help and "How far one incident reaches" in reach.help
    kernel = next(each for each in page.get("button_group") if each.label == "Kernel")
    assert kernel.value == "quartic"
    assert field(page, "select_slider", "Cell size (m)").value == 150.0


def test_a_moved_slider_asks_the_model_again_and_writes_the_address(explorer):
    page = opened()
    field(page, "select_slider", "Bandwidth (m)").set_value(500.0).run()
    assert explorer.asked[-1][0] == Kde(bandwidth_m=500.0)
    assert page.query_params["set"] == "bandwidth_m=500"
    assert "--set bandwidth_m=500" in page.code[0].value
    next(each for each in page.button if each.key == "model-reset").click().run()
    assert explorer.asked[-1][0] == Kde() or page.query_params.get("set") is None
    assert field(page, "select_slider", "Bandwidth (m)").value == 300.0


def test_how_far_to_look_ahead_is_asked_and_stands_in_the_address(explorer):
    page = opened()
    assert explorer.ahead_days == 28
    field(page, "selectbox", "Look ahead").set_value(7).run()
    assert explorer.ahead_days == 7
    assert page.query_params["ahead"] == "7"
    told = " ".join(each.value for each in opened(ahead="5").info)
    assert "looks 5 days ahead, which is not offered; 28 days are used" in told


def test_switching_models_changes_form_and_question_and_keeps_what_was_tuned(explorer):
    page = opened()
    field(page, "select_slider", "Bandwidth (m)").set_value(500.0).run()
    next(each for each in page.button if each.key == "use-gi_star").click().run()
    assert explorer.asked[-1][0] == GiStar()
    assert "Where is it more than chance?" in words_of(page)
    assert page.query_params["model"] == "gi_star" and "set" not in page.query_params
    assert {each.label for each in page.get("select_slider")} >= {"False discovery rate", "Neighbourhood (cells)"}
    next(each for each in page.button if each.key == "use-kde").click().run()
    assert field(page, "select_slider", "Bandwidth (m)").value == 500.0


def test_models_are_offered_by_the_question_they_answer(explorer):
    said = words_of(opened())
    concentrate, chance = said.index('<h2 class="ilp-h">Where do inc'), said.index('<h2 class="ilp-h">Where is it more')
    assert concentrate < said.index("<strong>Density clusters") < chance < said.index("<strong>Significant hot spots")
    for model in all_models():
        assert escape(model.summary) in said


def test_a_link_brings_back_the_whole_view(explorer):
    page = opened(model="dbscan", set="min_samples=30", cell="200", within="D1", period="2021-03-01..2021-03-31",
                  offence="robbery", spot="h2")  # fmt: skip
    assert not page.info and not page.exception
    model, query, cell_m, _ = explorer.asked[-1]
    assert (model, cell_m) == (Dbscan(min_samples=30), 200.0)
    assert (query.areas, query.offences, str(query.period)) == (("D1",), ("robbery",), "2021-03-01..2021-03-31")
    assert "in North Field, March 2021" in words_of(page)
    assert field(page, "selectbox", "Where").value == "D1"
    assert field(page, "multiselect", "Offences").value == ["robbery"]
    assert page.query_params["spot"] == "h2"


def test_a_bad_link_is_followed_as_far_as_it_goes_and_says_so(explorer):
    page = opened(model="oracle", set="bandwidth_m=9", cell="1", within="N999", period="soon")
    told = " ".join(each.value for each in page.info)
    assert "asks for a model 'oracle' that does not exist" in told
    assert "could not be followed: bandwidth must be at least 25 m, not 9; 300 m is used" in told
    assert "cell size must lie between 50 and 20000 m, not 1" in told
    assert "names an area that this workspace does not have" in told
    assert "'soon' is not of the form" in told
    assert explorer.asked[-1][0] == Kde() and not page.exception


def test_a_place_without_data_gets_a_message_and_keeps_the_form(explorer):
    page = opened(within="N005")
    assert "There are no data for this area" in page.warning[0].value
    assert not page.exception and not page.error
    assert field(page, "select_slider", "Bandwidth (m)").value == 300.0


def test_no_hotspot_says_what_to_do_next(explorer):
    explorer.n_spots = 0
    said = words_of(opened(model="dbscan"))
    assert "Nothing stands out among 900 incidents with these settings. Ask for less" in said


def test_hotspots_too_small_to_be_shown_are_not_called_nothing():
    withheld = replace(spots(Kde(), Query(Level.LOCAL, YEAR), 0, total=63), withheld=49)
    said = model_evidence.nothing(withheld)
    assert "Nothing stands out" not in said
    assert said.startswith("Of 63 incidents no hotspot holds enough to be shown.")


def test_periods_are_whole_months_where_the_data_know_no_better(explorer, city):
    city.store.precision = "month"
    page = opened()
    options = field(page, "selectbox", "Learn from").options
    assert options[0].startswith("Last month") and not any("days \u00b7" in each for each in options)


def test_a_picked_hotspot_is_marked_and_let_go_by_the_next_setting(explorer):
    page = opened()
    next(each for each in page.button if each.key == "pick-h3").click().run()
    assert page.query_params["spot"] == "h3"
    assert words_of(page).count("ilp-row ilp-on") == 1
    field(page, "select_slider", "Bandwidth (m)").set_value(500.0).run()
    assert "spot" not in page.query_params


def test_what_a_model_lacks_is_said_and_it_cannot_be_chosen(explorer, monkeypatch):
    @dataclass(frozen=True)
    class Rates:
        name: ClassVar[str] = "rates"
        title: ClassVar[str] = "Rates"
        purpose: ClassVar[str] = "where"
        summary: ClassVar[str] = "Incidents per resident."
        needs: ClassVar[frozenset[str]] = frozenset({"population"})
        reach_m: float = param(10.0, label="Reach", help="Its reach", low=1, high=20)

    monkeypatch.setattr(pipeline, "model_classes", lambda: (*all_models(), Rates), raising=False)
    page = opened(model="rates")
    assert "Needs population, which this workspace does not have" in words_of(page)
    (told,) = page.info
    assert told.value.startswith(f"The link asks for {Rates.title}. Needs population, which")
    assert next(each for each in page.button if each.key == "use-rates").disabled
    assert explorer.asked[-1][0] == Kde()


def test_looking_ahead_is_asked_only_where_something_is_expected(explorer):
    def labels(model: str) -> list[str]:
        return [each.label for each in opened(model=model).selectbox]

    assert "Look ahead" in labels("kde")
    assert "Look ahead" not in labels("dbscan")
    assert "Look ahead" not in labels("gi_star")


def test_findings_stand_beside_the_map_and_small_counts_do_not(explorer):
    page = opened(model="dbscan")
    assert "31\u202f% of the incidents" not in words_of(page)
    part = next(each for each in page.get("button_group") if each.label == "Show")
    part.set_value("Findings").run()
    said = words_of(page)
    assert "31\u202f% of the incidents lie in &lt;b&gt;clusters." in said
    assert ">Mill</td>" in said
    assert "Few" not in said


def test_a_diagnostic_takes_the_place_of_the_map(explorer):
    page = opened(model="prior_count")
    said = words_of(page)
    assert not page.exception and not page.error
    assert "31\u202f% of the incidents" in said
    assert "About Prior count" in said
    assert "hotspots, most incidents first" not in said


def test_a_check_is_worked_out_when_asked_for_with_the_settings_both_share(explorer, monkeypatch):
    monkeypatch.setattr(pipeline, "diagnostics_beside", lambda name: (PriorCount,), raising=False)
    page = opened(model="dbscan")
    next(each for each in page.get("button_group") if each.label == "Show").set_value("Checks").run()
    assert explorer.asked[-1][0] == Dbscan()
    next(each for each in page.button if each.key == "ask-prior_count").click().run()
    assert explorer.asked[-1][0] == PriorCount()
    assert "31\u202f% of the incidents" in words_of(page)


def test_what_lasts_shows_how_far_it_is_and_comes_when_it_is_done(explorer, monkeypatch):
    monkeypatch.setattr(working, "PATIENCE_S", 0.0)
    half, go_on = threading.Event(), threading.Event()

    def last(progress):
        progress(0.4)
        half.set()
        go_on.wait(20)

    explorer.wait = last
    page = opened(model="dbscan", offence="assault")
    half.wait(20)
    page.run()
    assert not page.exception
    assert any(each.label == "Stop" for each in page.button)
    assert "9 hotspots" not in words_of(page)
    assert field(page, "select_slider", "Reach (m)").value == 200.0  # the form can be used all the while
    n_asked = len(explorer.asked)
    go_on.set()
    time.sleep(0.3)
    page.run()
    assert "9 hotspots" in words_of(page)
    assert len(explorer.asked) == n_asked


def test_what_lasts_can_be_stopped_and_asked_for_again(explorer, monkeypatch):
    monkeypatch.setattr(working, "PATIENCE_S", 0.0)
    started = threading.Event()

    def last(progress):
        started.set()
        for _ in range(400):
            time.sleep(0.05)
            progress(0.1)

    explorer.wait = last
    page = opened(model="dbscan", offence="assault")
    started.wait(20)
    next(each for each in page.button if each.label == "Stop").click().run()
    assert "Stopped" in page.info[0].value
    explorer.wait = lambda progress: None
    next(each for each in page.button if each.label == "Work it out").click().run()
    time.sleep(0.3)
    page.run()
    assert "9 hotspots" in words_of(page)


def test_everywhere_is_looked_at_where_data_cover_the_ground():
    areas = KNOWN.areas
    answer = SimpleNamespace(study=areas.finest[:1])
    named, _, view = model_map.ground(areas, (), answer)
    assert view.tolist() == areas.finest[:1].tolist()
    assert set(view.tolist()) < set(named.tolist())
    assert model_map.ground(areas, ())[2].tolist() == areas.of_type(areas.types[-1]).tolist()
    scope = (areas.id[areas.finest[1]],)
    assert model_map.ground(areas, scope, answer)[2].tolist() == [areas.finest[1]]


def test_a_view_survives_the_address():
    view = ModelView(
        Kde(450.0, "gaussian"), 250.0, Query(Level.LOCAL, YEAR, areas=("D1",), offences=("burglary",)), 7, spot="h4"
    )
    back, notes = from_address(to_address(view), replace(view, model=Dbscan(), cell_m=1.0), KNOWN, all_models())
    assert (back, notes) == (view, ())


def test_settings_of_the_wrong_kind_are_told(explorer):
    start = ModelView(Kde(), 150.0, Query(Level.LOCAL, YEAR))
    asked = {"set": ["bandwidth_m=wide", "kernel=round", "colour=red"], "cell": ["big"]}
    view, notes = from_address(asked, start, KNOWN, all_models())
    assert view == start
    assert len(notes) == 4


def test_the_command_is_one_line_a_shell_understands(tmp_path):
    view = ModelView(Kde(450.0), 250.0, Query(Level.LOCAL, YEAR, areas=("D 1",), offences=("theft over",)))
    text = command(view, tmp_path)
    assert "--set bandwidth_m=450 --set kernel=quartic --cell 250 --period 2021-01-01..2021-12-31" in text
    assert "--area 'D 1' --offence 'theft over'" in text


@pytest.mark.parametrize("ending", [ending for _, ending, _ in model_evidence.FORMATS])
def test_each_download_is_a_file_of_its_kind(ending):
    found = release_hotspots(spots(Kde(), Query(Level.LOCAL, YEAR), 3))
    content = model_evidence.as_file(found, ending)
    starts = {"geojson": b"{", "gpkg": b"SQLite format 3", "kml": b"<?xml", "csv": b"id,name,rank"}
    assert content.startswith(starts[ending])


def test_slider_stops_are_within_bounds_ascending_and_hold_the_default():
    for model in all_models():
        for each in params_of(model):
            if is_wide(each):
                found = stops(each, each.default)
                assert found == sorted(set(found)) and each.default in found
                assert (found[0], found[-1]) == (each.low, each.high)
                assert all(each.fault(type(each.default)(value)) is None for value in found)
                assert len(found) < 80


def test_every_model_has_its_words():
    for model in all_models():
        told = model_words.about(model.name)
        assert told.answers.endswith("?") and told.avoid.startswith("Do not use it") and told.use.startswith("Use it")
        assert "](" not in told.avoid and "*" not in told.avoid

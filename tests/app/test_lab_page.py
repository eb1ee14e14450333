"""The lab over the made-up city: its parts, its fields, its address, what cannot be tested."""

import time
from dataclasses import replace
from datetime import date
from functools import partial

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

from ilpgeo import pipeline
from ilpgeo.backtest.baselines import Uniform
from ilpgeo.backtest.plan import Flag, Fold
from ilpgeo.backtest.report import explain_backtest
from ilpgeo.backtest.run import Contestant, Evidence, run_backtest
from ilpgeo.backtest.sweep import Axis
from ilpgeo.core.answers import RiskSurface
from ilpgeo.core.errors import Cancelled
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.recipes import Entry
from ilpgeo.core.space import Grid
from ilpgeo.core.types import Context, Diagnostic, Level, Period, Query, Table
from ilpgeo.models.blend import Blend
from ilpgeo.models.dbscan import Dbscan
from ilpgeo.models.kde import Kde
from ilpgeo.models.prior_count import PriorCount
from ilpgeo.models.registry import all_models
from ilpgeo.safeguards.release import release_answer, release_hotspots
from ilpgeo.ui import lab_words, working
from ilpgeo.ui.lab_test import TERMS
from ilpgeo.ui.lab_view import PARTS, LabView, from_address, to_address
from tests.app import pages
from tests.app.pages import field
from tests.app.test_models_page import KNOWN, YEAR, spots, words_of

opened = partial(pages.gone_to, "lab.py")
SAID = Diagnostic(
    "What was found", ("31 % are <b>caught",), (Table("Rows", {"Name": np.array(["a"]), "n": np.array([40])}),), 900.0
)


def made_test(recipe) -> pipeline.Tested:
    """A real back-test of a toy town."""
    rng = np.random.default_rng(1)
    grid = Grid(0.0, 0.0, 100.0, 12, 12, "EPSG:32617", np.ones((12, 12), bool))
    day = np.datetime64("2021-01-01", "s") + rng.integers(0, 200, 900) * np.timedelta64(86_400, "s")
    past = Incidents.from_xy(rng.normal(600, 150, 900).clip(0, 1199), rng.uniform(0, 1199, 900), t_from=day)
    folds = [
        Fold(Period(date(2021, 1, 1), date(2021, 5, 1)), Period(date(2021, 5, 2 + 5 * at), date(2021, 5, 6 + 5 * at)))
        for at in range(5)
    ]
    entrants = [Contestant(m.name, m.title, m) for m in (PriorCount(), Kde(200.0), Uniform())]
    flags = [Flag.parse(text) for text in recipe.flags]
    test = run_backtest(entrants, folds, Evidence(past, day.astype("datetime64[D]")), grid, flags, Context)
    return pipeline.Tested(recipe, test, release_answer(explain_backtest(test)))


@pytest.fixture
def lab(city, monkeypatch):
    """Put quick answers in the place of the lab's pipeline; return what was asked of it."""
    monkeypatch.setattr(working, "PATIENCE_S", 50.0)  # a run of the page is not over before the answer is there
    asked: dict[str, list] = {name: [] for name in ("explore", "backtest", "sweep", "sensitivity", "top_ten")}
    done = {"n": 0}

    def explore(opened, model, query, access, as_of=None, seed=0, cell_m=None, progress=None, ahead_days=None):
        asked["explore"].append((model, query, cell_m))
        west, south, _, _ = (float(each) for each in KNOWN.areas.geometry[-1].bounds)
        grid = Grid(west, south, 500.0, 20, 20, "EPSG:32617", np.ones((20, 20), bool))
        counts = np.arange(400.0).reshape(20, 20)
        answer = RiskSurface(grid, counts * (2.0 if model.name == "kde" else 1.0), counts)
        window = Period(date(2022, 1, 1), date(2022, 12, 31))
        return pipeline.Explored(
            release_answer(answer), release_hotspots(spots(model, query, 3)), window, KNOWN.areas.finest
        )

    def backtest(opened, recipe, access, progress):
        asked["backtest"].append(recipe)
        progress(0.5)
        return made_test(recipe)

    def swept(opened, recipe, plan, access, flag=""):
        best = Entry("kde", {"bandwidth_m": 450.0}) if done["n"] else None
        return pipeline.Swept(recipe, recipe, done["n"], 5, best, release_answer(SAID))

    def sweep(opened, recipe, plan, access, progress, flag=""):
        asked["sweep"].append(plan)
        if not done["n"]:
            done["n"] = 3
            raise Cancelled("Stopped, as asked")
        done["n"] = 5
        return swept(opened, recipe, plan, access)

    def sensitivity(opened, recipe, access, progress):
        asked["sensitivity"].append(recipe)
        return pipeline.Spread(recipe, release_answer(SAID))

    def top_ten(opened, models, query, access, cell_m=None, progress=None):
        asked["top_ten"].append((models, query))
        return release_answer(SAID)

    for name, call in (
        ("explore", explore), ("backtest", backtest), ("swept", swept), ("sweep", sweep),
        ("sensitivity", sensitivity), ("top_ten", top_ten),
    ):  # fmt: skip
        monkeypatch.setattr(pipeline, name, call, raising=False)
    return asked


def press(page: AppTest, key: str) -> AppTest:
    return next(each for each in page.button if each.key == key).click().run()


def sheet(page: AppTest) -> Block:
    """Return the part of the page where the answer stands."""
    return next(each for each in page.main if isinstance(each, Block) and "lab-sheet" in getattr(each.proto, "id", ""))


def is_well(page: AppTest) -> bool:
    return not (page.exception or page.error or page.warning)


def test_first_look_is_two_models_on_one_question_and_their_difference(lab):
    page = opened()
    assert is_well(page) and not page.info
    assert [model for model, _, _ in lab["explore"]] == [Kde(), Blend()]
    assert len({(query, cell_m) for _, query, cell_m in lab["explore"]}) == 1
    said = words_of(page)
    assert "<b>A</b> <strong>Kernel density</strong>" in said and "<b>B</b> <strong>Forecast (blend)</strong>" in said
    assert "Of the 2\u202f% of the ground where each expects most, 100\u202f% is the same." in said
    assert "Mill &lt;b&gt;1" in said and "Mill <b>1" not in said
    assert page.query_params["a"] == ["kde"] or page.query_params["a"] == "kde"


def test_a_moved_setting_asks_its_own_model_again_and_not_the_other(lab):
    page = opened()
    lab["explore"].clear()
    field(page, "select_slider", "Bandwidth (m)").set_value(500.0).run()
    assert [model for model, _, _ in lab["explore"]] == [Kde(bandwidth_m=500.0)]
    assert page.query_params["a"] in ("kde:bandwidth_m=500.0", ["kde:bandwidth_m=500.0"])
    assert "Kernel density, bandwidth 500 m" in words_of(page)
    press(page, "lab-reset-a")
    assert field(page, "select_slider", "Bandwidth (m)").value == 300.0


def turned(page: AppTest, part: str) -> AppTest:
    """Turn to a part of the page; what was set before and not run yet is told in the same breath."""
    control = next(each for each in page.segmented_control if each.label == "Part of the lab")
    return control.set_value(part).run()


def test_what_was_set_stays_when_the_person_looks_at_other_parts_and_comes_back(lab):
    page = opened()
    field(page, "select_slider", "Bandwidth (m)").set_value(500.0).run()
    turned(page, "test")
    field(page, "number_input", "Windows").set_value(8).run()
    for part in ("sweep", "top", "tune"):
        turned(page, part)
    assert field(page, "select_slider", "Bandwidth (m)").value == 500.0
    turned(page, "test")
    assert field(page, "number_input", "Windows").value == 8
    assert "Kernel density, bandwidth 500 m" in words_of(page)
    assert page.query_params["windows"] in ("8", ["8"])


def test_what_is_set_in_haste_before_a_turn_or_another_model_is_not_lost(lab):
    page = opened()
    field(page, "select_slider", "Bandwidth (m)").set_value(500.0)
    turned(page, "test")
    assert "Kernel density, bandwidth 500 m" in words_of(page)
    field(page, "number_input", "Windows").set_value(8)
    turned(page, "sweep")
    assert field(page, "number_input", "Windows").value == 8
    turned(page, "tune")
    field(page, "select_slider", "Bandwidth (m)").set_value(600.0)
    field(page, "selectbox", "Model B").set_value("dbscan").run()
    assert field(page, "select_slider", "Bandwidth (m)").value == 600.0
    assert field(page, "selectbox", "Model B").value == "dbscan"


def test_flagged_ground_that_cannot_be_read_is_told_and_the_rest_goes_on(lab):
    page = opened(part="test")
    field(page, "multiselect", "Flagged ground").set_value(["2%", "half"]).run()
    assert "'half' is not of the form 2%, 0.65km2 or 20cells" in page.warning[0].value
    press(page, "lab-test-run")
    assert lab["backtest"][-1].flags == ("2%",)
    field(page, "multiselect", "Flagged ground").set_value([]).run()
    assert page.info[0].value == "Choose at least one; the test goes on with 2%."


def test_another_model_keeps_what_was_tuned_before(lab):
    page = opened()
    field(page, "select_slider", "Bandwidth (m)").set_value(500.0).run()
    other = field(page, "selectbox", "Model B").key
    field(page, "selectbox", "Model A").set_value("dbscan").run()
    assert is_well(page)
    assert field(page, "selectbox", "Model B").key == other, "a list opened meanwhile is not shut"
    assert lab["explore"][-1][0] == Dbscan()
    field(page, "selectbox", "Model A").set_value("kde").run()
    assert field(page, "select_slider", "Bandwidth (m)").value == 500.0


def test_a_back_test_waits_for_its_button_and_tells_findings_before_tables(lab):
    page = opened(part="test")
    assert is_well(page) and not lab["backtest"]
    press(page, "lab-test-run")
    assert is_well(page)
    [recipe] = lab["backtest"]
    assert recipe.models == (Entry("kde"), Entry("blend"))
    assert (recipe.horizon, recipe.windows, recipe.learn_days, str(recipe.last)) == ("7d", 26, 365, "2021-12-31")
    said = words_of(page)
    assert said.index("of the incidents to come") < said.index("Incidents caught (%) by share of the ground")
    assert "With 2% of the ground flagged" in said and "Beside the prior count (points)" in said
    field(page, "number_input", "Windows").set_value(10).run()
    assert any(each.key == "lab-test-run" for each in page.button), "another question is not asked unasked"
    assert len(lab["backtest"]) == 1
    assert page.query_params["windows"] in ("10", ["10"])


def test_every_term_of_the_tables_is_explained(lab):
    said = words_of(press(opened(part="test"), "lab-test-run"))
    for term in TERMS:
        assert lab_words.TERMS[term].replace("'", "&#x27;") in said


def test_a_sweep_is_stopped_taken_up_and_its_settings_used(lab):
    page = opened(part="sweep")
    press(page, "lab-sweep-run")
    assert page.warning[0].value == "Stopped, as asked."
    page.run()
    [first, again] = lab["sweep"]
    assert first == again and first.axes[0].name == "bandwidth_m" and len(first.axes[0].values) == 5
    assert "31\u202f% are &lt;b&gt;caught" in words_of(page)
    press(page, "lab-use")
    assert is_well(page)
    assert lab["explore"][-1][0] in (Kde(bandwidth_m=450.0), Blend())
    assert field(page, "select_slider", "Bandwidth (m)").value == 450.0
    assert page.query_params["part"] in ("tune", ["tune"])


def test_sensitivity_and_top_ten_tell_what_was_found(lab):
    page = press(opened(part="steady", of="b"), "lab-steady-run")
    assert is_well(page)
    assert lab["sensitivity"][0].models == (Entry("blend"),)
    assert "31\u202f% are &lt;b&gt;caught" in words_of(page)
    page = opened(part="top")
    assert is_well(page)
    models, query = lab["top_ten"][-1]
    assert models == [Kde(), Blend()] and (query.level, query.area_type) == (Level.LOCAL, "neighbourhood")


def test_what_was_stopped_is_taken_up_by_the_button_that_began_it(lab, monkeypatch):
    def last(opened, recipe, access, progress):
        for _ in range(400):
            time.sleep(0.05)
            progress(0.1)

    monkeypatch.setattr(pipeline, "backtest", last)
    monkeypatch.setattr(working, "PATIENCE_S", 0.0)
    page = press(opened(part="test", windows="7"), "lab-test-run")
    next(each for each in page.button if each.label == "Stop").click().run()
    assert "Stopped" in page.info[0].value
    assert next(each for each in page.button if each.key == "lab-test-again").label == "Run the back-test"


def test_only_what_a_recipe_gives_again_is_said_to_be_given_again(lab):
    again = "gives the same numbers to the last digit"
    assert again in words_of(press(opened(part="test"), "lab-test-run"))
    for part in ("tune", "top"):
        said = words_of(opened(part=part))
        assert again not in said and "tests these models as Back-test does" in said


def test_what_expects_nothing_cannot_be_tested_and_says_so(lab):
    page = opened(part="sweep", a="gi_star")
    assert "does not say how many incidents to expect" in sheet(page).warning[0].value
    page = opened(part="test", a="gi_star")
    assert "expects no numbers: not tested" in words_of(page)
    press(page, "lab-test-run")
    assert lab["backtest"][-1].models == (Entry("blend"),)


def test_a_bad_link_is_followed_as_far_as_it_goes(lab):
    page = opened(a="oracle", b="kde:bandwidth_m=1", horizon="9y", windows="none", flag="half", vary="colour=red")
    told = " ".join(each.value for each in page.info)
    for part in (
        "'oracle'",
        "Kernel density: bandwidth must be at least 25 m, not 1",
        "'9y'",
        "'none'",
        "'half'",
        "'colour'",
    ):
        assert part in told
    assert not page.exception and not page.error
    assert lab["explore"][0][0] == Kde()


def test_a_link_that_varies_a_setting_out_of_its_bounds_is_told_and_many_values_are_taken(lab):
    page = opened(part="sweep", a="blend", vary="learn_windows=1|26")
    assert "windows to learn from must be at least" in page.info[0].value
    assert not page.error and not page.exception
    values = "|".join(str(50.0 + 25 * at) for at in range(30))
    page = opened(part="sweep", a="kde", vary=f"bandwidth_m={values}", most="100")
    assert not page.error and not page.exception
    press(page, "lab-sweep-run")
    assert len(lab["sweep"][-1].axes[0].values) == 30


def test_a_view_survives_the_address():
    view = LabView(
        Kde(450.0, "gaussian"), Dbscan(min_samples=30), 250.0,
        Query(Level.LOCAL, YEAR, areas=("D1",), offences=("burglary",)), part="sweep", horizon="14d", windows=9,
        flags=("2%", "0.65km2"), also=("blend",), of="b", axes=(Axis("min_samples", (5, 10, 20)),), most=12,
        is_random=True,
    )  # fmt: skip
    start = LabView(Kde(), Blend(), 150.0, replace(view.query, areas=(), offences=()))
    assert from_address(to_address(view), start, KNOWN, all_models()) == (view, ())
    for part in PARTS:
        assert from_address(to_address(replace(view, part=part)), start, KNOWN, all_models())[0].part == part

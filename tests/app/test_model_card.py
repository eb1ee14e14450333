"""The card of the model behind the forecast, on the commander's page."""

import math
from dataclasses import replace
from datetime import date

from ilpgeo import pipeline
from ilpgeo.core.publications import Drift, Measured
from ilpgeo.core.recipes import Entry
from ilpgeo.core.types import Level, Period
from ilpgeo.ui import pulse
from tests.app import fake
from tests.app.test_commander import button, words_of

SHOWN = {"area": "N089"}
PUBLISHED = replace(
    fake.UNTESTED, model=fake.PUBLISHED.model, title="Kernel density", publication=fake.PUBLISHED, verdict=fake.VERDICT
)
SINCE = Period(date(2022, 1, 1), date(2022, 4, 22))


def drift(live: float, n_windows: int = 4) -> Drift:
    rate = Measured(live, live - 0.01, live + 0.01)
    return Drift(rate, Measured(0.33, 0.32, 0.34), n_windows, SINCE, 900, fake.VERDICT.hit_rate)


def test_the_first_page_asks_for_no_forecast_and_no_card(city, open_page, monkeypatch):
    monkeypatch.setattr(pipeline, "model_card", None)
    page = open_page()
    assert not page.exception and not page.error and city.foreseen == []
    assert "ilp-model" not in words_of(page)


def test_expected_hotspots_say_for_when_and_what_the_period_saw(city, open_page):
    page = open_page(**SHOWN)
    said = words_of(page)
    assert "Expected hotspots for the coming 28 days, 1\u201328 Jan 2022" in said
    assert "<b>3.4</b> expected; 9 in 4\u201331 Dec 2021" in said
    assert "<b>2.4</b> expected; under 5 in 4\u201331 Dec 2021" in said
    assert "Learned from Jan 2019 \u2013 Dec 2021" in said or "Learned from 1 Jan 2019" in said
    forecaster, query = city.foreseen[-1]
    assert forecaster.model == Entry("blend") and query.areas == ("N089",) and query.level is Level.LOCAL
    assert query.period.days == 28


def test_without_a_publication_the_default_is_named_and_can_be_tested(city, open_page, monkeypatch):
    asked = []

    def judge(opened, offence, progress):
        asked.append(offence)
        city.card = replace(fake.UNTESTED, verdict=fake.VERDICT)
        city.store.edition = "v2"
        return fake.VERDICT, ""

    monkeypatch.setattr(pipeline, "judge_default", judge, raising=False)
    page = open_page(**SHOWN)
    said = words_of(page)
    assert "No published model: the default forecast (blend) is shown." in said
    assert "Blends counts &amp; their surroundings." in said and "Not tested on these data yet" in said
    button(page, "test-default").click().run()
    assert asked == [""] and not page.exception
    said = words_of(page)
    assert "36.4\u202f%" in said and "35.8\u202f% to 36.9\u202f%" in said
    assert "36.0\u202f%" in said and "35.4\u202f% to 36.6\u202f%" in said and "+0.4 points" in said
    assert "2\u202f% of the ground (13.5\u00a0km\u00b2)" in said and "26 windows of 28 days" in said
    assert not [each for each in page.button if each.key == "test-default"]


def test_an_offence_of_its_own_can_be_tested_and_until_then_the_card_says_it_is_not(city, open_page):
    city.card = replace(fake.UNTESTED, verdict=fake.VERDICT)
    page = open_page(**SHOWN, offence="robbery")
    assert "all offences together, not on robbery alone" in words_of(page)
    assert button(page, "test-default").label == "Test it for robbery"
    city.card = replace(fake.UNTESTED, verdict=fake.VERDICT, tested_offence="robbery")
    city.store.edition = "v2"
    page = open_page(**SHOWN, offence="robbery")
    assert "robbery, Fakeville" in words_of(page)
    assert not [each for each in page.button if each.key == "test-default"]


def test_why_it_cannot_be_tested(city, open_page):
    city.card = replace(fake.UNTESTED, untested="the data start on <2021-06-01>")
    page = open_page(**SHOWN)
    assert "It cannot be tested on these data: the data start on &lt;2021-06-01&gt;." in words_of(page)
    assert not [each for each in page.button if each.key == "test-default"]


def test_a_published_model_says_who_stands_for_it_and_until_when(city, open_page):
    city.card = PUBLISHED
    page = open_page(**SHOWN)
    said = words_of(page)
    assert "Published model: Kernel density" in said and "Expires 30 May 2026" in said
    assert "Agreed with the &lt;b&gt;district" in said and "A. Analyst, agreed by C. Chief, 1 Mar 2026" in said
    assert "Prior count" in said and ". Bandwidth 200 m, cells of 150\u00a0m" in said and "ilp-alarm" not in said
    assert city.foreseen[-1][0].model == fake.PUBLISHED.model
    assert not [each for each in page.button if each.key == "test-default"]


def test_an_expired_publication_gives_way_to_the_default_and_is_named(city, open_page):
    city.card = replace(fake.UNTESTED, passed_over=fake.PUBLISHED)
    assert "the default forecast (blend) is shown. The one A. Analyst published expired on 30 May 2026." in words_of(
        open_page(**SHOWN)
    )
    city.card = replace(city.card, fault="it needs factors")
    city.store.edition = "v2"
    assert "The one A. Analyst published cannot be used: it needs factors." in words_of(open_page(**SHOWN))


def test_a_loss_stands_in_red_with_its_reason(city, open_page):
    lost = replace(fake.PUBLISHED, verdict=fake.WORSE, reason="The bus <station> moved")
    city.card = replace(PUBLISHED, publication=lost, verdict=fake.WORSE)
    said = words_of(open_page(**SHOWN))
    assert '<p class="ilp-alarm" role="alert">It surely catches less than the prior count (\u22125.0 points).' in said
    assert "Shown all the same: The bus &lt;station&gt; moved" in said and "ilp-rates ilp-lost" in said
    maybe = replace(fake.WORSE, difference=Measured(-0.001, -0.004, 0.002))
    city.card = replace(city.card, verdict=maybe)
    city.store.edition = "v2"
    assert "It caught less than the prior count (\u22120.1 points)" in words_of(open_page(**SHOWN))


def test_drift_stands_in_red_and_no_drift_is_said_quietly(city, open_page):
    city.card = replace(PUBLISHED, drift=drift(0.29))
    said = words_of(open_page(**SHOWN))
    assert 'role="alert">It does worse than tested: 29.0\u202f% caught in the 4 windows since' in said
    assert "below the 35.8\u202f%" in said and "The prior count caught 33.0\u202f%" in said
    city.card = replace(PUBLISHED, drift=drift(0.36))
    city.store.edition = "v2"
    said = words_of(open_page(**SHOWN))
    assert "ilp-alarm" not in said and "as its back-test leads to expect" in said
    city.card = replace(PUBLISHED, drift=drift(0.1, n_windows=2))
    city.store.edition = "v3"
    assert "Too early to say how it does since: 2 whole windows of 4 needed" in words_of(open_page(**SHOWN))


def test_a_live_rate_outside_the_interval_is_warned_of_though_it_may_be_chance(city, open_page):
    unsure = drift(0.35)
    city.card = replace(PUBLISHED, drift=replace(unsure, live=Measured(0.35, 0.30, 0.40)))
    said = words_of(open_page(**SHOWN))
    assert "35.0\u202f% caught in 4 windows, below the 35.8\u202f% its back-test allows for" in said
    assert "that may still be chance: watch it" in said
    assert "ilp-alarm" not in said and "as its back-test leads to expect" not in said
    city.card = replace(PUBLISHED, drift=replace(unsure, live=Measured(0.5, 0.45, 0.55)))
    city.store.edition = "v2"
    assert "it does better than tested" in words_of(open_page(**SHOWN))


def test_a_test_on_a_few_incidents_is_withheld(city, open_page):
    city.card = replace(fake.UNTESTED, verdict=replace(fake.VERDICT, n=4))
    page = open_page(**SHOWN)
    said = words_of(page)
    assert "Tested on fewer than 5 incidents: the result is withheld" in said and "36.4" not in said
    assert not [each for each in page.button if each.key == "test-default"]


def test_too_few_windows_show_no_interval(city, open_page):
    few = replace(fake.VERDICT, hit_rate=Measured(0.4), difference=Measured(0.1), n_windows=2)
    assert math.isnan(few.hit_rate.low)
    city.card = replace(fake.UNTESTED, verdict=few)
    assert "too few windows" in words_of(open_page(**SHOWN))


def test_standing_tests_wait_until_the_first_clicks_are_over(city, open_page, monkeypatch):
    asked = []
    monkeypatch.setattr(pipeline, "needs_tests", lambda opened: asked.append(opened) or False)
    page = open_page()
    for _ in range(pulse.TESTS_AFTER_BEATS - 1):
        page.run()
    assert asked == []
    page.run()
    page.run()
    assert len(asked) == 1

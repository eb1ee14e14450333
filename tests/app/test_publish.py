"""The publish form and the list of publications on the models page."""

import time
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ilpgeo import pipeline
from ilpgeo.core.errors import Cancelled, InvalidInput
from ilpgeo.core.recipes import Entry
from ilpgeo.core.types import Released
from ilpgeo.ui import working
from tests.app import fake
from tests.app.test_models_page import explorer, opened, words_of

__all__ = ["explorer"]


class Desk:
    """Stands for the pipeline's publishing; remembers what was asked."""

    def __init__(self) -> None:
        self.verdict = fake.VERDICT
        self.judged, self.published, self.withdrawn, self.known = [], [], [], []
        self.wait = lambda progress: None
        self.kept_back = ""

    def judge_draft(self, opened, draft, access, progress):
        self.judged.append(draft)
        self.wait(progress)
        return object()

    def verdict_on(self, tested, model):
        return self.verdict

    def publish(self, opened, draft, access, tested=None, today=None):
        if not draft.note:
            raise InvalidInput("publication: a note is needed")
        self.published.append((draft, tested))
        made = replace(fake.PUBLISHED, model=draft.model, owner=draft.owner, note=draft.note, verdict=self.verdict,
                       expires_on=draft.expires_on, reason=draft.reason)  # fmt: skip
        self.known = [made, *self.known]
        return made

    def publications(self, opened, access):
        return tuple(self.known)

    def shown_verdict(self, opened, publication, query, access):
        return Released(None, (self.kept_back,)) if self.kept_back else Released(publication.verdict)

    def withdraw_publication(self, opened, publication, access, by, why):
        self.withdrawn.append((publication, by, why))
        self.known = []


@pytest.fixture
def desk(explorer, monkeypatch):
    made = Desk()
    for name in ("judge_draft", "verdict_on", "publish", "publications", "shown_verdict", "withdraw_publication"):
        monkeypatch.setattr(pipeline, name, getattr(made, name), raising=False)
    from ilpgeo.ui import cache

    monkeypatch.setattr(cache, "records", lambda where: str(len(made.published) + len(made.withdrawn)))
    return made


def part(page, name: str):
    group = next(each for each in page.get("button_group") if name in each.options)
    return group.set_value(name).run()


def press(page, key: str):
    return next(each for each in page.button if each.key == key).click().run()


def submit(page, label: str):
    return next(each for each in page.button if each.label == label).click().run()


def test_a_model_is_tested_first_then_published_and_listed(desk):
    page = part(opened(set="bandwidth_m=500", offence="robbery", within="D2"), "Publish")
    assert not page.exception and desk.judged == []
    assert "is tested first" in words_of(page) and "For robbery in Old Harbour" in words_of(page)
    assert not page.get("form") or not [each for each in page.text_area if each.label == "Note"]
    press(page, "publish-test")
    draft = desk.judged[0]
    assert (draft.model, draft.offence, draft.area) == (Entry("kde", {"bandwidth_m": 500.0}), "robbery", "D2")
    assert draft.cell_m == 150.0
    said = words_of(page).partition('class="ilp-verdict"')[2]
    assert said.index("36.4\u202f%") < said.index("Prior count") < said.index("+0.4 points")
    page.text_area(key="publish-note").set_value("Follows the night buses")
    page.text_input(key="publish-owner").set_value("A. Analyst")
    submit(page, "Publish")
    assert not page.exception and len(desk.judged) == 1
    made, tested = desk.published[0]
    assert (made.note, made.owner, made.level, made.reason) == ("Follows the night buses", "A. Analyst", None, "")
    assert tested is not None
    assert 89 <= (made.expires_on - datetime.now(ZoneInfo("America/Toronto")).date()).days <= 90
    assert "commanders see it from now on" in page.success[0].value
    assert "published a moment ago" in words_of(page) and not list(page.text_area)
    assert "1 publication, newest first" in words_of(page) and "Follows the night buses" in words_of(page)


def test_the_list_says_what_a_test_caught_only_to_those_who_may_see_it(desk):
    desk.known = [fake.PUBLISHED]
    assert "Caught 36.4\u202f%, the prior count" in words_of(part(opened(), "Publish"))
    desk.kept_back = "Its tests rest on sources not given to <Customs>"
    said = words_of(part(opened(), "Publish"))
    assert "Its tests rest on sources not given to &lt;Customs&gt;. " in said and "Caught" not in said


def test_a_loss_asks_for_a_reason_and_says_so_in_red(desk):
    desk.verdict = fake.WORSE
    page = press(part(opened(), "Publish"), "publish-test")
    assert 'role="alert">It surely catches less than the prior count' in words_of(page)
    page.text_area(key="publish-reason").set_value("The station moved")
    page.text_area(key="publish-note").set_value("n")
    submit(page, "Publish")
    assert desk.published[0][0].reason == "The station moved"


def test_what_is_refused_is_told_and_the_form_stays(desk):
    page = press(part(opened(), "Publish"), "publish-test")
    assert not [each for each in page.text_area if each.key == "publish-reason"]
    submit(page, "Publish")
    assert page.warning[0].value == "A note is needed." and desk.published == []
    assert page.text_area(key="publish-note")


def test_a_long_test_shows_how_far_it_is_and_can_be_stopped(desk, monkeypatch):
    monkeypatch.setattr(working, "PATIENCE_S", 0.05)
    stopped = []

    def wait(progress):
        for at in range(2000):
            try:
                progress(at / 2000)
            except Cancelled:
                stopped.append(at)
                raise
            time.sleep(0.01)

    desk.wait = wait
    page = press(part(opened(), "Publish"), "publish-test")
    press(page, "publish-testing-stop")
    assert not page.exception
    assert "Stopped" in " ".join(each.value for each in page.info)
    for _ in range(200):
        if stopped:
            break
        time.sleep(0.02)
    assert stopped


def test_models_that_do_not_rank_cannot_be_published(desk):
    page = opened(model="gi_star")
    assert not any("Publish" in each.options for each in page.get("button_group"))


def test_two_offences_are_not_one_publication(desk):
    page = part(opened(offence=["robbery", "assault"]), "Publish")
    assert "for one offence, or for all" in words_of(page) and desk.judged == []


def test_publications_are_listed_with_what_became_of_them_and_can_be_withdrawn(desk):
    today = datetime.now(ZoneInfo("America/Toronto")).date()
    valid = replace(fake.PUBLISHED, id="v", expires_on=today)
    gone = replace(fake.PUBLISHED, id="g", withdrawn_at=fake.PUBLISHED.published_at, withdrawn_by="B. Boss",
                   withdrawn_why="<wrong>")  # fmt: skip
    expired = replace(fake.PUBLISHED, id="e", expires_on=today - timedelta(days=1), verdict=fake.WORSE)
    unknown = replace(fake.PUBLISHED, id="u", model=Entry("long_gone"), area="N999", expires_on=today)
    desk.known = [valid, gone, expired, unknown]
    page = part(opened(), "Publish")
    said = words_of(page)
    assert "4 publications, newest first" in said and "withdrawn 1 Mar 2026 by B. Boss: &lt;wrong&gt;" in said
    assert "expired " in said and "ilp-published ilp-lost" in said and "long_gone" in said and "area N999" in said
    keys = {each.key for each in page.text_input}
    assert "published-by-v" in keys and "published-by-g" not in keys and "published-by-e" not in keys
    page.text_input(key="published-by-v").set_value("B. Boss")
    page.text_input(key="published-why-v").set_value("Done")
    next(each for each in page.button if each.label == "Withdraw it").click().run()
    assert desk.withdrawn == [("v", "B. Boss", "Done")]
    assert "Nothing is published" in words_of(page)

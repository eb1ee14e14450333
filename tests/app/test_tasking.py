"""The tasking page over a real small workspace: board, forms, two people at once, outcome, evaluation."""

import io
import os
import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from pptx import Presentation

from ilpgeo import pipeline
from ilpgeo.core.evaluations import Role
from ilpgeo.core.query import Level, Period
from ilpgeo.core.taskings import Place, State, Tasking
from ilpgeo.core.types import Access
from ilpgeo.ui import task_this, tasking_meeting, tasking_state, working
from tests.app.pages import press
from tests.app.test_commander import words_of
from tests.pipeline import city
from tests.pipeline.test_evaluated import rows

CHANGED = "was changed by"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tasking")
    opened = city.make_city(folder / "ws")
    pipeline.ingest(opened, city.write(folder / "incidents.csv", rows()))
    return folder / "ws"


@pytest.fixture
def opened(made, tmp_path, serve):
    shutil.copytree(made, tmp_path / "ws")
    serve(tmp_path / "ws")
    return pipeline.open_workspace(tmp_path / "ws")


def tasked(opened, **changes):
    areas = opened.areas
    plain = Tasking(Place(areas.name[0], areas.id[0]), Level.LOCAL, date(2023, 3, 1), date(2023, 4, 28), "Sgt <A>",
                    "Fewer thefts", state=State.AGREED)  # fmt: skip
    return pipeline.save_tasking(opened, replace(plain, **changes), Access(), by="A")


def field(kind, label):
    return next(each for each in kind if each.label == label)


def fill(page, **texts):
    for label, text in texts.items():
        name = label.replace("_", " ")
        found = [each for each in (*page.text_input, *page.text_area) if each.label == name]
        for each in found:
            each.set_value(text)


def test_an_empty_board_says_what_to_do_next(opened, open_page):
    page = open_page().switch_page("ilpgeo/ui/screens/tasking.py").run()
    assert not page.exception
    assert "Nothing is tasked yet" in words_of(page) and "No tasking yet" in words_of(page)
    press(page, "New tasking")
    assert tasking_state.PARTS["new"] in words_of(page) and field(page.text_area, "Aim").value == ""


def tasking_page(open_page, **address):
    page = open_page()
    for name, value in address.items():
        page.query_params[name] = value
    return page.switch_page("ilpgeo/ui/screens/tasking.py").run()


def test_the_board_tells_state_owner_dosage_and_what_is_late(opened, open_page):
    tasked(opened)
    tasked(opened, state=State.DONE, owner="Insp B")
    tasked(opened, state=State.DROPPED, why_dropped="Works nearby")
    page = tasking_page(open_page)
    said = words_of(page)
    assert not page.exception and not page.error
    assert "1 tasking needs attention" in said and "1 agreed" in said and "1 done" in said and "1 dropped" in said
    assert "Sgt &lt;A&gt;" in said and "0 min of 59 h given" in said and "Ended over" in said


def test_wrong_input_is_told_at_once_and_stays(opened, open_page):
    page = tasking_page(open_page)
    tasking_page_new(page)
    fill(page, Aim="Fewer thefts", Owner="Insp B", Your_name="Sgt A")
    field(page.date_input, "Last day").set_value(date(2020, 1, 1))
    field(page.number_input, "Minutes a visit").set_value(-15.0)
    press(page, "Save the tasking")
    assert not page.exception
    told = page.warning[0].value
    assert "before it starts" in told and "The dosage must be above zero" in told
    assert field(page.text_area, "Aim").value == "Fewer thefts"
    assert pipeline.tasking_board(opened, Access(), date(2023, 3, 1)).value.taskings == ()
    field(page.date_input, "First day").set_value(date(2023, 5, 7))
    field(page.date_input, "Last day").set_value(date(2023, 5, 20))
    field(page.number_input, "Minutes a visit").set_value(12.0)
    press(page, "Save the tasking")
    [found] = pipeline.tasking_board(opened, Access(), date(2023, 3, 1)).value.taskings
    assert (
        found.value.aim == "Fewer thefts" and found.value.minutes_per_visit == 12 and found.tasking.made_by == "Sgt A"
    )
    assert "Saved" in page.success[0].value and "Proposed" in words_of(page)


def tasking_page_new(page):
    """Open the new tasking with its place chosen, as the button on Priorities does."""
    opened = pipeline.open_workspace(Path(os.environ["ILPGEO_WORKSPACE"]))
    page.session_state["ilpgeo-tasking-draft"] = tasking_state.Draft(
        pipeline.whole_area(opened.areas, opened.areas.id[0])
    )
    return press(page, "New tasking")


def test_a_name_is_needed_to_save(opened, open_page):
    page = tasking_page(open_page)
    tasking_page_new(page)
    fill(page, Aim="Fewer thefts", Owner="Insp B")
    press(page, "Save the tasking")
    assert "The name of who records this is needed" in page.warning[0].value
    assert field(page.text_area, "Aim").value == "Fewer thefts"


def test_two_people_saving_the_same_tasking_the_second_is_told_and_keeps_the_input(opened, open_page):
    made = tasked(opened)
    page = tasking_page(open_page)
    next(each for each in page.button if each.key == f"see-task-{made.id}").click().run()
    assert "Fewer thefts" in words_of(page)
    pipeline.save_tasking(opened, replace(made.value, owner="Insp C"), Access(), by="C", id=made.id, based_on=1)
    fill(page, Owner="Insp D", Your_name="D")
    press(page, "Save the tasking")
    assert not page.exception and CHANGED in page.warning[-1].value and "by C" in page.warning[-1].value
    assert field(page.text_input, "Owner").value == "Insp D"
    press(page, "Take over their version")
    press(page, "Save the tasking")
    assert pipeline.tasking_history(opened, made.id, Access())[-1].value.owner == "Insp D"


def test_an_outcome_moves_the_tasking_on_in_one_step(opened, open_page):
    made = tasked(opened)
    page = tasking_page(open_page)
    next(each for each in page.button if each.key == f"see-task-{made.id}").click().run()
    field(page.text_area, "What was done").set_value("Patrolled <on foot>")
    fill(page, Your_name="B")
    field(page.number_input, "Visits").set_value(-2)
    press(page, "Log it")
    assert "Visits must lie between" in page.warning[0].value
    field(page.number_input, "Visits").set_value(3)
    press(page, "Log it")
    [found] = pipeline.tasking_board(opened, Access(), date(2023, 3, 1)).value.taskings
    [outcome] = found.outcomes
    assert found.value.state is State.RUNNING and outcome.value.visits == 3 and outcome.made_by == "B"
    assert "Patrolled &lt;on foot&gt;" in words_of(page) and "Logged" in page.success[0].value
    press(page, "Board")
    assert not page.success, "it was said of the tasking, not of the one that is opened next"


def test_dropping_needs_a_reason(opened, open_page):
    made = tasked(opened)
    page = tasking_page(open_page)
    next(each for each in page.button if each.key == f"see-task-{made.id}").click().run()
    field(page.selectbox, "To").set_value(State.DROPPED)
    fill(page, Your_name="B")
    press(page, "Move it")
    assert "A reason is needed where it is dropped" in page.warning[0].value
    field(page.text_input, "Why, where it is dropped").set_value("No patrol free")
    press(page, "Move it")
    assert pipeline.tasking_history(opened, made.id, Access())[-1].value.why_dropped == "No patrol free"


def test_an_evaluation_is_proposed_told_and_kept(opened, open_page):
    made = tasked(opened, state=State.DONE)
    page = tasking_page(open_page)
    next(each for each in page.button if each.key == f"see-task-{made.id}").click().run()
    next(each for each in page.button if each.key == "evaluate-open").click().run()
    assert "How it is judged" in words_of(page)
    next(each for each in page.button if each.key == "evaluate").click().run()
    assert "Choose at least one place to compare with" in page.warning[0].value
    press(page, "Propose places like it")
    next(each for each in page.button if each.key == "evaluate").click().run()
    said = words_of(page)
    assert not page.exception and not page.warning
    assert "Area 0 fell by" in said and "95 % interval" in said and "The days before were a peak" in said
    fill(page, Your_name="An Analyst")
    press(page, "Keep it with the tasking")
    [kept] = pipeline.evaluations(opened, Access(), made.id)
    assert kept.made_by == "An Analyst" and kept.value.sentences[0].startswith("Area 0 fell by")
    assert "by An Analyst" in words_of(page)


def test_displacement_areas_chosen_on_the_map_are_counted_listed_and_kept(opened, open_page):
    """The test of a click itself is in tests/browser/test_cycle.py."""
    made, areas = tasked(opened, state=State.DONE), opened.areas
    page = tasking_page(open_page, part="evaluate", tasking=made.id)
    assert "The ring below, or places clicked on the map" in words_of(page)
    press(page, "Propose places like it")
    taken = {each.area for each in page.session_state["ilpgeo-compared"][made.id].comparison}
    beside = next(at for at in range(1, 9) if areas.id[at] not in taken)
    chosen = page.session_state["ilpgeo-compared"][made.id]
    place = Place(areas.name[beside], areas.id[beside])
    page.session_state["ilpgeo-compared"] = {made.id: chosen.given(Role.DISPLACEMENT, (place,))}
    page.run()
    assert f">{areas.name[beside]}</p>" in words_of(page)
    assert next(each for each in page.number_input if each.label == "Ring, m").disabled
    next(each for each in page.button if each.key == "evaluate").click().run()
    assert not page.exception and not page.warning
    assert '<th scope="row">May have moved to</th>' in words_of(page)
    added = next(Place(areas.name[at], areas.id[at]) for at in range(1, 9) if at != beside)
    page.session_state["ilpgeo-compared"] = {made.id: chosen.given(Role.DISPLACEMENT, (place, added))}
    next(each for each in page.button if each.key.startswith("not-DISPLACEMENT-")).click().run()
    assert page.session_state["ilpgeo-compared"][made.id].displacement == (added,), "clicked before it was drawn"
    assert "How it is judged" in words_of(page)  # an answer to other places does not stand
    page.session_state["ilpgeo-compared"] = {made.id: chosen.given(Role.DISPLACEMENT, (place,))}
    page.run()
    next(each for each in page.button if each.key == "evaluate").click().run()
    fill(page, Your_name="An Analyst")
    press(page, "Keep it with the tasking")
    [kept] = pipeline.evaluations(opened, Access(), made.id)
    assert kept.value.design.displacement == (place,) and kept.value.design.ring_m == 0


@pytest.mark.parametrize(
    ("peak", "hours"),
    [("Sat 22:00-02:00", (22, 2)), ("Fri 20:00-00:00", (20, 24)), ("time of week unknown", (0, 24)),
     ("Sun 00:00-04:00", (0, 4))],
)  # fmt: skip
def test_the_hours_of_a_peak_are_filled_in(peak, hours):
    assert task_this.peak_hours(peak) == hours


def test_the_commanders_card_starts_a_tasking_with_everything_known(opened, open_page):
    page = open_page()
    next(each for each in page.button if each.key == "pick-0").click().run()
    assert next(each.label for each in page.button if each.label.startswith("Task ")) == "Task this area"
    page.button(key="task-area").click().run()
    draft = page.session_state["ilpgeo-tasking-draft"]
    assert draft.place.area in opened.areas.position and draft.evidence[0].startswith("Rank 1")
    assert draft.chosen_on is not None and draft.window is not None


@pytest.mark.parametrize(
    ("draft", "first", "last"),
    [
        (tasking_state.Draft(), date(2026, 3, 2), date(2026, 3, 15)),
        (tasking_state.Draft(window=Period(date(2022, 1, 1), date(2022, 1, 28))), date(2026, 3, 2), date(2026, 3, 29)),
        (tasking_state.Draft(window=Period(date(2026, 3, 1), date(2026, 3, 7))), date(2026, 3, 1), date(2026, 3, 7)),
        (tasking_state.Draft(window=Period(date(2022, 1, 1), date(2022, 1, 2)), event="e"), date(2022, 1, 1),
         date(2022, 1, 2)),
    ],
)  # fmt: skip
def test_nobody_is_sent_into_the_past_where_the_data_are_old(draft, first, last):
    assert tasking_state.default_window(date(2022, 1, 1), date(2026, 3, 2), draft) == (first, last)


def test_what_is_evaluated_first_is_what_the_data_hold(opened, open_page):
    over = tasked(opened, starts_on=date(2023, 3, 1), ends_on=date(2023, 3, 14))
    tasked(opened, starts_on=date(2199, 1, 1), ends_on=date(2199, 1, 7))
    page = tasking_page(open_page, part="evaluate")
    assert field(page.selectbox, "Tasking").value == over.id


def test_a_patrol_plan_is_made_told_and_tested(opened, open_page, monkeypatch):
    monkeypatch.setattr(working, "PATIENCE_S", 50.0)  # a run of the page is not over before the plan is there
    page = tasking_page(open_page)
    part(page, "plan")
    assert "What the plan does" in words_of(page)
    field(page.number_input, "Patrols a shift").set_value(0)
    order = field(page.number_input, "Random order, number").set_value(-1)
    press(page, "Make the plan")
    assert "Patrols on duty must lie between 1 and 200" in page.warning[0].value
    assert "number of the random order must not be below zero" in page.warning[0].value
    assert "nobody can foretell" in order.help and "seed" not in f"{order.help} {page.warning[0].value}".lower()
    field(page.number_input, "Random order, number").set_value(0)
    field(page.number_input, "Patrols a shift").set_value(1)
    press(page, "Make the plan")
    said = words_of(page)
    assert not page.exception and "of the harm expected in all hours" in said and "Patrol 1" in said
    assert "Never visited" in said or "Every place is visited" in said


def part(page, name):
    group = next(each for each in page.get("button_group") if tasking_state.PARTS[name] in each.options)
    return group.set_value(name).run()


def test_the_meeting_pack_is_made_in_each_form_when_it_is_asked_for(opened, open_page, monkeypatch):
    offered = {}

    def offer(released, make, label, file, mime, *, key):
        offered[file.rpartition(".")[2]] = (label, mime, lambda: make(released))

    monkeypatch.setattr(tasking_meeting.released, "download_made", offer)
    tasked(opened)
    page = part(tasking_page(open_page), "meeting")
    assert not page.exception
    slides_type = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    assert {ending: mime for ending, (_, mime, _) in offered.items()} == {
        "pdf": "application/pdf", "pptx": slides_type, "html": "text/html",
    }  # fmt: skip
    document, slides, page_made = (offered[ending][2]() for ending in ("pdf", "pptx", "html"))
    assert document.startswith(b"%PDF-")
    assert Presentation(io.BytesIO(slides)).slides[1].shapes.title.text_frame.text == "1 Top priorities"
    assert b"No handling mark set" in page_made and b"Top priorities" in page_made


def test_the_meeting_shows_the_pack_and_keeps_decisions(opened, open_page):
    tasked(opened)
    page = part(tasking_page(open_page), "meeting")
    said = words_of(page)
    assert not page.exception and not page.error
    assert "Top priorities" in said and "Taskings due" in said and "Not known" in said
    press(page, "Write it down")
    assert "Say what was decided" in page.warning[0].value and "Say why" in page.warning[0].value
    field(page.text_area, "What was decided").set_value("Patrol the <square>")
    field(page.text_input, "Why").set_value("Evening peak")
    field(page.text_input, "Who sees to it").set_value("Insp B")
    fill(page, Your_name="Sgt A")
    press(page, "Write it down")
    [made] = pipeline.decisions(opened, Access())
    assert made.value.what == "Patrol the <square>" and made.made_by == "Sgt A"
    assert "Patrol the &lt;square&gt;" in words_of(page)


def test_a_last_meeting_in_the_future_is_refused_below_its_field(opened, open_page):
    tasked(opened)
    page = part(tasking_page(open_page), "meeting")
    since = field(page.date_input, "Since the last meeting, on")
    last, tomorrow = since.value, opened.workspace.settings.today() + timedelta(days=1)
    since.set_value(tomorrow).run()
    assert f"The last meeting cannot have been on {tomorrow}" in page.warning[0].value
    assert "Top priorities" not in words_of(page)
    field(page.date_input, "Since the last meeting, on").set_value(last).run()
    assert not page.warning and "Top priorities" in words_of(page)


def test_a_pack_is_published_from_its_page_in_versions_and_a_slower_one_is_told(opened, open_page):
    tasked(opened)
    page = part(tasking_page(open_page), "meeting")
    assert "It is not published yet" in words_of(page) and "Priorities: 1 " in words_of(page)
    press(page, "Publish the pack")
    assert "The name of who records this is needed" in page.warning[0].value
    field(page.text_input, "Handling mark").set_value("OFFICIAL")
    field(page.text_input, "A sentence of your own, first (may stay empty)").set_value("Read <this>")
    fill(page, Your_name="Sgt A")
    press(page, "Publish the pack")
    assert not page.exception and "Published as version 1" in page.success[0].value
    assert "Version 1 by Sgt A" in words_of(page)
    above = open_page(level="national")
    assert "Meeting pack: Tasking meeting of " in words_of(above)
    assert "Read &lt;this&gt;" in words_of(above) and "OFFICIAL" in words_of(above)
    [notice] = pipeline.notices(opened, Level.LOCAL, Access())
    pipeline.take_back(opened, notice, Access(), "Chief", "Too soon")
    press(page, "Publish the pack")
    assert CHANGED in page.warning[0].value
    press(page, "Publish the pack")
    assert "Published as version 3" in page.success[0].value


def test_a_link_that_cannot_be_followed_is_told(opened):
    shown, notes = tasking_state.from_address({"part": ["nowhere"], "tasking": ["x"]}, frozenset({"y"}))
    assert shown == tasking_state.TaskingView() and len(notes) == 2
    assert tasking_state.from_address({"part": ["plan"], "tasking": ["y"]}, frozenset({"y"}))[1] == ()

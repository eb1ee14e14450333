"""What was done stands on its part of the page until the next act, or for a while, however often it is drawn anew."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from ilpgeo.ui import last_act


def _page() -> None:
    import streamlit as st

    from ilpgeo.ui import last_act
    from ilpgeo.ui.submit import submit

    last_act.show("here")
    last_act.show("there")
    if st.button("Do it"):
        last_act.tell("here", "It is done.")
        st.rerun()
    if st.button("Do much"):
        last_act.tell_all("there", ("good", "One."), ("partly", "Two."), ("none", "Three."), ("refused", "Four."))
        st.rerun()
    with st.form("other"):
        submit("Act", key="other")


def _pressed(page: AppTest, label: str) -> AppTest:
    return next(each for each in page.button if each.label == label).click().run()


def _said(page: AppTest) -> list[str]:
    return [each.value for each in (*page.success, *page.warning, *page.info, *page.error)]


def test_it_stands_when_the_page_is_drawn_anew_until_the_next_act():
    page = _pressed(AppTest.from_function(_page).run(), "Do it")
    assert _said(page) == ["It is done."]
    assert _said(page.run().run()) == ["It is done."], "others' records came meanwhile"
    assert _said(_pressed(page, "Act")) == []


def test_what_is_told_next_takes_its_place_and_each_sentence_looks_as_it_went():
    page = _pressed(_pressed(AppTest.from_function(_page).run(), "Do it"), "Do much")
    assert [each.value for each in page.success] == ["One."] and [each.value for each in page.warning] == ["Two."]
    assert [each.value for each in page.info] == ["Three."] and [each.value for each in page.error] == ["Four."]


def test_it_goes_after_a_while(monkeypatch):
    page = _pressed(AppTest.from_function(_page).run(), "Do it")
    monkeypatch.setattr(last_act, "STANDS_S", -1.0)
    assert _said(page.run()) == [] and _said(page.run()) == []


def _map_page() -> None:
    from ilpgeo.ui import last_act, place_map

    last_act.tell("tasking", "No part of this place lies in an area", "none")
    place_map.clicked_place(None, "new", "new-map")
    last_act.show("tasking")


def test_another_click_on_the_map_takes_away_what_was_said_of_the_one_before():
    page = AppTest.from_function(_map_page).run()
    assert not page.exception and _said(page) == []

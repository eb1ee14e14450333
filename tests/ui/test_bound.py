"""A field of which the value is changed by something else is another field: what the browser says late does not win."""

from __future__ import annotations

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest


def _page() -> None:
    import streamlit as st

    from ilpgeo.ui.bound import bound_to

    st.session_state.setdefault("chosen", "a")
    st.selectbox("Choice", list("abc"), **bound_to("choice", "chosen", list("abc")))
    st.button("To c", on_click=lambda: st.session_state.update({"chosen": "c"}))


def _stubborn() -> None:
    import streamlit as st

    from ilpgeo.ui.bound import bound

    st.pills("Choice", ["a", "b"], **bound("choice", "a", lambda _: None, start="default"))


def _span() -> None:
    from datetime import date

    import streamlit as st

    from ilpgeo.ui.bound import bound

    def follow(days: tuple[date, ...]) -> None:
        st.session_state["span"] = days

    st.session_state.setdefault("span", (date(2021, 1, 1), date(2021, 1, 31)))
    st.date_input("Days", **bound("days", st.session_state["span"], follow, lambda days: len(days) == 2))
    st.button("March", on_click=lambda: st.session_state.update(span=(date(2021, 3, 1), date(2021, 3, 31))))


def test_the_first_of_two_days_is_left_standing_until_the_span_changes():
    page = AppTest.from_function(_span).run()
    first, last = date(2021, 1, 6), date(2021, 1, 9)
    page.date_input[0].set_value((first,)).run().run()
    assert page.date_input[0].value == (first,)
    page.date_input[0].set_value((first, last)).run()
    assert page.session_state["span"] == page.date_input[0].value == (first, last)
    page.date_input[0].set_value((first,)).run()
    page.button[0].click().run()
    assert page.date_input[0].value == (date(2021, 3, 1), date(2021, 3, 31))


@pytest.mark.parametrize("chosen", ["b", None])
def test_a_choice_that_is_not_followed_gives_way_to_what_stands(chosen):
    page = AppTest.from_function(_stubborn).run()
    for _ in range(2):
        page.get("button_group")[0].set_value(chosen).run()
        assert page.get("button_group")[0].value == "a"


def test_a_choice_of_the_person_keeps_the_field_and_a_change_by_something_else_makes_another():
    page = AppTest.from_function(_page).run()
    assert (page.selectbox[0].key, page.selectbox[0].value) == ("choice", "a")
    page.selectbox[0].set_value("b").run()
    assert (page.selectbox[0].key, page.selectbox[0].value, page.session_state["chosen"]) == ("choice", "b", "b")
    page.button[0].click().run()
    assert (page.selectbox[0].key, page.selectbox[0].value) == ("choice-1", "c")
    page.selectbox[0].set_value("a").run()
    assert (page.selectbox[0].key, page.selectbox[0].value, page.session_state["chosen"]) == ("choice-1", "a", "a")


def test_what_the_browser_says_before_it_heard_of_the_change_does_not_undo_it():
    page = AppTest.from_function(_page).run()
    before, press = page._tree, page.button[0]
    page.selectbox[0].set_value("a")
    press.click().run()
    assert page.selectbox[0].value == "c"
    press._value = False
    page._tree = before  # what the browser still shows, and tells with whatever it asks next
    page.run()
    assert (page.selectbox[0].value, page.session_state["chosen"]) == ("c", "c")

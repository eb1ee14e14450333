"""A press on a form is neither lost nor followed twice, however the page is drawn meanwhile."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from ilpgeo.ui import submit


def _page() -> None:
    import streamlit as st
    from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx

    from ilpgeo.ui import last_act
    from ilpgeo.ui.submit import one_run, submit

    if st.session_state.pop("is-replaced", False):
        st.rerun()
    with one_run():
        last_act.show("here")
        with st.form("form"):
            st.text_input("Of what", key="what")
            pressed = submit("Act", key="form")
        if pressed is not None:
            with pressed:
                st.session_state["n"] = st.session_state.get("n", 0) + 1
                if st.session_state["n"] == st.session_state.get("refused"):
                    raise ValueError
                if st.session_state.pop("is-asked-meanwhile", False):
                    around = get_script_run_ctx()
                    asked = RerunData(query_string=around.query_string, page_script_hash=around.page_script_hash)
                    around.script_requests.request_rerun(asked)
                last_act.tell("here", "It is done.")
                if not st.session_state.get("is-seen-at-once", False):
                    st.rerun()


def _alone() -> None:
    import streamlit as st

    from ilpgeo.ui import last_act
    from ilpgeo.ui.submit import one_run, submit

    if st.session_state.pop("is-replaced", False):
        st.rerun()
    with one_run():
        last_act.show("here")
        pressed = submit("Act", key="alone", in_form=False)
        if pressed is not None:
            with pressed:
                st.session_state["n"] = st.session_state.get("n", 0) + 1
                last_act.tell("here", "It is done.")
                st.rerun()


def _leads_on() -> None:
    import streamlit as st

    from ilpgeo.ui.submit import one_run, pressed

    if st.session_state.pop("is-replaced", False):
        st.rerun()
    with one_run():
        if pressed("On", key="on", type="tertiary"):
            st.session_state["n"] = st.session_state.get("n", 0) + 1


def test_a_press_is_not_lost_with_the_run_that_is_replaced():
    page = AppTest.from_function(_page).run()
    page.session_state["is-replaced"] = True
    page.button[0].click().run()
    assert page.session_state["n"] == 1 and page.success[0].value == "It is done."
    assert page.run().session_state["n"] == 1, "it is followed once"


def test_the_second_press_in_haste_is_not_followed_and_takes_no_word_away(monkeypatch):
    page = AppTest.from_function(_page).run()
    page.button[0].click().run()
    page.button[0].click().run()
    assert page.session_state["n"] == 1 and page.success[0].value == "It is done."
    monkeypatch.setattr(submit, "HASTE_S", 0.0)
    page.button[0].click().run()
    assert page.session_state["n"] == 2


def test_what_was_refused_can_be_pressed_again_at_once():
    page = AppTest.from_function(_page).run()
    page.session_state["refused"] = 1
    page.button[0].click().run()
    assert page.error and not page.success
    page.button[0].click().run()
    assert page.session_state["n"] == 2 and page.success


def test_a_button_that_stands_by_itself_is_followed_like_that_of_a_form():
    page = AppTest.from_function(_alone).run()
    page.session_state["is-replaced"] = True
    page.button[0].click().run()
    page.button[0].click().run()
    assert page.session_state["n"] == 1 and page.success[0].value == "It is done."


def test_an_act_is_done_to_its_end_though_the_page_is_asked_for_meanwhile():
    page = AppTest.from_function(_page).run()
    page.session_state["is-asked-meanwhile"] = True
    page.button[0].click().run()
    assert not page.exception and page.session_state["n"] == 1 and page.success[0].value == "It is done."


def test_what_is_seen_at_once_can_be_asked_for_anew(monkeypatch):
    page = AppTest.from_function(_page).run()
    page.session_state["is-seen-at-once"] = True
    page.button[0].click().run()
    page.button[0].click().run()
    assert page.session_state["n"] == 1, "the second press in haste"
    monkeypatch.setattr(submit, "HASTE_S", 0.0)
    page.text_input(key="what").input("another")
    page.button[0].click().run()
    assert page.session_state["n"] == 2, "nothing else drew the page between the two"


def test_a_button_that_leads_on_is_followed_once_for_each_press():
    page = AppTest.from_function(_leads_on).run()
    page.session_state["is-replaced"] = True
    page.button[0].click().run()
    assert page.run().session_state["n"] == 1
    page.button[0].click().run()
    assert page.session_state["n"] == 2

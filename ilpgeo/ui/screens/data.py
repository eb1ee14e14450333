"""The data manager's screen: did it all come in, what did not, why, and what to do about it."""

from __future__ import annotations

import streamlit as st

from ilpgeo.ui import (
    cache,
    data_account,
    data_bring,
    data_offences,
    data_report,
    data_state,
    data_watched,
    last_act,
    markup,
    nav,
)
from ilpgeo.ui.access import current_access
from ilpgeo.ui.errors import guarded
from ilpgeo.ui.frame import workspace


def _screen() -> None:
    key, opened = workspace()
    access = current_access()
    desk = cache.desk(key, opened, access)
    st.html(nav.HERE / "data.css")
    markup.show(data_account.lead(desk))
    last_act.show(data_state.TOLD)
    left, right = st.columns([1, 2], gap="small")
    chosen = None
    with left:
        with st.container(key="data-chooser"), guarded():
            chosen = data_bring.chooser()
        with st.container(key="data-labels"):
            markup.show(data_account.offences_summary(desk.offences))
            st.button("Offence labels", key="data-open-offences", width="stretch", on_click=data_state.open_offences)
    account = data_report.chosen(desk)
    with right, st.container(key="data-sheet"), guarded():
        if chosen is not None:
            data_bring.confirmation(opened, key.version, chosen, access)
        elif data_state.showing().is_naming_offences:
            data_offences.offences(opened, desk.offences)
        elif account is not None:
            data_report.report(opened, desk, account, access)
        else:
            markup.show(data_account.first_steps())
    with guarded():
        data_watched.watched(opened, access)
    if desk.files:
        data_report.files(desk, account.report.file_id if account else "")


with guarded():
    _screen()

"""What became of a file: the account, the rows that wait and what to do about them, and taking the file out again."""

from __future__ import annotations

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core import wording as words
from ilpgeo.core.types import Access
from ilpgeo.pipeline.waiting import SWAPPED, UNKNOWN_OFFENCE
from ilpgeo.ui import data_account, data_state, last_act, markup
from ilpgeo.ui.data_bring import finish, progress_bar
from ilpgeo.ui.errors import guarded
from ilpgeo.ui.released import download_quarantine
from ilpgeo.ui.submit import pressed, submit

ICONS = {"good": ":material/check_circle:", "partly": ":material/warning:", "none": ":material/info:"}


def chosen(desk: pipeline.Desk) -> pipeline.FileAccount | None:
    """Return the file whose report is open: the one picked, else the newest."""
    picked = data_state.showing().file_id
    found = next((each for each in desk.files if each.report.file_id == picked), None)
    return found or next(iter(desk.files), None)


def report(opened: pipeline.Opened, desk: pipeline.Desk, account: pipeline.FileAccount, access: Access) -> None:
    """Draw the report of one file."""
    of = account.report
    kind, sentence = data_account.verdict(account)
    with st.container(key="data-report", gap="small"):
        markup.show(data_account.heading(of))
        markup.show(data_account.sum_line(of))
        with st.container(key=f"data-verdict-{kind}"):
            st.markdown(f"{ICONS[kind]} **{sentence}**")
        _waiting(opened, account, access)
        for said in (data_account.settled(account), data_account.flags(of)):
            if said:
                markup.show(said)
        markup.show(data_account.remarks(of, desk.coverage.get(of.source, ())))
        with st.container(key="data-more", horizontal=True, gap="small"):
            with st.popover("How its columns were taken", type="tertiary"):
                markup.show(data_account.taken(of))
            _withdraw(opened, account)


def _waiting(opened: pipeline.Opened, account: pipeline.FileAccount, access: Access) -> None:
    for at, (reason, n) in enumerate(account.waiting.items()):
        with st.container(key=f"data-reason-{at}", horizontal=True, vertical_alignment="center", gap="small"):
            markup.show(data_account.reason(reason, n))
            if reason == SWAPPED and account.is_kept:
                label = f"Exchange them and bring {words.plural(n, 'row')} in"
                key = f"data-exchange-{account.report.file_id}"
                if pressed(label, key=key, type="primary"):
                    _correct(opened, account)
            if reason == UNKNOWN_OFFENCE:
                st.button("Name these offences", key="data-name", on_click=data_state.open_offences)
    if not account.n_waiting:
        return
    if not account.is_kept:
        st.caption("The rejected rows themselves are not kept here; bring the corrected file in anew.")
        return
    with guarded():
        rows = pipeline.quarantine_file(opened, account.report.file_id, access)
        many = words.plural(account.n_waiting, "row")
        with st.container(key="data-download", horizontal=True, vertical_alignment="center", gap="small"):
            download_quarantine(rows, f"Download the {many} in quarantine (CSV)", key="data-quarantine")
            markup.show(
                '<span class="ilp-fine">Correct it, keep its first two columns, and bring it in here: '
                "the rows then leave this quarantine.</span>"
            )


def _correct(opened: pipeline.Opened, account: pipeline.FileAccount) -> None:
    with guarded():
        done = pipeline.bring_corrected(
            opened, account.report.file_id, SWAPPED, progress_bar("Bringing the rows in with exchanged coordinates.")
        )
        finish(pipeline.Brought((done,)))


def _withdraw(opened: pipeline.Opened, account: pipeline.FileAccount) -> None:
    of = account.report
    # both are of this file: a second press in haste must not reach the report that opens next
    with st.popover("Withdraw this file", type="tertiary", icon=":material/undo:", key=f"data-out-{of.file_id}"):
        markup.show(data_account.withdrawal(account))
        asked = submit(
            f"Yes, take {words.plural(of.held, 'incident')} out", key=f"data-withdraw-{of.file_id}", in_form=False
        )
        if asked is None:
            return
        with asked:
            version = pipeline.withdraw(opened, of.file_id)
            data_state.open_report("")
            last_act.tell(data_state.TOLD, f"{of.name} was withdrawn; the data are now at version {version}.")
            st.rerun()


def files(desk: pipeline.Desk, opened_id: str) -> None:
    """Draw the list of files; a click opens a file's report."""
    with st.container(key="data-files", gap=None):
        count = words.plural(len(desk.files), "file")
        markup.show(data_account.titled(f"Brought in so far: {count}"))
        markup.show(data_account.file_head())
        for account in desk.files:
            file_id = account.report.file_id
            with st.container(key=f"face-{file_id}", gap=None):
                markup.show(data_account.file_row(account, is_open=file_id == opened_id))
                st.button(
                    f"Report of {account.report.name}", key=f"data-pick-{file_id}",
                    on_click=data_state.open_report, args=(file_id,),
                )  # fmt: skip

"""The offences table: which group each label belongs to, and the labels in quarantine that have none yet."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core import wording as words
from ilpgeo.ui import data_account, data_state, last_act, markup
from ilpgeo.ui.data_bring import finish, progress_bar
from ilpgeo.ui.errors import guarded
from ilpgeo.ui.submit import pressed, submit

LEFT_OUT = "\u2013 leave out \u2013"


def offences(opened: pipeline.Opened, table: pipeline.OffenceTable) -> None:
    """Draw the table to be changed, saved, and applied to what is stored and what waits."""
    with st.container(key="data-offences", gap="small"):
        markup.show(data_account.offences_heading(table))
        if table.n_ready:
            _let_in(opened, table.n_ready)
        with st.form("data-offence-table", border=False):
            groups = _rows(table)
            with st.container(horizontal=True, gap="small"):
                asked = submit("Save and re-map", key="data-offence-save")
                st.form_submit_button("Back to the report", on_click=_back)
        if asked is not None:
            with asked:
                _save(opened, groups)


def _back() -> None:
    last_act.forget()
    data_state.show(replace(data_state.showing(), is_naming_offences=False))


def _rows(table: pipeline.OffenceTable) -> dict[str, str]:
    """Draw a row per label; return the group of each label that has one."""
    chosen: dict[str, str | None] = {}
    for label, n in table.unknown.items():
        chosen[label] = _row(label, f"{words.plural(n, 'row waits', 'rows wait')}", None, table.choices)
    for label, group in table.groups.items():
        chosen[label] = _row(label, "", group, table.choices)
    with st.container(key="data-offence-new"):
        left, right = st.columns(2, gap="small")
        added = left.text_input("One more label", placeholder="as files write it", key="data-new-label")
        of_added: str | None = right.selectbox(
            "Its group", [*table.choices], None, key="data-new-group", accept_new_options=True,
            placeholder="choose or type a new group",
        )  # fmt: skip
        if added.strip():
            chosen[added.strip()] = of_added or added.strip()
    return {label: group for label, group in chosen.items() if group and group != LEFT_OUT}


def _row(label: str, remark: str, group: str | None, choices: tuple[str, ...]) -> str | None:
    options = [*choices, LEFT_OUT]
    with st.container(key=f"data-offence-row-{abs(hash(label))}"):
        left, right = st.columns(2, gap="small", vertical_alignment="center")
        with left:
            markup.show(data_account.label(label, remark))
        chosen: str | None = right.selectbox(
            f"Group of {label}", options, options.index(group) if group else None, key=f"data-group-{label}",
            accept_new_options=True, label_visibility="collapsed", placeholder="choose or type a new group",
        )  # fmt: skip
    return chosen


def _save(opened: pipeline.Opened, groups: dict[str, str]) -> None:
    before = opened.store.version()
    pipeline.save_offences(opened, groups)
    after = pipeline.remap(opened)
    same = "Nothing stored had another group" if after == before else f"Stored incidents re-mapped: version {after}"
    last_act.tell(data_state.TOLD, f"The offences table is saved. {same}.")
    st.rerun()


def _let_in(opened: pipeline.Opened, n_ready: int) -> None:
    many = words.plural(n_ready, "row whose offence is known now", "rows whose offence is known now")
    if pressed(f"Bring in {many}", key="data-let-in", type="primary"):
        with guarded():
            reports = pipeline.bring_known(opened, progress_bar("Bringing the rows in."))
            finish(pipeline.Brought(reports))

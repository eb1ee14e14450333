"""What of a source is kept longer than it may be, and the form that removes it for good."""

from __future__ import annotations

from datetime import date

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core import wording as words
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.types import Access
from ilpgeo.ui import last_act, markup, person, source_form, source_words
from ilpgeo.ui.submit import submit


def retention(opened: pipeline.Opened, found: pipeline.PastRetention, access: Access, today: date) -> None:
    """Draw what is past its retention; for who manages data, the form that removes it."""
    markup.show(source_words.past_retention(found))
    if not access.manages_data:
        return
    key = f"expire-{found.source}"
    with st.expander("Remove it for good"), st.form(f"{key}-form", border=False):
        markup.show(
            '<p class="ilp-prose">The rows leave the newest data and the disk. Data versions that held them do not '
            "open any more, and what was made from them cannot be made again; backups are yours to clear. It cannot be "
            "undone.</p>"
        )
        why = st.text_input("Reason", key=f"{key}-why", max_chars=500, placeholder="Retention over, review of June")
        by = person.ask_person(key=key)
        is_sure = st.checkbox(
            f"Yes: {words.plural(found.n, 'incident')} of {found.source}, from before {words.day(found.keep_from)}",
            key=f"{key}-sure",
        )
        pressed = submit("Remove for good", key=f"{key}-form", icon=":material/delete_forever:")
        if pressed is None:
            return
    with pressed:
        if not is_sure:
            raise InvalidInput("Nothing was removed: tick the line that says what goes")
        made = pipeline.remove_past_retention(opened, access, by, why, today, {found.source: found.n})
        last_act.tell(source_form.TOLD, f"Removed {words.plural(made.n, 'incident')} of {found.source} for good.")
        st.rerun()

"""A new tasking: the place on the map beside the form."""

from __future__ import annotations

from functools import partial
from html import escape

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core.taskings import Origin, Place, Tasking
from ilpgeo.ui import last_act, markup, place_map, tasking_form, tasking_state
from ilpgeo.ui.errors import guarded
from ilpgeo.ui.frame import Frame

_MAP = "new-place"


def new(around: Frame) -> None:
    """Draw the map to choose the place on, and the form."""
    left, right = st.columns([55, 45], gap="small")
    with left, st.container(key="tasking-map"):
        sketch = place_map.chooser(_MAP)
        markup.show(f'<p class="ilp-fine ilp-hint">{escape(place_map.hint(sketch))}</p>')
        _map(around, sketch.corners)
    with right, st.container(key="tasking-sheet"):
        draft = tasking_state.draft()
        said = "".join(f"<li>{escape(each)}</li>" for each in draft.evidence)
        known = f'<ul class="ilp-reasons">{said}</ul>' if said else ""
        markup.show(f'<div class="ilp-head"><h2 class="ilp-h">New tasking</h2>{known}</div>')
        with guarded():
            tasking_form.fields(around, draft, None, "new", partial(_save, around))


def _save(around: Frame, made: Tasking, by: str) -> None:
    saved = pipeline.save_tasking(around.opened, made, around.access, by=by)
    tasking_state.begin(tasking_state.Draft())
    tasking_state.show("board", saved.id)
    last_act.tell(tasking_state.TOLD, f"Saved: {saved.value.place.name} is proposed to {saved.value.owner}.")
    st.rerun()


def _map(around: Frame, corners: tuple[tuple[float, float], ...]) -> None:
    from ilpgeo.core.evaluations import Role
    from ilpgeo.maps.places import Drawn, sketch_layer

    place = tasking_state.draft().place
    polygon = None if place is None else place.polygon()
    drawn = [] if place is None or polygon is None else [Drawn("place", polygon, Role.TREATED.value, place.name)]
    crs = around.settings.crs
    shown = () if drawn else tuple(pipeline.metres(around.opened, corners))
    is_spot = tasking_state.draft().origin is Origin.HOTSPOT
    selected = place.area if place is not None and (is_spot or not place.outline) else ""
    is_event = bool(tasking_state.draft().event)
    layers = [
        place_map.ranked(around, selected, is_open=is_spot),
        sketch_layer(drawn, shown, crs, around.theme, has_view=is_event),
    ]
    place_map.drawn_map(around, layers, key="new-map", clicked=lambda key: _clicked(around, key))


def _clicked(around: Frame, map_key: str) -> None:
    place: Place | None = place_map.clicked_place(around, _MAP, map_key)
    if place is None:
        return
    is_area = not place.outline
    ranked = Origin.RANKED if is_area else Origin.DRAWN
    tasking_state.place_is(place, ranked, around.view.query.period if is_area else None)

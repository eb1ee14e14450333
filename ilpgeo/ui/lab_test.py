"""Back-test: how the models would have done on days they had not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core import wording as words
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.types import Model
from ilpgeo.reports.tables import explained
from ilpgeo.ui import cache, lab_models, lab_publish, lab_results, lab_run, lab_state, lab_tables, markup
from ilpgeo.ui.errors import guarded
from ilpgeo.ui.frame import Frame
from ilpgeo.ui.lab_view import MOST_WINDOWS, LabView, flags_of

if TYPE_CHECKING:
    from ilpgeo.pipeline import Tested

FLAGS = ("0.5%", "1%", "2%", "5%", "10%")
TERMS = (
    "Window",
    "Caught",
    "95 % interval",
    "Beside the prior count",
    "PAI",
    "PEI",
    "Expected per caught",
    "Recapture",
    "Caught per km\u00b2",
    "Compact",
    "Kept",
    "Calibration",
    "Log score",
)
_LEFT_TO_FILE = ("Metrics", "Intervals", "Likelihood", "Window by window")


def test(around: Frame) -> None:
    """Draw what is tested and, once it was, what came out."""
    left, right = st.columns([23, 77], gap="small")
    with left, st.container(key="lab-left"):
        _models(around)
        windows()
    lab_state.act()
    shown = lab_state.current()
    models = tested_models(shown)
    with right, st.container(key="lab-sheet"), guarded():
        if not models:
            raise InvalidInput("Neither model says how many incidents to expect; choose another under Tune")
        recipe = shown.recipe(models)
        names = words.listed([pipeline.titled(model) for model in models])
        result = lab_run.run(
            cache.tests(),
            (around.key, str(recipe), around.access),
            lambda progress: pipeline.backtest(around.opened, recipe, around.access, progress),
            key="lab-test",
            label="Run the back-test",
            said=f"Testing on {words.plural(shown.windows, 'window')}",
        )
        if result is None:
            markup.show(
                f'<p class="ilp-prose">{escape(names)}, beside the prior count and three other baselines: each window '
                f"is forecast from the {shown.query.period.days} days before it and nothing later, then compared with "
                "what came. The newest window ends with the last day learnt from above.</p>"
            )
            return
        _results(around, result)


def tested_models(shown: LabView) -> list[Model]:
    """Return the models under test: those of both sides that can be, and the others asked for."""
    also = [pipeline.build_model(name, {}) for name in shown.also]
    found = {pipeline.entry_of(model): model for model in (*lab_models.tested(shown), *also)}
    return list(found.values())


def _models(around: Frame) -> None:
    start, shown = lab_state.start(), lab_state.current()
    titles = {model.name: model.title for model in lab_models.forecasts(around)}
    for side in lab_models.SIDES:
        model = shown.model(side)
        note = "" if pipeline.is_forecast(type(model)) else " (expects no numbers: not tested)"
        markup.show(
            f'<p class="ilp-lab-head"><b>{side.upper()}</b> <strong>{pipeline.titled(model)}</strong>{note}</p>'
        )
    also = st.multiselect(
        "Also test", list(titles), [name for name in start.also if name in titles], titles.__getitem__,
        key=lab_state.key("lab-also"), placeholder="With their own settings",
    )  # fmt: skip
    lab_state.put(replace(shown, also=tuple(also)))


def windows() -> None:
    """Draw how many windows and how much ground; what they make becomes the page's view."""
    start, key = lab_state.start(), lab_state.key
    n = st.number_input(
        "Windows", 1, MOST_WINDOWS, start.windows, key=key("lab-windows"),
        help="One after the other, back from the last day. Fewer than 26 leave wide intervals.",
    )  # fmt: skip
    flags = st.multiselect(
        "Flagged ground", list(dict.fromkeys([*FLAGS, *start.flags])), list(start.flags), key=key("lab-flags"),
        accept_new_options=True,
        help="How much ground is patrolled: a share, km\u00b2 or cells. Type 0.65km2 or 20cells.",
    )  # fmt: skip
    now = lab_state.current()
    lab_state.put(replace(now, windows=int(n), flags=_flags(flags, now.flags)))


def _flags(written: Sequence[str], before: tuple[str, ...]) -> tuple[str, ...]:
    """Return the ground that was written; what cannot be read, or was left out altogether, is told below the field."""
    read: list[str] = []
    for text in written:
        try:
            read += flags_of([text])
        except InvalidInput as error:
            st.warning(words.refused(error), icon=":material/info:")
    if not read:
        st.info(f"Choose at least one; the test goes on with {words.listed(list(before))}.", icon=":material/info:")
    return tuple(dict.fromkeys(read)) or before


def _results(around: Frame, result: Tested) -> None:
    found = explained(result.explained)
    lab_results.results(around, result.explained, "lab-test", wide=_LEFT_TO_FILE)
    if found is None or not found.tables:
        return
    grounds = lab_tables.grounds(found)
    ground = grounds[len(grounds) // 2]
    if len(grounds) > 1:
        ground = str(
            st.segmented_control(
                "Ground flagged", grounds, default=ground, required=True, key=f"lab-ground-{'-'.join(grounds)}"
            )
        )
    lab_results.table(around, lab_tables.by_model(found, ground))
    lab_results.table(around, lab_tables.others(found, ground))
    lab_results.table(around, lab_tables.likelihood(found))
    lab_results.glossary(TERMS)
    lab_results.downloads(around, result.explained, result.recipe, "lab-test")
    lab_publish.offer(around, result)

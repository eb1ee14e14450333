"""Sweep: a model's settings tried point by point, and how the result answers to them."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.backtest.sweep import MOST_POINTS, Axis, even_values, points_of
from ilpgeo.core import wording as words
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.params import Param, Value, params_of
from ilpgeo.pipeline import Swept
from ilpgeo.ui import cache, forms, lab_models, lab_results, lab_run, lab_state, markup
from ilpgeo.ui.errors import guarded
from ilpgeo.ui.frame import Frame
from ilpgeo.ui.lab_test import windows
from ilpgeo.ui.stops import is_wide, stops

MOST_AXES = 3
N_VALUES = 5
MOST_VALUES = 25
TERMS = ("Window", "Caught", "95 % interval", "Beside the prior count")


def sweep(around: Frame) -> None:
    """Draw what is varied and, once it was, how the hit rate answers to it."""
    left, right = st.columns([23, 77], gap="small")
    with left, st.container(key="lab-left"):
        _plan()
        windows()
    lab_state.act()
    shown = lab_state.current()
    model = shown.model(shown.of)
    with right, st.container(key="lab-sheet"), guarded():
        if not pipeline.is_forecast(type(model)):
            raise InvalidInput(f"{model.title} does not say how many incidents to expect; choose another under Tune")
        if not params_of(model):
            raise InvalidInput(f"{model.title} has nothing to set; choose another under Tune")
        if not shown.axes:
            raise InvalidInput("Choose at least one setting to vary")
        plan, recipe = shown.plan(), shown.recipe([])
        n = len(points_of(plan, params_of(model)))
        so_far = pipeline.swept(around.opened, recipe, plan, around.access)
        label = f"Go on: {so_far.n_done} of {n} are done" if so_far.n_done else f"Try {words.plural(n, 'point')}"
        result: Swept | None = so_far
        if so_far.n_done < n:
            result = lab_run.run(
                cache.sweeps(),
                (around.key, str(recipe), str(plan), around.access),
                lambda progress: pipeline.sweep(around.opened, recipe, plan, around.access, progress),
                key="lab-sweep",
                label=label,
                said=f"Trying {words.plural(n, 'point')} of {model.title}",
                again=label,
            )
        if result is None and not so_far.n_done:
            markup.show(
                f'<p class="ilp-prose">Each of {words.plural(n, "point")} is tested on the same windows as the prior '
                "count. What is done is kept: a sweep that is stopped goes on where it was, today or tomorrow.</p>"
            )
            return
        _results(around, result or so_far)


def _plan() -> None:
    shown = lab_state.current()
    of = lab_models.one_of(shown)
    if of != shown.of:
        shown = replace(shown, of=of, axes=())
    model = shown.model(of)
    known = {each.name: each for each in params_of(model)}
    start = lab_state.start()
    before = {axis.name: axis for axis in (start.axes if start.of == of else ())}
    first = [name for name in before if name in known] or [_first(known)] if known else []
    chosen = st.multiselect(
        "Vary", list(known), first, lambda name: known[name].label, max_selections=MOST_AXES,
        key=lab_state.key(f"lab-vary-{of}-{model.name}"),
        help="One gives a curve, two a map of settings, three a table",
    )  # fmt: skip
    key = f"{of}-{model.name}"
    axes = tuple(_axis(known[name], before.get(name), getattr(model, name), key) for name in chosen)
    is_random = st.toggle(
        "Points at random", start.is_random, key=lab_state.key("lab-random"),
        help="Drawn between the ends, instead of every combination: better with three settings",
    )  # fmt: skip
    most = st.number_input("At most so many points", 1, MOST_POINTS, start.most, key=lab_state.key("lab-most"))
    lab_state.put(replace(shown, axes=axes, is_random=is_random, most=int(most)))


def _first(known: dict[str, Param]) -> str:
    numbers = [name for name, each in known.items() if not each.choices and not isinstance(each.default, str | bool)]
    return (numbers or list(known))[0]


def _axis(param: Param, before: Axis | None, own: Value, key: str) -> Axis:
    """Draw the range of one setting and return its values."""
    name = lab_state.key(f"lab-axis-{key}-{param.name}")
    label = forms.label_of(param)
    if param.choices or isinstance(param.default, bool):
        options: list[Value] = list(param.choices) if param.choices else [True, False]
        shown = st.multiselect(label, options, list(before.values) if before else options, _written, key=name)
        return Axis(param.name, tuple(shown))
    if isinstance(param.default, str):
        first = "|".join(map(str, before.values if before else (own,)))
        text = st.text_input(f"{label}, values parted by |", first, key=name)
        return Axis(param.name, tuple(dict.fromkeys(each.strip() for each in text.split("|") if each.strip())))
    low, high = _ends(param, before, float(own))
    n = len(before.values) if before else N_VALUES
    kind = int if isinstance(param.default, int) else float
    if is_wide(param):
        ends = st.select_slider(label, stops(param, low, high), (kind(low), kind(high)), "{:g}".format, key=name)
    else:
        least = kind(low if param.low is None else param.low)
        most = kind(3 * high if param.high is None else param.high)
        step = kind(param.step) if param.step else None
        ends = st.slider(label, least, most, (kind(low), kind(high)), step, key=name)
    n = st.number_input(f"Values of {param.label.lower()}", 2, max(MOST_VALUES, n), max(2, n), key=f"{name}-n")
    if before is not None and (float(ends[0]), float(ends[1])) == (low, high) and n == len(before.values):
        return before
    return Axis(param.name, even_values(param, float(ends[0]), float(ends[1]), int(n)))


def _ends(param: Param, before: Axis | None, own: float) -> tuple[float, float]:
    """Return the ends a range starts with: those of the link, else from a third of the setting to three times it."""
    if before is not None and before.values:
        numbers = [float(each) for each in before.values]
        return min(numbers), max(numbers)
    low = own / 3 if param.low is None else max(param.low, own / 3)
    high = 3 * own if param.high is None else min(param.high, 3 * own)
    ends = even_values(param, low, high, 2)
    return float(str(ends[0])), float(str(ends[-1]))


def _written(value: Value) -> str:
    return ("On" if value else "Off") if isinstance(value, bool) else str(value).capitalize()


def _results(around: Frame, result: Swept) -> None:
    lab_results.results(around, result.explained, "lab-sweep")
    if result.best is not None:
        model = pipeline.build_model(result.best.name, result.best.settings)
        side = lab_state.current().of
        st.button(
            f"Use these settings: {pipeline.titled(model)}", key="lab-use", type="primary", on_click=lab_state.use,
            args=(side, model),
        )  # fmt: skip
        lab_results.glossary(TERMS)
        lab_results.downloads(around, result.explained, result.recipe, "lab-sweep", every=result.every)

"""What the lab shows: one question, two models, how they are tested; to and from the address line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TypeVar

from ilpgeo import pipeline
from ilpgeo.backtest.plan import Flag, Horizon
from ilpgeo.backtest.sweep import MOST_POINTS, Axis, SweepPlan
from ilpgeo.core import wording as words
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.params import Param, named_by_label, params_of
from ilpgeo.core.recipes import FLAGS, Entry, Recipe
from ilpgeo.core.types import Model, Query
from ilpgeo.ui import model_view
from ilpgeo.ui.model_view import ModelView
from ilpgeo.ui.view import Address, Known

T = TypeVar("T")
A = TypeVar("A")
PARTS = MappingProxyType({
    "tune": "Tune",
    "test": "Back-test",
    "sweep": "Sweep",
    "steady": "Sensitivity",
    "top": "Top ten",
})  # fmt: skip
MOST_WINDOWS = 156


@dataclass(frozen=True, slots=True)
class LabView:
    """The whole state of the lab.

    Attributes
    ----------
    a, b
        The two models with their settings.
    cell_m, query
        What both are asked, and on which cells.
    part
        Which of `PARTS` is open.
    horizon, windows, flags
        How far each test looks ahead, how many there are, how much ground is flagged.
    also
        Names of further models that are tested, with their own settings.
    of
        Which of the two is swept and tried on other grids.
    axes, most, is_random
        What a sweep varies, at most how many points, and whether they are drawn at random.
    """

    a: Model
    b: Model
    cell_m: float
    query: Query
    part: str = "tune"
    horizon: str = "7d"
    windows: int = 26
    flags: tuple[str, ...] = FLAGS
    also: tuple[str, ...] = ()
    of: str = "a"
    axes: tuple[Axis, ...] = ()
    most: int = 25
    is_random: bool = False

    def model(self, side: str) -> Model:
        """Return the model of one side."""
        return self.a if side == "a" else self.b

    def side(self, side: str) -> ModelView:
        """Return one side with the question, as the models page would show it."""
        return ModelView(self.model(side), self.cell_m, self.query, Horizon.parse(self.horizon).days)

    def with_model(self, side: str, model: Model) -> LabView:
        """Return the view with another model, or other settings, on one side."""
        return replace(self, a=model) if side == "a" else replace(self, b=model)

    def recipe(self, models: Sequence[Model]) -> Recipe:
        """Return the recipe of a test of some models: its newest window ends with the period learnt from."""
        return Recipe(
            models=tuple(dict.fromkeys(pipeline.entry_of(model) for model in models)),
            horizon=self.horizon,
            windows=self.windows,
            learn_days=self.query.period.days,
            flags=self.flags,
            cell_m=self.cell_m,
            areas=self.query.areas,
            offences=self.query.offences,
            sources=self.query.sources,
            last=self.query.period.end,
        )

    def plan(self) -> SweepPlan:
        """Return the sweep that is asked for."""
        return SweepPlan(pipeline.entry_of(self.model(self.of)), self.axes, self.most, self.is_random)


def to_address(shown: LabView) -> Address:
    """Return the address parameters that bring this view back; what is empty or as at first is left out."""
    first = LabView(shown.a, shown.b, shown.cell_m, shown.query)
    address = {
        "part": [shown.part],
        "a": [str(pipeline.entry_of(shown.a))],
        "b": [str(pipeline.entry_of(shown.b))],
        "cell": [f"{shown.cell_m:g}"],
        "within": list(shown.query.areas),
        "period": [str(shown.query.period)],
        "offence": list(shown.query.offences),
        "source": list(shown.query.sources),
        "horizon": [shown.horizon] if shown.horizon != first.horizon else [],
        "windows": [str(shown.windows)] if shown.windows != first.windows else [],
        "flag": list(shown.flags) if shown.flags != first.flags else [],
        "also": list(shown.also),
        "of": [shown.of] if shown.of != first.of else [],
        "vary": [str(axis) for axis in shown.axes],
        "most": [str(shown.most)] if shown.most != first.most else [],
        "random": ["yes"] if shown.is_random else [],
    }
    return {name: values for name, values in address.items() if any(values)}


def from_address(
    address: Mapping[str, Sequence[str]], start: LabView, known: Known, models: Sequence[type[Model]]
) -> tuple[LabView, tuple[str, ...]]:
    """Return the view an address asks for, and a plain sentence for every part of it that could not be followed."""
    notes: list[str] = []
    first = {name: values[0] for name, values in address.items() if values and values[0]}
    asked = {name: address[name] for name in ("cell", "within", "period", "offence", "source") if name in address}
    question, told = model_view.from_address(asked, start.side("a"), known, models)
    notes += told
    shown = replace(start, cell_m=question.cell_m, query=question.query)
    for side in ("a", "b"):
        if side in first:
            shown = _with_model(shown, side, first[side], models, notes)
    shown = replace(
        shown,
        part=first["part"] if first.get("part") in PARTS else start.part,
        of=first["of"] if first.get("of") in {"a", "b"} else start.of,
        also=tuple(name for name in address.get("also", ()) if name in {model.name for model in models}),
        is_random=first.get("random") == "yes",
        horizon=_read(first.get("horizon"), start.horizon, lambda text: str(Horizon.parse(text)), notes),
        windows=_read(first.get("windows"), start.windows, lambda text: _whole(text, MOST_WINDOWS), notes),
        most=_read(first.get("most"), start.most, lambda text: _whole(text, MOST_POINTS), notes),
        flags=_read(address.get("flag") or None, start.flags, flags_of, notes),
    )
    return replace(shown, axes=_axes(address.get("vary", ()), shown.model(shown.of), notes)), tuple(notes)


def flags_of(texts: Sequence[str]) -> tuple[str, ...]:
    """Return flagged areas as they are written in a recipe; raise InvalidInput for one that cannot be read."""
    return tuple(dict.fromkeys(str(Flag.parse(text)).replace(" ", "") for text in texts))


def _with_model(shown: LabView, side: str, text: str, models: Sequence[type[Model]], notes: list[str]) -> LabView:
    try:
        entry = Entry.parse(text)
        kind = next((model for model in models if model.name == entry.name), None)
        if kind is None:
            raise InvalidInput(f"the link asks for a model {entry.name!r} that does not exist or cannot be used here")
        with named_by_label(params_of(kind)):
            return shown.with_model(side, pipeline.build_model(entry.name, entry.settings))
    except InvalidInput as error:
        notes.append(words.opening(str(error)))
        return shown


def _read(given: A | None, default: T, read: Callable[[A], T], notes: list[str]) -> T:
    if given is None:
        return default
    try:
        return read(given)
    except InvalidInput as error:
        notes.append(f"The link could not be followed: {error}")
        return default


def _whole(text: str, most: int) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise InvalidInput(f"{text!r} is not a whole number from 1 to {most}")
    return int(text)


def _axis(param: Param, values: Sequence[str]) -> Axis:
    with named_by_label([param]):
        return Axis(param.name, tuple(param.checked(value) for value in values))


def _axes(texts: Sequence[str], model: Model, notes: list[str]) -> tuple[Axis, ...]:
    known = {each.name: each for each in params_of(model)}
    axes = []
    for text in texts:
        name, _, values = text.partition("=")
        if name not in known:
            notes.append(f"The link varies a setting {name!r} that {model.title} does not have")
            continue
        try:
            axes.append(_axis(known[name], [value for value in values.split("|") if value]))
        except InvalidInput as error:
            notes.append(f"The link could not be followed: {error}")
    return tuple(axes)

"""What the models page shows: the model, its settings, the question; to and from the address line."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.params import Param, Value, build, named_by_label, params_of
from ilpgeo.core.types import Model, Query
from ilpgeo.ui import view
from ilpgeo.ui.view import Address, Known, View


@dataclass(frozen=True, slots=True)
class Ahead:
    """The days one may look ahead, and how many at first."""

    default: int
    offered: tuple[int, ...]


CELL = Param("cell_m", "Cell size", 150.0, "m", 50, 20_000, 10, (), "Side of the squares the ground is cut into.")

AHEAD = Ahead(28, (1, 7, 14, 28, 91, 182, 365))


@dataclass(frozen=True, slots=True)
class ModelView:
    """The whole state of the models page.

    Attributes
    ----------
    model
        The model with its settings.
    cell_m
        Side of a cell, metres.
    query
        The question; `areas` holds one area of any level, or none for everywhere.
    ahead_days
        How many days an expectation looks ahead.
    as_of
        The day looked from; None is the day after the last complete day of data.
    spot
        Id of the selected hotspot; empty for none.
    """

    model: Model
    cell_m: float
    query: Query
    ahead_days: int = AHEAD.default
    as_of: date | None = None
    spot: str = ""

    @property
    def changed(self) -> dict[str, Value]:
        """The settings that differ from the model's own."""
        values = {param.name: getattr(self.model, param.name) for param in params_of(self.model)}
        return {
            param.name: values[param.name] for param in params_of(self.model) if values[param.name] != param.default
        }


def to_address(shown: ModelView) -> Address:
    """Return the address parameters that bring this view back; what is empty or the model's own is left out."""
    query = shown.query
    address = {
        "model": [shown.model.name],
        "set": [f"{name}={_text(value)}" for name, value in shown.changed.items()],
        "cell": [f"{shown.cell_m:g}"],
        "ahead": [str(shown.ahead_days) if shown.ahead_days != AHEAD.default else ""],
        "within": list(query.areas),
        "period": [str(query.period)],
        "offence": list(query.offences),
        "source": list(query.sources),
        "as-of": [shown.as_of.isoformat() if shown.as_of else ""],
        "spot": [shown.spot],
    }
    return {name: values for name, values in address.items() if any(values)}


def from_address(
    address: Mapping[str, Sequence[str]],
    start: ModelView,
    known: Known,
    models: Sequence[type[Model]],
    barred: Mapping[str, str] = MappingProxyType({}),
) -> tuple[ModelView, tuple[str, ...]]:
    """Return the view an address asks for, and a plain sentence for every part of it that could not be followed.

    Period, offences, sources and the as-of day are read as the other screens read them, which tell what was wrong.

    Parameters
    ----------
    models
        Those that can be used here.
    barred
        By the name of a model that cannot be, its title and why.
    """
    notes: list[str] = []
    first = {name: values[0] for name, values in address.items() if values and values[0]}
    asked = {name: address[name] for name in ("period", "offence", "source", "as-of") if name in address}
    told, _ = view.from_address(asked, View(start.query, as_of=start.as_of), known)
    areas = [area for area in address.get("within", ()) if area in known.areas.position]
    if len(areas) < len(address.get("within", ())):
        notes.append("The link names an area that this workspace does not have")
    by_name = {model.name: model for model in models}
    wanted = first.get("model", start.model.name)
    if wanted not in by_name:
        notes.append(f"The link asks for {barred.get(wanted, f'a model {wanted!r} that does not exist')}")
        wanted = start.model.name
    model = start.model if wanted == start.model.name and "set" not in address else by_name[wanted]()
    return ModelView(
        model=_with_settings(model, address.get("set", ()), notes),
        cell_m=_cell(first["cell"], start.cell_m, notes) if "cell" in first else start.cell_m,
        query=replace(told.query, areas=tuple(areas[:1]) if "within" in address else start.query.areas),
        ahead_days=_ahead(first["ahead"], notes) if "ahead" in first else start.ahead_days,
        as_of=told.as_of,
        spot=first.get("spot", ""),
    ), tuple(notes)


def _with_settings(model: Model, texts: Sequence[str], notes: list[str]) -> Model:
    known = {param.name: param for param in params_of(model)}
    settings: dict[str, Value] = {name: getattr(model, name) for name in known}
    for text in texts:
        name, _, value = text.partition("=")
        if name not in known:
            notes.append(f"The link sets {name!r}, which {model.title} does not have")
            continue
        param = known[name]
        try:
            with named_by_label([param]):
                settings[name] = param.checked(value)
        except InvalidInput as error:
            used = f"{_text(param.default)} {param.unit}".rstrip()
            notes.append(f"The link could not be followed: {error}; {used} is used")
    try:
        with named_by_label(params_of(model)):
            return build(type(model), settings)
    except InvalidInput as error:
        notes.append(str(error))
        return type(model)()


def _cell(text: str, default: float, notes: list[str]) -> float:
    try:
        cell_m = float(text)
    except ValueError:
        notes.append(f"The link's cell size {text!r} is not a number of metres")
        return default
    if CELL.fault(cell_m) is not None:
        notes.append(f"The link's cell size must lie between {CELL.low:g} and {CELL.high:g} m, not {text}")
        return default
    return cell_m


def _ahead(text: str, notes: list[str]) -> int:
    if text.isdecimal() and int(text) in AHEAD.offered:
        return int(text)
    notes.append(f"The link looks {text} days ahead, which is not offered; {AHEAD.default} days are used")
    return AHEAD.default


def command(shown: ModelView, workspace: Path) -> str:
    """Return the command that finds the same hotspots on the command line."""
    words = ["ilpgeo", "hotspots", "--workspace", str(workspace), "--model", shown.model.name]
    for param in params_of(shown.model):
        words += ["--set", f"{param.name}={_text(getattr(shown.model, param.name))}"]
    words += ["--cell", f"{shown.cell_m:g}", "--period", str(shown.query.period)]
    for name, values in (
        ("--area", shown.query.areas), ("--offence", shown.query.offences), ("--source", shown.query.sources),
    ):  # fmt: skip
        for value in values:
            words += [name, value]
    if shown.as_of is not None:
        words += ["--as-of", shown.as_of.isoformat()]
    return shlex.join([*words, "--output", "hotspots.geojson"])


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)

"""A recipe: everything a back-test needs to give the same numbers again."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from ilpgeo.core.errors import InvalidInput, raise_all
from ilpgeo.core.params import Value

FLAGS = ("1%", "2%", "5%")


@dataclass(frozen=True, slots=True)
class Entry:
    """A model in a recipe: its name and the settings that differ from its own."""

    name: str
    settings: Mapping[str, Value] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Entry:
        """Return the entry written as ``kde`` or ``kde:bandwidth_m=200,kernel=gaussian``."""
        name, _, rest = text.partition(":")
        settings: dict[str, Value] = {}
        for part in filter(None, rest.split(",")):
            key, equals, value = part.partition("=")
            if not (key.strip() and equals and value.strip()):
                raise InvalidInput(f"{text!r} is not of the form NAME:KEY=VALUE,KEY=VALUE")
            settings[key.strip()] = value.strip()
        return cls(name.strip(), settings)

    def __str__(self) -> str:
        settings = ",".join(f"{key}={value}" for key, value in self.settings.items())
        return f"{self.name}:{settings}" if settings else self.name

    def __hash__(self) -> int:
        return hash(str(self))


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is tested, on what, and how.

    Attributes
    ----------
    models
        Who takes part beside the baselines.
    horizon, windows, learn_days
        How far each test looks ahead (``7d``, ``2w``, ``1m``), how many, and how many days each learns from.
    flags
        Flagged areas (``2%``, ``0.65km2``, ``20cells``).
    cell_m, shift_m
        The grid: side of a cell, and how far it is moved east and north.
    areas, offences, sources
        The scope; empty means all.
    last
        Last day of the newest window; None is the last complete day of data.
    seed, version
        Of the random numbers; of the store, empty for the newest.
    """

    models: tuple[Entry, ...] = ()
    horizon: str = "7d"
    windows: int = 26
    learn_days: int = 365
    flags: tuple[str, ...] = FLAGS
    cell_m: float = 0.0
    shift_m: tuple[float, float] = (0.0, 0.0)
    areas: tuple[str, ...] = ()
    offences: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    last: date | None = None
    seed: int = 0
    version: str = ""

    @classmethod
    def read(cls, path: Path) -> Recipe:
        """Return the recipe in a TOML file; raise InvalidInput naming everything in it that cannot be used."""
        try:
            return cls.from_text(path.read_text("utf-8"), str(path))
        except UnicodeDecodeError as error:
            raise InvalidInput(f"{path} cannot be read: {error}") from error

    @classmethod
    def from_text(cls, text: str, where: str) -> Recipe:
        """Return the recipe written as TOML; `where` it stands is told in errors."""
        try:
            document = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise InvalidInput(f"{where} cannot be read: {error}") from error
        return cls.from_document(document, where)

    @classmethod
    def from_document(cls, document: Mapping[str, Any], where: str) -> Recipe:
        """Return the recipe of a parsed TOML document."""
        default, faults, values = cls(), [], {}
        known = {each.name for each in fields(cls)}
        faults += [
            f"{name} is not known; a recipe has {', '.join(sorted(known))}" for name in document if name not in known
        ]
        for name, value in document.items():
            if name not in known:
                continue
            read: Any = (
                _entries(value) if name == "models" else _like(getattr(default, name), value, is_day=name == "last")
            )
            if read is None:
                shown = value if isinstance(value, date | time) else repr(value)
                faults.append(f"{name}: {shown} cannot be used")
            else:
                values[name] = read
        raise_all([*faults, *_out_of_bounds(values)], subject=where)
        return replace(default, **values)

    def text(self) -> str:
        """Return the recipe as TOML; `read` gives the same recipe back."""
        lines = []
        for each in fields(self):
            value = getattr(self, each.name)
            if each.name == "models" or value is None:
                continue
            lines.append(f"{each.name} = {_toml(value)}")
        for entry in self.models:
            lines += ["", "[[models]]", f"name = {_toml(entry.name)}"]
            if entry.settings:
                settings = ", ".join(f"{key} = {_toml(value)}" for key, value in entry.settings.items())
                lines.append(f"settings = {{ {settings} }}")
        return "\n".join(lines) + "\n"


def _entries(value: object) -> tuple[Entry, ...] | None:
    if not isinstance(value, list):
        return None
    entries = []
    for each in value:
        if not isinstance(each, dict) or not isinstance(each.get("name"), str) or set(each) - {"name", "settings"}:
            return None
        settings = each.get("settings", {})
        if not isinstance(settings, dict) or not all(isinstance(v, str | int | float) for v in settings.values()):
            return None
        entries.append(Entry(each["name"], settings))
    return tuple(entries)


def _out_of_bounds(values: Mapping[str, Any]) -> list[str]:
    faults = []
    if values.get("seed", 0) < 0:
        faults.append(f"seed: {values['seed']} is below 0")
    if not values.get("flags", FLAGS):
        faults.append("flags: at least one is needed, such as 2%")
    return faults


def _number(value: object) -> float | None:
    """Return a finite number; None for anything else, also for a whole number that no float can hold."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) <= sys.float_info.max else None


def _like(default: object, value: object, *, is_day: bool) -> Any:
    """Return `value` as the kind of thing the default is, None where it is not."""
    if is_day:
        return value if isinstance(value, date) and not isinstance(value, datetime) else None
    if isinstance(default, tuple):
        if not isinstance(value, list):
            return None
        if default and isinstance(default[0], float):
            numbers = tuple(_number(v) for v in value)
            return numbers if len(numbers) == len(default) and None not in numbers else None
        return tuple(value) if all(isinstance(v, str) for v in value) else None
    if isinstance(default, float):
        return _number(value)
    if isinstance(default, int):
        return value if isinstance(value, int) and not isinstance(value, bool) else None
    return value if isinstance(value, str) else None


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(_toml(each) for each in value)}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # What JSON writes is what TOML reads, but for one character more that must not stand as it is.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return value.isoformat() if isinstance(value, date) else repr(value)

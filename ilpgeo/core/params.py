"""Parameters as data: declared once, they make the form, the CLI options, the docs table and the bounds check."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, TypeVar

from ilpgeo.core.errors import InvalidInput, raise_all

Value = float | int | bool | str
T = TypeVar("T")
_KEY = "ilpgeo.param"


@dataclass(frozen=True, slots=True)
class Param:
    """What is known of one parameter besides its value.

    Attributes
    ----------
    name
        The field's name; it ends with its unit where it has one (``bandwidth_m``).
    label
        The words on the form.
    default, unit, low, high, step
        Bounds are inclusive, in `unit`; None means unbounded.
    choices
        The values allowed, for a parameter that is a choice.
    help
        One sentence on what it does.
    """

    name: str
    label: str
    default: Value
    unit: str
    low: float | None
    high: float | None
    step: float | None
    choices: tuple[str, ...]
    help: str

    def parse(self, text: str) -> Value:
        """Return `text` as a value of this parameter's kind (bounds are checked by `check`)."""
        if isinstance(self.default, bool):
            if text.lower() in {"true", "yes", "on", "1"}:
                return True
            if text.lower() in {"false", "no", "off", "0"}:
                return False
            raise InvalidInput(f"{self.name}: {text!r} is neither yes nor no")
        if isinstance(self.default, str):
            return text
        try:
            return int(text) if isinstance(self.default, int) else float(text)
        except ValueError as error:
            kind = "a whole number" if isinstance(self.default, int) else "a number"
            raise InvalidInput(f"{self.name}: {text!r} is not {kind}") from error

    def checked(self, text: str) -> Value:
        """Return `text` as a value within the bounds; raise InvalidInput where it is none."""
        value = self.parse(text)
        fault = self.fault(value)
        if fault is not None:
            raise InvalidInput(fault)
        return value

    def told(self, value: Value) -> str:
        """Return the setting in words, its unit once.

        >>> def of(label, unit):
        ...     return Param("name", label, 1, unit, None, None, None, (), "")
        >>> of("Bandwidth", "m").told(200.0), of("Windows to learn from", "windows").told(4)
        ('bandwidth 200 m', '4 windows to learn from')
        >>> of("Least incidents", "incidents").told(20), of("Memory", "weeks").told(1)
        ('least incidents 20', 'memory 1 week')
        """
        label, unit = self.label.lower(), self.unit
        number = f"{value:g}" if isinstance(value, float) else str(value)
        if isinstance(value, bool):
            number = "on" if value else "off"
        if value == 1 and len(unit) > 1:
            label, unit = label.replace(unit, unit.removesuffix("s")), unit.removesuffix("s")
        if unit and label.startswith(f"{unit} "):
            return f"{number} {label}"
        return f"{label} {number}" if unit in label.split() else f"{label} {number} {unit}".rstrip()

    def fault(self, value: Value) -> str | None:
        """Return what is wrong with `value`, or None."""
        if self.choices:
            if value in self.choices:
                return None
            return f"{self.name} must be one of {', '.join(self.choices)}, not {value!r}"
        if isinstance(self.default, bool):
            return None if isinstance(value, bool) else f"{self.name} must be yes or no, not {value!r}"
        if isinstance(self.default, str):
            return None if isinstance(value, str) else f"{self.name} must be text, not {value!r}"
        if isinstance(value, bool) or not isinstance(value, int | float):
            return f"{self.name} must be a number, not {value!r}"
        if isinstance(self.default, int) and not isinstance(value, int):
            return f"{self.name} must be a whole number, not {value!r}"
        if not abs(value) <= sys.float_info.max:
            return f"{self.name} must be finite, not {value!r}"
        if self.low is not None and value < self.low:
            return f"{self.name} must be at least {self.low:g} {self.unit}, not {value:g}".replace("  ", " ")
        if self.high is not None and value > self.high:
            return f"{self.name} must be at most {self.high:g} {self.unit}, not {value:g}".replace("  ", " ")
        return None


def param(
    default: Value,
    *,
    label: str,
    help: str,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    step: float | None = None,
    choices: tuple[str, ...] = (),
) -> Any:
    """Declare a dataclass field as a parameter; see `Param` for the meaning of each argument."""
    about = Param("", label, default, unit, low, high, step, choices, help)
    return field(default=default, metadata={_KEY: about})


def params_of(declaring: Any) -> tuple[Param, ...]:
    """Return the parameters a dataclass (or an instance of one) declares, in order."""
    found = []
    for declared in fields(declaring):
        about = declared.metadata.get(_KEY)
        if about is not None:
            if declared.default is MISSING:
                raise TypeError(f"parameter {declared.name} has no default")
            found.append(
                Param(
                    declared.name,
                    about.label,
                    about.default,
                    about.unit,
                    about.low,
                    about.high,
                    about.step,
                    about.choices,
                    about.help,
                )
            )
    return tuple(found)


def check(instance: Any) -> None:
    """Raise one InvalidInput naming every parameter of `instance` that is out of bounds."""
    faults = [fault for p in params_of(instance) if (fault := p.fault(getattr(instance, p.name)))]
    raise_all(faults, subject=getattr(instance, "title", type(instance).__name__))


@contextmanager
def named_by_label(params: Iterable[Param]) -> Iterator[None]:
    """Have faults found inside name parameters as forms do, not as they are written in a recipe or a link."""
    labels = {each.name: each.label.lower() for each in params}

    def said(fault: str) -> str:
        return re.sub(r"\w+", lambda word: labels.get(word[0], word[0]), fault)

    try:
        yield
    except InvalidInput as error:
        raise InvalidInput(said(str(error)), [said(each) for each in error.faults]) from error


def build(declaring: type[T], settings: Mapping[str, str | Value]) -> T:
    """Return an instance of `declaring` with `settings` (text or values) over its defaults, checked.

    Raises
    ------
    InvalidInput
        For a name that is not a parameter, text of the wrong kind, or a value out of bounds.
    """
    known = {p.name: p for p in params_of(declaring)}
    unknown = [name for name in settings if name not in known]
    if unknown:
        raise InvalidInput(f"unknown parameter {', '.join(unknown)}; this model has {', '.join(known) or 'none'}")
    values = {name: known[name].parse(value) if isinstance(value, str) else value for name, value in settings.items()}
    return declaring(**values)

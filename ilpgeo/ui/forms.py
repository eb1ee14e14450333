"""Forms from parameters as data: the one generator behind every model's settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import streamlit as st

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.params import Param, Value, build, named_by_label, params_of
from ilpgeo.ui.errors import message_of
from ilpgeo.ui.stops import is_wide, stops

T = TypeVar("T")
MOST_CHOICES_IN_A_ROW = 4


def label_of(param: Param) -> str:
    """Return the words over a field, with the unit in brackets.

    >>> label_of(Param("bandwidth_m", "Bandwidth", 300, "m", 50, 2000, 10, (), "How far it reaches"))
    'Bandwidth (m)'
    """
    return f"{param.label} ({param.unit})" if param.unit and param.unit not in param.label.lower() else param.label


def help_of(param: Param) -> str:
    """Return what a parameter does and its default.

    >>> help_of(Param("bandwidth_m", "Bandwidth", 300, "m", 50, 2000, 10, (), "How far it reaches"))
    'How far it reaches. Default: 300 m'
    """
    default = ("on" if param.default else "off") if isinstance(param.default, bool) else f"{param.default}"
    if isinstance(param.default, float):
        default = f"{param.default:g}"
    return f"{param.help.rstrip('.')}. Default: {default} {param.unit}".rstrip()


def field(param: Param, value: Value, key: str) -> Value:
    """Draw the field that suits a parameter and return what is set.

    Choices become a row of buttons or a list, yes or no a switch, a number with both bounds a slider (over round
    numbers where the range is wide), any other number a number field, text a text field.

    Parameters
    ----------
    value
        What the field starts with.
    key
        Unique on the page.
    """
    label, about = label_of(param), help_of(param)
    if param.choices:
        return _choice(param, value, key)
    if isinstance(param.default, bool):
        return st.toggle(label, bool(value), key=key, help=about)
    if isinstance(param.default, str):
        return st.text_input(label, str(value), key=key, help=about)
    kind = int if isinstance(param.default, int) else float
    low, high, step = (None if bound is None else kind(bound) for bound in (param.low, param.high, param.step))
    if is_wide(param):
        options = stops(param, kind(value))
        return kind(st.select_slider(label, options, kind(value), _written, key=key, help=about))
    if low is not None and high is not None:
        return kind(st.slider(label, low, high, kind(value), step, key=key, help=about))
    return kind(st.number_input(label, low, high, kind(value), step, key=key, help=about))


def _written(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def _choice(param: Param, value: Value, key: str) -> str:
    options = list(param.choices)
    label, about = label_of(param), help_of(param)
    if len(options) <= MOST_CHOICES_IN_A_ROW:
        chosen = st.segmented_control(
            label, options, default=str(value), required=True, key=key, help=about, format_func=str.capitalize
        )
        return str(chosen or value)
    return str(st.selectbox(label, options, options.index(str(value)), str.capitalize, key=key, help=about))


def form(declaring: type[T], key: str, start: Mapping[str, Value] | None = None) -> T | None:
    """Draw a field for every parameter a dataclass declares; return the instance, or None after showing its faults.

    Parameters
    ----------
    declaring
        A frozen dataclass of `param` fields, such as a model.
    key
        Prefix of the fields' keys, unique on the page.
    start
        Values to start with instead of the defaults.
    """
    settings = {
        param.name: field(param, (start or {}).get(param.name, param.default), f"{key}-{param.name}")
        for param in params_of(declaring)
    }
    if not settings:
        st.caption("Nothing to set: this model has no parameters.")
    try:
        with named_by_label(params_of(declaring)):
            return build(declaring, settings)
    except InvalidInput as error:
        message_of(InvalidInput("; ".join(error.faults) or str(error), error.faults)).show()
        return None

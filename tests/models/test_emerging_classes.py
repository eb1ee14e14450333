"""A table of hand-built histories: H hot, C cold, a dot neither; the last letter is the last step."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilpgeo.core.errors import InvalidInput
from ilpgeo.models.emerging_classes import CLASSES, emerging_classes

UP, FLAT, DOWN = 1, 0, -1

HISTORIES = [
    # new: the last step alone
    (".........H", FLAT, "new"),
    (".........H", UP, "new"),
    (".........H", DOWN, "new"),
    ("..C......H", FLAT, "new"),  # having been cold does not make it less new
    ("CCCCCCC..H", UP, "new"),
    # consecutive: one run up to the last step, under nine tenths
    ("........HH", FLAT, "consecutive"),
    ("..HHHHHHHH", UP, "consecutive"),
    ("..HHHHHHHH", DOWN, "consecutive"),
    ("C.......HH", FLAT, "consecutive"),
    ("C.HHHHHHHH", FLAT, "consecutive"),
    # nine tenths hot, the last step too: the trend decides
    (".HHHHHHHHH", UP, "intensifying"),
    ("HHHHHHHHHH", UP, "intensifying"),
    ("HHHHCHHHHH", UP, "intensifying"),
    (".HHHHHHHHH", FLAT, "persistent"),
    ("HHHHHHHH.H", FLAT, "persistent"),
    ("CHHHHHHHHH", FLAT, "persistent"),
    ("HHHHHHHHHH", FLAT, "persistent"),
    (".HHHHHHHHH", DOWN, "diminishing"),
    ("HHHHHHHHHH", DOWN, "diminishing"),
    # sporadic: on and off, never cold, under nine tenths
    ("H........H", FLAT, "sporadic"),
    ("H.......HH", UP, "sporadic"),
    ("HHHHHHH..H", FLAT, "sporadic"),
    (".HHHHHHH.H", DOWN, "sporadic"),
    # oscillating: cold at some time, hot before the run too, under nine tenths
    ("H...C....H", FLAT, "oscillating"),
    ("CHHHHHHC.H", UP, "oscillating"),
    ("CHHHHHHH.H", FLAT, "oscillating"),
    # historical: nine tenths hot, the last step not
    ("HHHHHHHHH.", FLAT, "historical"),
    ("HHHHHHHHH.", UP, "historical"),
    ("HHHHHHHHH.", DOWN, "historical"),
    # none
    ("..........", FLAT, None),
    ("..........", UP, None),
    ("HHHHHHHH..", FLAT, None),  # eight tenths and over: neither now nor mostly
    (".HHHHHHHH.", FLAT, None),
    (".....HHHH.", UP, None),
    ("H.........", DOWN, None),
    # nine tenths of other lengths: 11 steps need 10, 20 need 18
    ("..HHHHHHHHH", FLAT, "consecutive"),
    (".HHHHHHHHHH", FLAT, "persistent"),
    ("...HHHHHHHHHHHHHHHHH", FLAT, "consecutive"),
    ("..HHHHHHHHHHHHHHHHHH", FLAT, "persistent"),
    ("HHHHHHHHHHHHHHHHHH..", FLAT, "historical"),
    ("HHHHHHHHHHHHHHHHH...", FLAT, None),
]


def class_of(history: str, direction: int) -> str | None:
    steps = np.array(list(history))[:, None]
    code = emerging_classes(steps == "H", steps == "C", np.array([direction])).item()
    return None if code < 0 else CLASSES[code].name


def mirrored(history: str) -> str:
    return history.translate(str.maketrans("HC", "CH"))


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ("CCCCCCCCCH", "new hot spot"),
        (18 * "C" + "HH", "consecutive hot spot"),
        ("H" + 18 * "C" + "H", "oscillating hot spot"),
        ("HHHHHHHHHC", "historical hot spot"),
        (18 * "H" + "CC", "historical hot spot"),
    ],
)
def test_what_is_hot_or_was_comes_before_what_is_cold_or_was(history: str, expected: str) -> None:
    assert class_of(history, FLAT) == expected


@pytest.mark.parametrize(("history", "direction", "expected"), HISTORIES)
def test_hot_histories(history: str, direction: int, expected: str | None) -> None:
    assert class_of(history, direction) == (f"{expected} hot spot" if expected else None)


@pytest.mark.parametrize(("history", "direction", "expected"), HISTORIES)
def test_cold_histories_mirror_them(history: str, direction: int, expected: str | None) -> None:
    assert class_of(mirrored(history), -direction) == (f"{expected} cold spot" if expected else None)


def test_the_table_holds_every_class() -> None:
    assert {expected for *_, expected in HISTORIES} == {*(kind.name.split()[0] for kind in CLASSES), None}
    assert len(CLASSES) == len({kind.name for kind in CLASSES}) == 16


def test_hotspots_are_drawn_from_what_is_hot_now() -> None:
    assert {kind.name for kind in CLASSES if not kind.is_hot and "hot" in kind.name} == {"historical hot spot"}
    assert sum(kind.is_hot for kind in CLASSES) == 7


def by_rule(history: str, direction: int) -> str | None:
    """The rules once more, one history at a time, as sentences."""
    for letter, side, growing in (("H", "hot", UP), ("C", "cold", DOWN)):
        if 10 * history.count(letter) >= 9 * len(history) and history[-1] != letter:
            return f"historical {side} spot"
        if history[-1] != letter:
            continue
        if 10 * history.count(letter) >= 9 * len(history):
            word = {growing: "intensifying", FLAT: "persistent", -growing: "diminishing"}[direction]
        elif history.count(letter) == 1:
            word = "new"
        elif history.endswith(letter * history.count(letter)):
            word = "consecutive"
        else:
            word = "oscillating" if mirrored(letter) in history else "sporadic"
        return f"{word} {side} spot"
    return None


@settings(max_examples=400, deadline=None)
@given(
    st.text("HC.", min_size=10, max_size=24)
    | st.text("HHHHHHHH.C", min_size=10, max_size=24)
    | st.builds(str.__add__, st.sampled_from([18 * "H", 18 * "C"]), st.text("HC", min_size=1, max_size=2)),
    st.sampled_from([-1, 0, 1]),
)
def test_any_history_is_told_by_the_rules(history: str, direction: int) -> None:
    assert class_of(history, direction) == by_rule(history, direction)


def test_many_histories_at_once() -> None:
    rng = np.random.default_rng(3)
    steps = rng.choice(["H", "C", "."], (12, 5, 7), p=[0.6, 0.1, 0.3])
    direction = rng.integers(-1, 2, (5, 7))
    codes = emerging_classes(steps == "H", steps == "C", direction)
    for row in range(5):
        for column in range(7):
            code = codes[row, column]
            expected = by_rule("".join(steps[:, row, column]), direction[row, column])
            assert (None if code < 0 else CLASSES[code].name) == expected


@pytest.mark.parametrize(
    ("hot", "cold", "direction", "words"),
    [
        (np.ones((3, 2), bool), np.ones((3, 2), bool), np.zeros(2, int), "hot and cold"),
        (np.ones((3, 2), bool), np.zeros((4, 2), bool), np.zeros(2, int), "do not fit"),
        (np.ones((3, 2), bool), np.zeros((3, 2), bool), np.zeros(3, int), "do not fit"),
        (np.ones((0, 2), bool), np.zeros((0, 2), bool), np.zeros(2, int), "do not fit"),
    ],
)
def test_what_is_no_history_is_refused(hot: np.ndarray, cold: np.ndarray, direction: np.ndarray, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        emerging_classes(hot, cold, direction)

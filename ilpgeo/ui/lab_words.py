"""The terms of back-testing in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from types import MappingProxyType

TERMS: Mapping[str, str] = MappingProxyType({
    "Caught": "Hit rate: of all incidents of the windows tested, the share that lay in the flagged ground.",
    "95 % interval": "If the windows had fallen a little differently, the number would lie in here 19 times out of 20. "
    "It comes from drawing runs of windows again and again (block bootstrap).",
    "Beside the prior count": "Points of hit rate more or less than the plain count of past incidents, by window. "
    "An interval that holds zero: not surely different.",
    "PAI": "Predictive accuracy index: hit rate over the share of ground flagged. 10: ten times what flagging at "
    "random would catch. It grows as less ground is flagged, so compare it at the same ground only.",
    "PEI": "Predictive efficiency index: incidents caught over those the best choice of the same ground would have "
    "caught, knowing the future. 1 is perfect. On cells of one size PEI and PEI* are the same number.",
    "Expected per caught": "Incidents the model expected in its flagged ground over those that came there: above 1 it "
    "promised too much.",
    "Recapture": "Recapture rate index (Levine): how much of its past count the flagged ground held again, against how "
    "much the whole area did. 1: as steady as the area as a whole.",
    "Caught per km\u00b2": "Search efficiency rate: incidents caught per km\u00b2 flagged and window.",
    "Compact": "Clumpiness: from \u22121 (single cells like a chessboard) over 0 (at random) to 1 (one block). Compact "
    "ground is easier to patrol.",
    "Kept": "Share of the flagged ground that was flagged in the window before, too: the rest is patrol that moves.",
    "Calibration": "Incidents that came over incidents expected, by tenths of what was expected, highest cells first: "
    "1 is right, under 1 promised too much.",
    "Log score": "How well the whole surface foretold where incidents fell, per incident, beside the prior count: "
    "above 0 is better. It counts every cell, not only the flagged ones.",
    "Window": "One test: the model learns from the days before it and is judged on its days, which it did not see.",
})  # fmt: skip


def glossary(words: Sequence[str]) -> str:
    """Return some of the terms with their meanings, as markup."""
    rows = "".join(f"<dt>{escape(word)}</dt><dd>{escape(TERMS[word])}</dd>" for word in words)
    return f'<dl class="ilp-about">{rows}</dl>'

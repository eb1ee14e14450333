"""The K function: over which distances incidents lie closer together than chance would place them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from ilpgeo.core.arrays import BoolArray, FloatArray
from ilpgeo.core.explained import Diagnostic, Table
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.params import check, param
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.points import check_question, collapse, whole_incidents
from ilpgeo.models.replications import p_value
from ilpgeo.models.ripley import l_of, replicated_k, ripley_k

_STEPS = 20
_TITLE = "Clustering by distance (K function)"


class Envelope(NamedTuple):
    """What chance makes of a curve.

    Attributes
    ----------
    low, high
        Shape (distances,): 95 % of the replications lie between, distance by distance.
    p
        Of the curve as a whole: how often chance strays as far from its own mean anywhere.
    """

    low: FloatArray
    high: FloatArray
    p: float


def envelope(curve: FloatArray, simulated: FloatArray) -> Envelope:
    """Return the pointwise 95 % envelope of `simulated` and the p value of `curve` over all distances together.

    The farthest deviation from the mean of all curves, `curve` among them, is compared with that of each replication
    (maximum absolute deviation test), so that looking at many distances does not make chance look like a finding.

    Parameters
    ----------
    curve
        Shape (distances,).
    simulated
        Shape (simulations, distances).

    Notes
    -----
    Ripley (1981), doi:10.1002/0471725218; Baddeley et al. (2014), doi:10.1890/13-2042.1.
    """
    ranked = np.sort(simulated, axis=0)
    beyond = max(1, int(0.025 * (len(simulated) + 1)))
    mean = np.vstack((simulated, curve)).mean(axis=0)
    strayed = np.abs(simulated - mean).max(axis=1)
    p = p_value(np.array([np.abs(curve - mean).max()]), strayed)
    return Envelope(ranked[beyond - 1], ranked[-beyond], float(p[0]))


@dataclass(frozen=True, slots=True)
class KFunction:
    """Over which distances incidents cluster, against chance in the study area; see `ripley.ripley_k`."""

    name: ClassVar[str] = "k_function"
    title: ClassVar[str] = _TITLE
    purpose: ClassVar[str] = "significant"
    summary: ClassVar[str] = "Tells over which distances incidents lie closer together than chance would place them."
    needs: ClassVar[frozenset[str]] = frozenset()

    max_distance_m: float = param(
        1000.0, label="Largest distance", unit="m", low=100, high=10000, step=100,
        help="Pairs up to this distance are counted, in twenty steps; best at most a quarter of the area's width.",
    )  # fmt: skip
    against: str = param(
        "even", label="Chance means", choices=("even", "density"),
        help="Incidents strewn evenly over the study area, or as densely as around them.",
    )  # fmt: skip
    smooth_m: float = param(
        1500.0, label="Smoothing", unit="m", low=100, high=20000, step=100,
        help="With density: how far the density around is smoothed; clustering over larger distances is not seen.",
    )  # fmt: skip
    simulations: int = param(
        199, label="Simulations", low=39, high=999, step=20,
        help="How often chance is tried.",
    )  # fmt: skip
    sample: int = param(
        5000, label="Most incidents", unit="incidents", low=100, high=50000, step=100,
        help="Of more incidents a random sample of this size is used, which leaves the K function as it is.",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)

    def answer(
        self,
        past: Incidents,
        grid: Grid,
        window: Period,  # noqa: ARG002
        context: Context,
        rng: np.random.Generator,
    ) -> Diagnostic:
        """Return L(r) - r with its envelope, and what it means in words; the window does not enter."""
        check_question(past, grid)
        inside = grid.cell_of(past.x, past.y) >= 0
        times = whole_incidents(past.weight[inside])
        x, y = np.repeat(past.x[inside], times), np.repeat(past.y[inside], times)
        total = len(x)
        if total < 2:
            return Diagnostic(_TITLE, ("There are fewer than two incidents to compare",), (), float(total))
        # In order of place, so that the same incidents in other rows give the same sample.
        ordered = np.lexsort((y, x))
        chosen = ordered if total <= self.sample else ordered[rng.choice(total, self.sample, replace=False)]
        distances = np.linspace(0.0, self.max_distance_m, _STEPS + 1, dtype=np.float64)[1:]
        k = ripley_k(x[chosen], y[chosen], grid, distances)
        chance = self._chance(grid.count(x, y), grid)
        by_chance = replicated_k(len(chosen), chance, grid, distances, self.simulations, rng, context.progress)
        strayed = envelope(l_of(k), l_of(by_chance))
        findings = (
            *_findings(distances, k, by_chance, strayed, self.against),
            *_remarks(x, y, total, len(chosen)),
        )
        return Diagnostic(_TITLE, findings, _tables(distances, k, by_chance, strayed), float(total))

    def _chance(self, counts: FloatArray, grid: Grid) -> FloatArray:
        if self.against == "even":
            return np.ones(grid.shape)
        from scipy.ndimage import gaussian_filter

        sigma = self.smooth_m / grid.cell_m
        ground = gaussian_filter(grid.inside.astype(np.float64), sigma, mode="constant")
        around = gaussian_filter(counts, sigma, mode="constant")
        return np.where(grid.inside, around / np.maximum(ground, 1e-9), 0.0)


def _tables(distances: FloatArray, k: FloatArray, by_chance: FloatArray, strayed: Envelope) -> tuple[Table, ...]:
    curve = {
        "Distance (m)": distances,
        "Beyond chance, L(r) \u2212 r (m)": l_of(k) - distances,
        "Low by chance (m)": strayed.low - distances,
        "High by chance (m)": strayed.high - distances,
    }
    mean = _mean(by_chance, distances)
    ratio = {
        "Within (m)": distances,
        "Times as many others as by chance": np.round(k / mean, 2),
        "Low by chance": np.round(np.pi * strayed.low**2 / mean, 2),
        "High by chance": np.round(np.pi * strayed.high**2 / mean, 2),
    }
    return Table("Clustering by distance", curve, "band"), Table("Others nearby", ratio)


def _mean(by_chance: FloatArray, distances: FloatArray) -> FloatArray:
    # A handful of points may have no pair that close in any simulation: then what an even spread makes of it.
    mean = by_chance.mean(axis=0)
    return np.where(mean > 0, mean, np.pi * distances**2)


def _findings(
    distances: FloatArray, k: FloatArray, by_chance: FloatArray, strayed: Envelope, against: str
) -> tuple[str, ...]:
    chance = "an even spread" if against == "even" else "the density around"
    curve, mean = l_of(k), _mean(by_chance, distances)
    if strayed.p > 0.05:
        reach = f"up to {distances[-1]:,.0f} m"
        return (
            f"Over no distance {reach} do incidents lie otherwise than {chance} would place them, p = {strayed.p:.3g}",
        )
    closer, apart = curve > strayed.high, curve < strayed.low
    said = []
    for marked, words in ((closer, "closer together"), (apart, "farther apart")):
        if marked.any():
            said.append(f"Incidents lie {words} than {chance} would place them {_spans(distances, marked)}")
    # The farthest deviation in metres of L is what the test looked at.
    at = int(np.argmax(np.abs(curve - l_of(by_chance).mean(axis=0))))
    low, high = (np.pi * bound[at] ** 2 / mean[at] for bound in (strayed.low, strayed.high))
    said.append(
        f"Within {distances[at]:,.0f} m of an incident there are {k[at] / mean[at]:.1f} times as many others as by "
        f"chance, where {low:.2f} to {high:.2f} is usual (p = {strayed.p:.3g} over all distances together)"
    )
    return tuple(said)


def _spans(distances: FloatArray, marked: BoolArray) -> str:
    """Return the distances marked, as spans in words."""
    edges = np.diff(np.concatenate(([0], marked.astype(np.int64), [0])))
    spans = zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1, strict=True)
    return " and ".join(
        f"within {distances[a]:,.0f} m" if a == b else f"within {distances[a]:,.0f} to {distances[b]:,.0f} m"
        for a, b in spans
    )


def _remarks(x: FloatArray, y: FloatArray, total: int, used: int) -> tuple[str, ...]:
    said = []
    weight = collapse(x, y).weight
    share = float(weight[weight > 1].sum()) / total
    if share > 0.01:
        said.append(
            f"{share:.0%} of the incidents share their exact place with another: clustering over short distances is in "
            "part how places were recorded"
        )
    if used < total:
        said.append(f"A random sample of {used:,} of the {total:,} incidents was used")
    return tuple(said)

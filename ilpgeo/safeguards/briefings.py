"""What a briefing may still say once small counts are withheld."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from ilpgeo.core.briefing import Briefing, Priority, Quality, Reason, Tier
from ilpgeo.core.errors import InvalidInput
from ilpgeo.safeguards.suppression import is_protected, withhold

OTHER = "other offences"
NOTHING_TO_SAY = Reason("quality", "too few incidents to give reasons")
_STATES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "volume": ("n",),
        "change": ("n", "previous"),
        "last_year": ("n", "last_year"),
        "harm": ("trained_n",),
        "significance": ("trained_n",),
    }
)  # the counts a sentence of each kind gives away
_TIERS = tuple(Tier)


def withhold_small(raw: Briefing, threshold: int) -> Briefing:
    """Return the briefing without small counts and without what would give them away (see docs/methods/release.md).

    Raises
    ------
    InvalidInput
        The areas' counts, the unplaced and the total do not add up.
    """
    _require_sums(raw)
    areas = raw.priorities
    parents = [each.parent for each in areas]
    columns: dict[str, list[int | None]] = {
        "n": [None if each.tier == Tier.NO_DATA and each.n == 0 else each.n for each in areas],
        "previous": [each.previous for each in areas],
        "last_year": [each.last_year for each in areas],
        "trained_n": [None if each.tier == Tier.NO_DATA and not each.trained_n else each.trained_n for each in areas],
    }
    withheld = {name: withhold(counts, threshold, parents) for name, counts in columns.items()}
    released = [
        _released(area, {name: counts[at] for name, counts in columns.items()},
                  frozenset(name for name, places in withheld.items() if at in places), threshold)
        for at, area in enumerate(areas)
    ]  # fmt: skip
    sums = {name: _is_sum_safe(counts, withheld[name], threshold) for name, counts in columns.items()}
    shown = sum(each.n or 0 for each in released)
    known = raw.total is not None and sums["n"]
    return replace(
        raw,
        priorities=_ordered(released),
        total=raw.total if known else None,
        suppressed_total=(raw.total or 0) - raw.unplaced - shown if known else None,
        previous_total=_safe_total(raw.previous_total, sums["previous"], threshold),
        last_year_total=_safe_total(raw.last_year_total, sums["last_year"], threshold),
        quality=raw.quality if known else _blurred(raw.quality),
    )


def _require_sums(raw: Briefing) -> None:
    counted = sum(each.n or 0 for each in raw.priorities) + raw.unplaced + (raw.suppressed_total or 0)
    if raw.total is None or counted != raw.total:
        raise InvalidInput(
            f"release: areas, unplaced and withheld make {counted} incidents, not the total of {raw.total}; nothing is"
            " shown until they agree (a fault of the program: report it)"
        )


def _is_sum_safe(counts: Sequence[int | None], withheld: frozenset[int], threshold: int) -> bool:
    # Only where every count is withheld can the sum be unsafe: otherwise another would have been withheld with it.
    shown = [n for at, n in enumerate(counts) if n is not None and at not in withheld]
    total = sum(counts[at] or 0 for at in withheld)
    return is_protected(len(withheld), total, min(shown, default=None), threshold)


def _safe_total(total: int | None, is_safe: bool, threshold: int) -> int | None:
    return total if total is not None and is_safe and (total >= threshold or threshold <= 1) else None


def _blurred(quality: Quality) -> Quality:
    # A share of a withheld total gives the total away.
    return replace(
        quality, unplaced_share=float(round(quality.unplaced_share)), coarse_share=float(round(quality.coarse_share))
    )


def _released(area: Priority, counts: Mapping[str, int | None], withheld: frozenset[str], threshold: int) -> Priority:
    if _says_no_count(area):
        return area
    trained = counts["trained_n"]
    told = {name: None if name in withheld else n for name, n in counts.items()}
    kept = tuple(
        reason
        for reason in area.reasons
        if reason.n is None
        or ((reason.n >= threshold or threshold <= 1) and not withheld.intersection(_STATES.get(reason.kind, ())))
    )
    plain = replace(
        area,
        n=told["n"],
        previous=told["previous"],
        last_year=told["last_year"],
        trained_n=told["trained_n"],
        reasons=kept or (NOTHING_TO_SAY,),
        components=_coarse_shares(area, threshold),
        trained_by_offence={},
        suppressed="n" in withheld,
    )
    if "trained_n" not in withheld or trained is None:
        return plain
    if trained < threshold:
        return replace(
            plain, rank_interval=None, score=None, expected=None, expected_interval=None, likely=None, components={}
        )
    return _coarsened(plain, trained, threshold)


def _says_no_count(area: Priority) -> bool:
    told = (area.n, area.previous, area.last_year, area.trained_n, area.expected, area.score)
    has_none = not (area.trained_by_offence or area.components) and all(each is None for each in told)
    return has_none and bool(area.reasons) and all(reason.n is None for reason in area.reasons)


def _coarsened(area: Priority, trained: int, threshold: int) -> Priority:
    # Expectations are linear in the count, so a step of `threshold` incidents is the finest that may be told. The step
    # itself would tell the count, so it is widened to a power of two.
    if not area.expected or area.expected_interval is None or area.score is None:
        return area
    step = 2.0 ** math.ceil(math.log2(area.expected / trained * threshold))
    expected = step * round(area.expected / step)
    low, high = area.expected_interval
    reach = 2 * step * math.ceil(max(expected - low, high - expected) / (2 * step))
    return replace(
        area,
        expected=expected,
        expected_interval=(max(0.0, expected - reach), expected + reach),
        likely=None,
        score=area.score * expected / area.expected,
        components={},
    )


def _coarse_shares(area: Priority, threshold: int) -> dict[str, float]:
    by_offence = area.trained_by_offence
    if not by_offence:
        return {}
    if threshold > 1 and max(by_offence.values()) < threshold:
        return {}
    if min(by_offence.values()) >= threshold:
        return {offence: round(share, 2) for offence, share in area.components.items() if share >= 0.005}
    offences = sorted(by_offence)
    small = withhold([by_offence[offence] for offence in offences], threshold)
    if len(small) == len(offences):
        return {}
    merged = {offences[at] for at in small}
    shares = {offence: round(share, 2) for offence, share in area.components.items() if offence not in merged}
    other = round(sum(area.components.get(offence, 0.0) for offence in merged), 2)
    return {name: share for name, share in {**shares, OTHER: other}.items() if share > 0}


def _ordered(areas: Sequence[Priority]) -> tuple[Priority, ...]:
    # The place in the order tells a count too, so areas resting on a small one follow the others by tier and name.
    ranked = sorted((each for each in areas if each.score is not None), key=lambda each: each.rank or 0)
    small = sorted(
        (each for each in areas if each.score is None and each.rank is not None),
        key=lambda each: (_TIERS.index(each.tier), each.name),
    )
    plain = sorted((each for each in ranked if each.plain_rank is not None), key=lambda each: each.plain_rank or 0)
    plain_place = {each.id: at for at, each in enumerate(plain, start=1)}
    ranked = [_placed(each, plain_place.get(each.id)) for each in ranked]
    small = [_placed(each, None) for each in small]
    first, last = len(ranked) + 1, len(ranked) + len(small)
    answer = [
        each if each.rank == at else replace(each, rank=at, rank_interval=_around(at, each.rank_interval))
        for at, each in enumerate(ranked, start=1)
    ]
    answer += [replace(each, rank=at, rank_interval=(first, last)) for at, each in enumerate(small, start=first)]
    return (*answer, *(each for each in areas if each.rank is None))


def _placed(area: Priority, plain_rank: int | None) -> Priority:
    return area if area.plain_rank == plain_rank else replace(area, plain_rank=plain_rank)


def _around(rank: int, interval: tuple[int, int] | None) -> tuple[int, int] | None:
    return interval and (min(rank, interval[0]), max(rank, interval[1]))

"""The page of results: what was won and lost in short, then every number, city by city."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.measuring import HERE
from ilpgeo.backtest.baselines import SameWindowLastYear

PAGE = HERE.parent / "docs" / "accuracy.md"
SHORT_DAYS = 120
LAST_YEAR = SameWindowLastYear.title
HEAD = """# How good the forecast is

Written by `make accuracy`, which asks what has no answer yet. Every number can be made again: `.venv/bin/python -m
benchmarks.accuracy --fresh` asks all of it anew, with `--only Toronto` (or `robbery`, or `1d`) a part. The bundled
Toronto sample is always tested, the other cities where their data are at hand: in `../shared/data`, or in `data` of the
folder that `ILPGEO_SHARED` names; without them their answers stay as they are.

All models learn from the same days, strictly before each window; *Same days last year* alone is shown its own, also
where they lie before those, and is left out where the data do not hold them. All are scored on the same incidents: the
*hit rate* is the share of the incidents to come that lay in the flagged cells, pooled over all windows. Equal cells are
taken pessimistically, those with fewer incidents first, for every model alike; as this costs the prior count most, it
stands here a second time with *ties by chance*. Differences are paired, window by window; their 95 % intervals come
from a block bootstrap over windows. *Surely* means that the interval does not hold zero.

The surfaces of the forecast were chosen on some of these cities (see the decision record on the forecast). *Unseen* are
the cities and offences on which nothing was chosen: they tell how it does in a town of yours. Trials beyond this table
(more short pasts, kernels of other widths), with the few sure losses they found, are in that record too.
"""


def page(results: Sequence[dict[str, Any]], flags: Sequence[str], unasked: Sequence[str] = ()) -> str:
    """Return the page in Markdown; `unasked` are questions of the table that have no answer yet."""
    unseen = [result for result in results if result.get("unseen")]
    parts = [HEAD, _summary(results, flags), _by_model(results, flags, "Forecast beside each model")]
    if unseen:
        parts.append(_by_model(unseen, flags, "Forecast beside each model, unseen cities and offences alone"))
    if short := _short(results):
        parts.append(_by_model(short, flags, f"Forecast beside each model, {SHORT_DAYS} days of past or fewer"))
    parts.append(_by_city_and_horizon(results, flags))
    for city in dict.fromkeys(result["city"] for result in results):
        parts.append(f"## {city}\n")
        parts += [_question(result, flags) for result in results if result["city"] == city]
    if unasked:
        parts.append("## Not answered yet\n\n" + "\n".join(f"- {key}" for key in unasked))
    return "\n".join(parts).rstrip() + "\n"


def _pairs(results: Sequence[dict[str, Any]], name: str, n_flags: int) -> list[list[float | None]]:
    """Return what the blend has over a model, in every question and at every flagged area."""
    return [
        model["blend_over"][flag]
        for result in results
        for model in result["models"]
        if model["name"] == name
        for flag in range(n_flags)
        if model["blend_over"][flag][0] is not None
    ]


def _tally(pairs: Sequence[Sequence[float | None]]) -> str:
    n = len(pairs)
    more = sum((each[0] or 0) > 0 for each in pairs)
    surely = sum(each[1] is not None and each[1] > 0 for each in pairs)
    less = sum((each[0] or 0) < 0 for each in pairs)
    surely_less = sum(each[2] is not None and each[2] < 0 for each in pairs)
    mean = 100 * sum(each[0] or 0 for each in pairs) / max(n, 1)
    share = f"{more / n:.0%}" if n else "-"
    return f"{n} | {share} | {more} | {surely} | {less} | {surely_less} | {mean:+.2f}"


def _summary(results: Sequence[dict[str, Any]], flags: Sequence[str]) -> str:
    pairs = _pairs(results, "prior_count", len(flags))
    unseen = [result for result in results if result.get("unseen")]
    more = sum((each[0] or 0) > 0 for each in pairs)
    lost = [
        f"- {_name(result)}, {flags[flag]}: {_points(model['blend_over'][flag])} beside {model['title']}"
        for result in results
        for model in result["models"]
        for flag in range(len(flags))
        if model["blend_over"][flag][2] is not None and model["blend_over"][flag][2] < 0
    ]
    said = "\n".join(lost) if lost else "None: no interval lies entirely below zero."
    return (
        f"## In short\n\nThe forecast caught more than the prior count in {more} of {len(pairs)} combinations of "
        f"offence, horizon and flagged area ({more / max(len(pairs), 1):.0%}), on {len(results)} questions from "
        f"{len({result['city'].partition(',')[0] for result in results})} cities and police forces."
        f"{_won(unseen, flags, 'of cities and offences that no choice was made on')}"
        f"{_won(_short(results), flags, f'with {SHORT_DAYS} days of past or fewer')}\n\n"
        f"### Where it surely lost\n\n{_chance(results, flags)}\n\n{said}\n"
    )


def _short(results: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [result for result in results if result["learn_days"] <= SHORT_DAYS]


def _won(results: Sequence[dict[str, Any]], flags: Sequence[str], which: str) -> str:
    """Say in how many combinations of some of the questions the forecast caught more than the prior count."""
    pairs = _pairs(results, "prior_count", len(flags))
    if not pairs:
        return ""
    more = sum((each[0] or 0) > 0 for each in pairs)
    return f" On the {len(results)} questions {which}: in {more} of {len(pairs)} ({more / len(pairs):.0%})."


def _chance(results: Sequence[dict[str, Any]], flags: Sequence[str]) -> str:
    """Say how many comparisons there are, and how often one would surely lose by chance alone."""
    pairs = [
        each
        for result in results
        for name in {model["name"] for model in result["models"]} - {"blend"}
        for each in _pairs([result], name, len(flags))
    ]
    lost = sum(each[2] is not None and each[2] < 0 for each in pairs)
    return (
        f"{lost} of {len(pairs):,} comparisons with another model. Of two models that are equally good, one surely "
        "loses by chance in 2.5 % of them; where the windows hold a few dozen incidents, more often."
    )


def _by_model(results: Sequence[dict[str, Any]], flags: Sequence[str], title: str) -> str:
    titles: dict[str, list[str]] = {}
    for model in (model for result in results for model in result["models"]):
        titles.setdefault(model["name"], []).append(model["title"])
    lines = [
        f"### {title}\n",
        "| beside | combinations | won | more | surely more | less | surely less | mean difference (points) |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {' / '.join(dict.fromkeys(all_titles))} | {_tally(_pairs(results, name, len(flags)))} |"
        for name, all_titles in titles.items()
        if name != "blend"
    ]
    return "\n".join(lines) + "\n" + _left_out(results)


def _left_out(results: Sequence[dict[str, Any]]) -> str:
    """Say of how many of the questions the same days last year are left out."""
    n = sum(not _has_last_year(result) for result in results)
    if not n:
        return ""
    return (
        f"\n*{LAST_YEAR}* is left out of {n} of these {len(results)} questions, whose data lack some or all of those "
        "days.\n"
    )


def _has_last_year(result: dict[str, Any]) -> bool:
    return any(model["name"] == SameWindowLastYear.name for model in result["models"])


def _by_city_and_horizon(results: Sequence[dict[str, Any]], flags: Sequence[str]) -> str:
    lines = [
        "### Forecast beside the prior count, by city and by horizon\n",
        "| | combinations | won | more | surely more | less | surely less | mean difference (points) |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for field in ("city", "horizon"):
        for value in dict.fromkeys(result[field] for result in results):
            some = [result for result in results if result[field] == value]
            lines.append(f"| {value} | {_tally(_pairs(some, 'prior_count', len(flags)))} |")
    return "\n".join(lines) + "\n"


def _name(result: dict[str, Any]) -> str:
    unseen = " (unseen)" if result.get("unseen") else ""
    return (
        f"{result['city']}, {result['offence']}, {result['horizon']}, learning from {result['learn_days']} days, "
        f"cells of {result['cell_m']:g} m{unseen}"
    )


def _question(result: dict[str, Any], flags: Sequence[str]) -> str:
    heads = "".join(f" hit rate {flag} | over prior count {flag} |" for flag in flags)
    lines = [
        f"### {result['offence']}, {result['horizon']}, {result['learn_days']} days, {result['cell_m']:g} m"
        f"{', unseen' if result.get('unseen') else ''}\n",
        f"{result['windows']} windows, {result['first']} to {result['last']}; {result['incidents']:,.0f} incidents, "
        f"{result['learnt']:,.0f} learnt from on average, {result['cells']:,} cells.\n",
        f"| model |{heads} expected per incident that came | log score gained |",
        "|---|" + "---|" * (2 * len(flags) + 2),
    ]
    for model in result["models"]:
        cells = "".join(
            f" {_percent(model['hit_rate'][flag])} | {_points(model['over_prior'][flag])} |"
            for flag in range(len(flags))
        )
        name = f"**{model['title']}**" if model["name"] == "blend" else model["title"]
        lines.append(
            f"| {name} |{cells} {model['expected_per_incident']:g} | {_number(model['log_score_gained'][0])} |"
        )
    if not _has_last_year(result):
        lines.append(f"\n*{LAST_YEAR}* is left out: the data lack some or all of those days.")
    return "\n".join(lines) + "\n"


def _percent(triple: Sequence[float | None]) -> str:
    return "-" if triple[0] is None else f"{100 * triple[0]:.1f} %"


def _points(triple: Sequence[float | None]) -> str:
    value, low, high = triple
    if value is None:
        return "-"
    if low is None or high is None:
        return f"{100 * value:+.1f}"
    return f"{100 * value:+.1f} ({100 * low:+.1f} to {100 * high:+.1f})"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:+.2f}"

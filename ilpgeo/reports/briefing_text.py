"""The words and figures that every document of a product shows, taken from what was released, made plain once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ilpgeo.core import wording as words
from ilpgeo.core.briefing import Briefing, HotspotSet, Priority, Tier
from ilpgeo.core.publications import ModelCard
from ilpgeo.maps.certainty import is_uncertain, tier_cuts
from ilpgeo.maps.released import value_of
from ilpgeo.pipeline.products import Product
from ilpgeo.reports import card_words, sentences
from ilpgeo.reports.command import command
from ilpgeo.reports.text import plain

_TURNS = frozenset("\u25b2\u25bc")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its name and what stands beside it."""

    name: str
    value: str
    beside: str


def is_yearly(briefing: Briefing) -> bool:
    """Return whether the period is compared with the year before, as the period before is not covered."""
    return briefing.previous_total is None and briefing.last_year_total is not None


def change_of(priority: Priority, briefing: Briefing) -> words.Change:
    """Return an area's change against the period compared with."""
    yearly = is_yearly(briefing)
    before = priority.last_year if yearly else priority.previous
    return words.change(priority.n, before, sentences.against(briefing.query.period, is_year=yearly))


def title(product: Product) -> str:
    """Return what the document is called."""
    briefing = value_of(product.briefing, Briefing)
    if product.subject:
        return plain(product.subject_name)
    return plain(f"{words.opening(words.many(briefing.ranked_type))} of {product.settings.name}")


def subtitle(product: Product) -> str:
    """Return for whom and of which sources, where they must be told, then where, when and of what."""
    briefing = value_of(product.briefing, Briefing)
    place = ""
    if product.subject:
        at = product.areas.at(product.subject)
        kind = words.opening(product.areas.types[int(product.areas.type[at])])
        around = [product.areas.name[each] for each in product.areas.line(at)[1:]]
        place = f"{kind} in {', '.join(around)}" if around else kind
    offences = words.listed(list(briefing.query.offences)) if briefing.query.offences else "all offences"
    parts = [
        *sentences.marks_of_sources(briefing),
        place,
        f"Incidents of {words.span(briefing.query.period)}",
        offences,
    ]
    return plain(words.opening(" \u00b7 ".join(filter(None, parts))))


def lead(product: Product) -> str:
    """Return the sentence on top: of a level where to look, of an area how it stands."""
    briefing = value_of(product.briefing, Briefing)
    own = product.priority
    if own is None:
        return plain(sentences.lead(briefing))
    if own.rank is None:
        return plain(f"{own.name}: no data for this period, not ranked, and that does not mean it is safe")
    peers = value_of(product.standing, Briefing) if product.standing else briefing
    n = sum(each.rank is not None for each in peers.priorities)
    among = words.many(peers.ranked_type)
    return plain(f"{own.name} is {own.tier} for {words.span(peers.window)}: rank {own.rank} of {n} {among}")


def figures(product: Product) -> tuple[Figure, ...]:
    """Return the four figures on top."""
    briefing = value_of(product.briefing, Briefing)
    period, window = words.span(briefing.query.period), words.span(briefing.window)
    light = Figure("Data quality", briefing.quality.light.capitalize(), f"data to {words.day(last_day(briefing))}")
    own = product.priority
    if own is None:
        yearly = is_yearly(briefing)
        before = briefing.last_year_total if yearly else briefing.previous_total
        change = words.change(briefing.total, before, sentences.against(briefing.query.period, is_year=yearly))
        ranked = [each for each in briefing.priorities if each.rank is not None]
        strong = sum(each.tier in {Tier.CRITICAL, Tier.HIGH} for each in ranked)
        blank = len(briefing.priorities) - len(ranked)
        gaps = f"{words.number(blank)} without data" if blank else "all with data"
        return (
            Figure(f"Incidents, {period}", words.known(briefing.total), f"{change.arrow} {change.text}".strip()),
            Figure("Critical or high", words.number(strong), f"of {words.plural(len(ranked), 'ranked area')}"),
            Figure(f"{words.opening(words.many(briefing.ranked_type))}", words.number(len(briefing.priorities)), gaps),
            light,
        )
    peers = value_of(product.standing, Briefing) if product.standing else briefing
    change = change_of(own, peers)
    rank = "\u2013" if own.rank is None else str(own.rank)
    counted = "\u2013" if own.tier is Tier.NO_DATA else words.known(own.n)
    between = "not ranked" if own.rank_interval is None else f"90 % sure: {words.interval(own.rank_interval)}"
    return (
        Figure(f"Rank, {window}", rank, between),
        Figure(f"Expected, {window}", expected(own), expected_between(own)),
        Figure(f"Incidents, {period}", counted, f"{change.arrow} {change.text}".strip()),
        light,
    )


def expected(priority: Priority) -> str:
    """Return what is expected, a dash where that is withheld or not known."""
    return "\u2013" if priority.expected is None else words.number(priority.expected)


def expected_between(priority: Priority) -> str:
    """Return the interval of the expectation in words."""
    if priority.tier is Tier.NO_DATA:
        return "no data"
    if priority.expected_interval is None:
        return "withheld: too few incidents"
    return f"90 % interval {words.interval(priority.expected_interval)}"


def sure(priority: Priority, briefing: Briefing) -> str:
    """Return an area's tier and rank with how sure they are."""
    tier = words.opening(priority.tier.value)
    n_ranked = sum(each.rank is not None for each in briefing.priorities)
    unsure = ", could be another" if is_uncertain(priority, tier_cuts(n_ranked)) else ""
    around = f" \u00b7 rank {words.interval(priority.rank_interval)}" if priority.rank_interval else ""
    parent = f" \u00b7 {priority.parent}" if priority.parent else ""
    return plain(f"{tier}{unsure}{around}{parent}")


def outlook(priority: Priority, briefing: Briefing) -> str:
    """Return what is expected with its interval, and what was counted beside the period before."""
    between = f" ({words.interval(priority.expected_interval)})" if priority.expected_interval else ""
    change = change_of(priority, briefing)
    counted = "count withheld" if priority.n is None else f"{words.number(priority.n)} counted"
    beside = f", {short_change(change)}" if change.arrow else ""
    return f"{expected(priority)} expected{between} \u00b7 {counted}{beside}"


def short_change(change: words.Change) -> str:
    """Return a change in a mark and its size, for a column whose head says against what."""
    if change.arrow not in _TURNS:
        return "same" if change.arrow else "\u2013"
    return f"{change.arrow} {change.text.partition(' more than')[0].partition(' fewer than')[0]}"


def busiest(priority: Priority) -> str:
    """Return when in the week an area's incidents concentrate; empty where they do not."""
    found = next((each.text for each in priority.reasons if each.kind == "time"), "")
    return plain(found.removeprefix("busiest ").partition(",")[0])


def stamped(product: Product) -> tuple[tuple[str, str], ...]:
    """Return how the product is to be handled, when it was made, until when it is good, and what it rests on."""
    stamp, briefing = product.marking, value_of(product.briefing, Briefing)
    return (
        ("Handling mark", plain(stamp.shown)),
        ("Made", words.day(stamp.made_on)),
        ("Expires; not to be used after", words.day(stamp.expires_on)),
        ("Data to", words.day(last_day(briefing))),
        ("Data version", briefing.version),
        *((("Made for", briefing.query.made_for),) if briefing.query.made_for else ()),
        *((("Weights by grading", briefing.query.weights.text.replace(",", ", ")),) if briefing.query.weights else ()),
    )


def last_day(briefing: Briefing) -> date:
    """Return the last complete day of data."""
    return briefing.now - timedelta(days=1)


def hotspot_lines(product: Product) -> tuple[tuple[str, str], ...]:
    """Return (name, figures) of each hotspot expected in the subject, by rank."""
    if product.hotspots is None:
        return ()
    found, small = value_of(product.hotspots, HotspotSet), product.settings.small_count
    lines = []
    for spot in found.hotspots:
        n = f"under {small}" if spot.n_period is None else words.number(spot.n_period)
        said = f"{words.number(spot.expected or 0.0)} expected; {n} in {words.span(found.query.period)}; {spot.peak}"
        lines.append((plain(spot.name), plain(said)))
    return tuple(lines)


def hotspot_note(product: Product) -> str:
    """Return what the hotspots rest on, or why there are none."""
    if product.hotspots is None:
        return plain(words.opening(product.no_hotspots))
    found = value_of(product.hotspots, HotspotSet)
    withheld = f" {words.plural(found.withheld, 'hotspot')} withheld (small counts)." if found.withheld else ""
    none = "" if found.hotspots else "No hotspot stands out inside this area. "
    window = found.window or found.query.period
    weighted = ", places and order weighted by grading" if found.query.weights else ""
    return plain(
        f"{none}For {words.span(window)}, learned from {words.span(found.trained_on)}; the highest on the tenth of the "
        f"area where most is expected{weighted}.{withheld}"
    )


@dataclass(frozen=True, slots=True)
class CardText:
    """The card of the model behind the hotspots, ready to set."""

    heading: str
    alarms: tuple[str, ...]
    caption: str
    rates: tuple[tuple[str, str, str], ...]
    lines: tuple[str, ...]


def card(product: Product) -> CardText:
    """Return what the model's card says."""
    of = value_of(product.card, ModelCard)
    asked = value_of(product.briefing, Briefing).query.offences
    offence = asked[0] if len(asked) == 1 else ""
    said = card_words.evidence(of, offence, product.settings.name, product.card.notes)
    lines = [of.summary, *card_words.warnings(of), *said]
    if of.publication is not None:
        lines.append(card_words.expiry(of.publication))
        lines.append(f"{card_words.signed(of.publication)}{of.publication.data_version}.")
    return CardText(
        plain(card_words.heading(of)),
        tuple(plain(each) for each in card_words.alarms(of)),
        "" if of.verdict is None else card_words.caption(of.verdict),
        () if of.verdict is None else card_words.rates(of.verdict, plain(of.title)),
        tuple(plain(each) for each in lines),
    )


def about(product: Product) -> tuple[tuple[str, str], ...]:
    """Return all that stands behind the figures, name and words: for files without pages."""
    briefing, settings = value_of(product.briefing, Briefing), product.settings
    told = card(product)
    lines = [
        ("Briefing", f"{title(product)}. {subtitle(product)}"),
        ("In one sentence", lead(product)),
        *stamped(product),
        ("Counted", str(briefing.query.period)),
        ("Expected for", str(briefing.window)),
        ("Learned from", str(briefing.trained_on)),
        *sentences.account(briefing, settings.small_count),
        ("Without data", sentences.gaps(briefing)),
        ("Quality of the data", briefing.quality.light),
        *sentences.quality(briefing.quality),
        *(("Known of the data", each) for each in remarks(product)),
        ("How it is ranked", sentences.method(briefing, settings.harm_source)),
        ("How tiers are set", briefing.tier_rule),
        ("The model behind the hotspots", told.heading),
        *(("Of the model", each) for each in (*told.alarms, *told.lines)),
        *((f"{told.caption}: {name}", f"{rate} (95 % interval {between})") for name, rate, between in told.rates),
        ("Where it comes from", sentences.origin(settings.attribution, product.areas.derived)),
        ("To make it again", again(product)),
    ]
    return tuple((plain(name), plain(value)) for name, value in lines)


def remarks(product: Product) -> tuple[str, ...]:
    """Return what is wrong or thin about the data, and what was withheld; the longer of two that begin alike."""
    briefing = value_of(product.briefing, Briefing)
    told = list(dict.fromkeys(plain(each) for each in (*briefing.quality.remarks, *product.notes)))
    return tuple(each for each in told if not any(other.startswith(f"{each}, ") for other in told))


def again(product: Product) -> str:
    """Return the command that makes the same product again."""
    briefing = value_of(product.briefing, Briefing)
    query = briefing.query
    areas = (product.subject,) if product.subject else query.areas
    days = [f"--as-of {product.as_of}"] if product.as_of is not None else []
    return plain(command("report", query, areas, days, briefing.version, product.marking))

"""The briefing as one web page with the live map: opens from a disk, asks no server for anything."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from ilpgeo.core import wording as words
from ilpgeo.core.briefing import AreaPicture, Briefing, Priority
from ilpgeo.maps.palette import mark_svg
from ilpgeo.maps.released import value_of
from ilpgeo.pipeline.products import Product
from ilpgeo.reports import briefing_text, charts, sentences
from ilpgeo.reports.pens import svg
from ilpgeo.reports.text import plain

STYLE = Path(__file__).with_name("webpage.css")
N_LISTED, N_ROWS = 7, 15
CHART_MM = (76.0, 34.0)  # small, so that the letters are large enough in a third of the page
# The frame of the map takes this over; nothing may be asked of any server.
_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"


def briefing_page(product: Product) -> str:
    """Return the briefing as one HTML document; the same product gives the same text.

    Notes
    -----
    Cost: about 0.3 s after folium is loaded (another second). The map is a document of its own in a frame, so that its
    scripts and styles and the page's do not meet.
    """
    briefing = value_of(product.briefing, Briefing)
    title = briefing_text.title(product)
    mark = f'<p class="mark">{escape(plain(product.marking.shown))}</p>'
    body = [
        mark,
        _masthead(product),
        _figures(product),
        _top(product, briefing),
        _pictures(product, briefing),
        _ranking(product, briefing),
        _grounds(product, briefing),
        mark,
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Briefing: {escape(title)}</title><style>{STYLE.read_text('utf-8')}</style></head>"
        f"<body><main>{''.join(body)}</main></body></html>\n"
    )


def _map(product: Product) -> str:
    from ilpgeo.maps.areas_map import base_map, priority_layer
    from ilpgeo.maps.layers import hotspot_layer
    from ilpgeo.maps.shapes import area_shapes
    from ilpgeo.maps.standalone import standalone_html

    shapes = area_shapes(product.areas)
    base = base_map(shapes, attribution=product.settings.attribution)
    ranked = {each.id for each in value_of(product.briefing, Briefing).priorities}
    subject = product.subject if product.subject in ranked else None
    layers = [priority_layer(product.briefing, shapes, subject, is_open=subject is not None)]
    if product.hotspots is not None:
        layers.append(hotspot_layer(product.hotspots, has_legend=False))
    return standalone_html(base, layers, f"Map of {briefing_text.title(product)}")


def _masthead(product: Product) -> str:
    stamp = product.marking
    alarm = sentences.warning(value_of(product.briefing, Briefing).quality)
    warning = f'<p class="alarm" role="alert">{escape(alarm)}</p>' if alarm else ""
    return (
        f'<header><p class="over"><span>Priorities briefing</span><span>Made {words.day(stamp.made_on)} \u00b7 '
        f"expires {words.day(stamp.expires_on)}</span></p><h1>{escape(briefing_text.title(product))}</h1>"
        f'<p class="under">{escape(briefing_text.subtitle(product))}</p></header>'
        f'<p class="lead">{escape(briefing_text.lead(product))}</p>{warning}'
    )


def _figures(product: Product) -> str:
    return '<dl class="figures">' + "".join(
        f"<div><dt>{escape(each.name)}</dt><dd>{escape(each.value)}</dd>"
        f"<dd class='fine'>{escape(each.beside)}</dd></div>"
        for each in briefing_text.figures(product)
    ) + "</dl>"  # fmt: skip


def _top(product: Product, briefing: Briefing) -> str:
    frame = f'<iframe class="map" title="Live map" sandbox="allow-scripts" srcdoc="{escape(_map(product))}"></iframe>'
    own = product.priority
    if own is None:
        cards = "".join(_card(each, briefing) for each in briefing.priorities[:N_LISTED] if each.rank is not None)
        return f'<div class="top">{frame}<section><h2>Where to look first</h2>{cards}</section></div>'
    reasons = "".join(f"<li>{escape(plain(words.opening(each.text)))}</li>" for each in own.reasons)
    spots = "".join(
        f"<li><b>{escape(name)}</b> <span class='fine'>{escape(said)}</span></li>"
        for name, said in briefing_text.hotspot_lines(product)
    )
    return (
        f'<div class="top">{frame}<section><h2>Why it stands there</h2><ul>{reasons}</ul>'
        f"<h2>Hotspots expected inside</h2><ol>{spots}</ol>"
        f'<p class="fine">{escape(briefing_text.hotspot_note(product))}</p></section></div>'
    )


def _card(each: Priority, briefing: Briefing) -> str:
    why = f"<br>{escape(plain(words.opening(each.reasons[0].text)))}" if each.reasons else ""
    return (
        f'<div class="card"><b>{each.rank}</b>{mark_svg(each.tier, size_px=20)}'
        f"<div><b>{escape(plain(each.name))}</b><br>"
        f"{escape(briefing_text.outlook(each, briefing))}<br>"
        f'<span class="fine">{escape(briefing_text.sure(each, briefing))}{why}</span></div></div>'
    )


def _ranking(product: Product, briefing: Briefing) -> str:
    ranked = [each for each in briefing.priorities if each.rank is not None]
    first = [each for at, each in enumerate(ranked) if at < N_ROWS or each.id == product.subject]
    left = len(ranked) - len(first)
    every = f"<details><summary>Show all {len(ranked)}</summary>{_table(ranked, product, briefing)}</details>"
    return (
        f"<section><h2>{escape(words.opening(words.many(briefing.ranked_type)))}, highest first: expected "
        f"{words.span(briefing.window)}</h2>{_table(first, product, briefing)}{every if left else ''}"
        f'<p class="fine">{escape(plain(sentences.gaps(briefing)))}</p></section>'
    )


def _table(shown: Sequence[Priority], product: Product, briefing: Briefing) -> str:
    rows = "".join(_row(each, briefing, is_own=each.id == product.subject) for each in shown)
    against = "vs last year" if briefing_text.is_yearly(briefing) else "vs before"
    return (
        '<div class="wide"><table><thead><tr><th>Rank</th><th>90 %</th><th>Area</th>'
        f"<th class='n'>Incidents</th><th class='n'>{against}</th><th class='n'>Expected (90 %)</th><th>Why</th></tr>"
        f"</thead><tbody>{rows}</tbody></table></div>"
    )


def _row(each: Priority, briefing: Briefing, *, is_own: bool) -> str:
    rank = "" if each.rank_interval is None else words.interval(each.rank_interval)
    between = f" <span class='fine'>({words.interval(each.expected_interval)})</span>" if each.expected_interval else ""
    change = briefing_text.short_change(briefing_text.change_of(each, briefing))
    why = each.reasons[0].text if each.reasons else ""
    parent = f" <span class='fine'>{escape(plain(each.parent))}</span>" if each.parent else ""
    return (
        f'<tr{" class=own" if is_own else ""}><td><b>{each.rank}</b></td><td class="fine range">{rank}</td>'
        f"<td>{mark_svg(each.tier)} {escape(plain(each.name))}{parent}</td>"
        f"<td class='n'>{'withheld' if each.n is None else words.number(each.n)}</td><td class='n'>{change}</td>"
        f"<td class='n'>{briefing_text.expected(each)}{between}</td>"
        f'<td class="fine">{escape(plain(words.opening(why)))}</td></tr>'
    )


def _pictures(product: Product, briefing: Briefing) -> str:
    if product.picture is None:
        return ""
    of = value_of(product.picture, AreaPicture)
    panels = (
        (f"Trend, {plain(of.name)}", charts.trend(of.trend, *CHART_MM), sentences.trend(of.trend)),
        ("Time of week", charts.week(of.week, of.week_note, *CHART_MM), sentences.week(of.week, of.week_note)),
        (f"Offences, {words.span(briefing.query.period)}", charts.mix(of.mix, *CHART_MM), ""),
    )
    return '<div class="three">' + "".join(
        f"<figure><h2>{escape(title)}</h2>{svg(drawing, 'chart')}"
        f"<figcaption>{escape(plain(said))}</figcaption></figure>"
        for title, drawing, said in panels
    ) + "</div>"  # fmt: skip


def _grounds(product: Product, briefing: Briefing) -> str:
    settings, card = product.settings, briefing_text.card(product)
    alarms = "".join(f'<p class="alarm">{escape(each)}</p>' for each in card.alarms)
    rates = "".join(
        f"<tr><th scope='row'>{escape(name)}</th><td class='n'>{rate}</td><td class='n'>{between}</td></tr>"
        for name, rate, between in card.rates
    )
    table = (
        f"<table><caption>{escape(card.caption)}</caption><thead><tr><th></th><th class='n'>Hit rate</th>"
        f"<th class='n'>95 % interval</th></tr></thead><tbody>{rates}</tbody></table>"
        if rates
        else ""
    )
    remarks = "".join(f"<li>{escape(words.opening(each))}</li>" for each in briefing_text.remarks(product))
    method = plain(sentences.method(briefing, settings.harm_source))
    origin = plain(sentences.origin(settings.attribution, product.areas.derived))
    return (
        '<div class="two"><section><h2>The model behind the hotspots</h2>'
        f"<p><b>{escape(card.heading)}</b></p>{alarms}{table}{''.join(f'<p>{escape(each)}</p>' for each in card.lines)}"
        f"<h2>How good the data are: {briefing.quality.light}</h2>{_lines(sentences.quality(briefing.quality))}"
        f"<ul>{remarks}</ul><h2>What is counted</h2>{_lines(sentences.account(briefing, settings.small_count))}"
        f"</section><section><h2>How it is ranked</h2><p>{escape(method)}</p>"
        f"<p>{escape(plain(briefing.tier_rule))}</p><h2>Where it comes from</h2><p>{escape(origin)}</p>"
        f"<h2>Handling</h2>{_lines(briefing_text.stamped(product))}"
        f'<h2>To make the same briefing again</h2><p class="fine">{escape(briefing_text.again(product))}</p>'
        "</section></div>"
    )


def _lines(lines: Sequence[tuple[str, str]]) -> str:
    rows = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in lines)
    return f'<dl class="lines">{rows}</dl>'

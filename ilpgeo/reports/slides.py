"""The briefing as slides: native shapes, tables and words, so that whoever presents them can edit them."""

from __future__ import annotations

from ilpgeo.core import wording as words
from ilpgeo.core.briefing import AreaPicture, Briefing, Priority
from ilpgeo.maps.released import value_of
from ilpgeo.pipeline.products import Product
from ilpgeo.reports import briefing_text, charts, sentences
from ilpgeo.reports.area_map import area_map, locator
from ilpgeo.reports.deck import BOTTOM_MM, INNER_MM, MARGIN_MM, WIDTH_MM, Deck
from ilpgeo.reports.drawing import ALARM, MUTED, Drawing, mark
from ilpgeo.reports.keys import is_about_one, map_key
from ilpgeo.reports.slide_shapes import BESIDE_MM, SMALL_PT, Slide, Words
from ilpgeo.reports.slide_text import at_most
from ilpgeo.reports.text import plain

N_LISTED, N_ROWS = 7, 12


def briefing_slides(product: Product) -> bytes:
    """Return the briefing as a PowerPoint file; the same product gives the same bytes.

    Notes
    -----
    Cost: about 0.7 s for 140 areas.
    """
    briefing = value_of(product.briefing, Briefing)
    title = briefing_text.title(product)
    deck = Deck(f"Briefing: {title}", product.settings.name, title, product.marking, briefing.version)
    _first(deck.slide(briefing_text.lead(product)), product, briefing)
    if not is_about_one(product):
        _ranking(deck.slide(_ranked_head(product, briefing)), briefing)
    if product.picture is not None:
        of = value_of(product.picture, AreaPicture)
        _pictures(deck.slide(f"{of.name}: trend, time of week, offences"), of, briefing)
    if product.leading:
        _leading(deck.slide("The leading areas, and why"), product, briefing)
    _grounds(deck.slide("How sure it is, and what it rests on"), product, briefing)
    return deck.content()


def _first(slide: Slide, product: Product, briefing: Briefing) -> None:
    about = f"{briefing_text.title(product)} \u00b7 {briefing_text.subtitle(product)}"
    slide.put(MARGIN_MM, 31.0, INNER_MM, 7.0, [Words(words.cut(about, 150), 12, MUTED)])
    wide, top = 178.0, 40.0
    key = map_key(product, wide)
    high = BOTTOM_MM - top - key.height_mm - 11.5
    slide.draw(area_map(product, wide, high), MARGIN_MM, top)
    if is_about_one(product):
        slide.draw(locator(product, 36, 27), MARGIN_MM + 2, top + 2)
    slide.draw(key, MARGIN_MM, top + high + 1.5)
    source = words.cut(plain(f"{sentences.origin(product.settings.attribution, ())} Land: Natural Earth."), 230)
    slide.put(MARGIN_MM, top + high + key.height_mm + 2.5, wide, 8.0, [Words(source, 8, MUTED)])
    x = MARGIN_MM + wide + 8.0
    room = WIDTH_MM - MARGIN_MM - x
    own = product.priority
    if own is not None:
        _subject(slide, product, own, x, top, room)
    else:
        ranked = [each for each in briefing.priorities if each.rank is not None][:N_LISTED]
        for at, each in enumerate(ranked):
            _card(slide, each, briefing, x, top + at * 18.6, room)


def _card(slide: Slide, each: Priority, briefing: Briefing, x: float, y: float, room: float) -> None:
    slide.put(x, y - 1.0, 11.0, 9.0, [Words(str(each.rank), 20, is_bold=True, anchor="end")])
    slide.draw(Drawing(0, 0, "", mark(each.tier, x + 16.0, y + 3.6, 6.0)), 0, 0)
    why = words.opening(each.reasons[0].text) if each.reasons else ""
    slide.put(x + 21.0, y - 0.5, room - 21.0, 18.0, [
        Words(words.cut(plain(each.name), 44), 13, is_bold=True),
        Words(words.cut(briefing_text.outlook(each, briefing), 64), 10.5),
        Words(words.cut(plain(why), 68), 10, MUTED),
    ])  # fmt: skip


def _subject(slide: Slide, product: Product, own: Priority, x: float, y: float, room: float) -> None:
    for at, each in enumerate(briefing_text.figures(product)[:3]):
        slide.put(x + at * room / 3, y - 1.5, room / 3 - 2.0, 22.0, [
            Words(each.name, 9, MUTED), Words(each.value, 22, is_bold=True), Words(each.beside, 9),
        ])  # fmt: skip
    reasons = [Words(f"\u2013 {plain(words.opening(each.text))}", 11) for each in own.reasons[:6]]
    slide.put(x, y + 22.0, room, 46.0, [Words("Why it stands there", 13, is_bold=True), *reasons])
    spots = [
        Words(f"{at}  {words.cut(name, 52)}: {said.partition(';')[0]}", 11)
        for at, (name, said) in enumerate(briefing_text.hotspot_lines(product)[:5], start=1)
    ]
    note = Words(briefing_text.hotspot_note(product), 9, MUTED)
    slide.put(x, y + 72.0, room, 52.0, [Words("Hotspots expected inside", 13, is_bold=True), *spots, note])


def _ranked_head(product: Product, briefing: Briefing) -> str:
    many = words.opening(words.many(briefing.ranked_type))
    inside = f" in {product.subject_name}" if product.subject else ""
    return f"{many}{inside}, highest first: expected {words.span(briefing.window)}"


def _ranking(slide: Slide, briefing: Briefing) -> None:
    ranked = [each for each in briefing.priorities if each.rank is not None]
    against = "vs last year" if briefing_text.is_yearly(briefing) else "vs before"
    heads = ("", "Rank", "90 %", "Area", "Incidents", against, "Expected (90 %)", "Why")
    wide = (9.0, 13.0, 19.0, 76.0, 22.0, 25.0, 50.0, INNER_MM - 214.0)
    rows = []
    for each in ranked[:N_ROWS]:
        between = f" ({words.interval(each.expected_interval)})" if each.expected_interval else ""
        rows.append((
            "", str(each.rank), words.interval(each.rank_interval) if each.rank_interval else "",
            _cell(Words(each.name, is_bold=True), wide[3]), "withheld" if each.n is None else words.number(each.n),
            briefing_text.short_change(briefing_text.change_of(each, briefing)),
            f"{briefing_text.expected(each)}{between}",
            _cell(Words(words.opening(each.reasons[0].text) if each.reasons else "", SMALL_PT), wide[-1]),
        ))  # fmt: skip
    high = 10.2
    slide.table(heads, rows, wide, MARGIN_MM, 33.0, high, numbers=range(4, 7), bold=3, small=7)
    for at, each in enumerate(ranked[:N_ROWS]):
        slide.draw(Drawing(0, 0, "", mark(each.tier, MARGIN_MM + 4.5, 33.0 + high * (at + 1.5), 5.0)), 0, 0)
    left = len(ranked) - N_ROWS
    more = f"{words.plural(left, 'more ranked area')} in the spreadsheet and map files. " if left > 0 else ""
    said = plain(more + sentences.gaps(briefing))
    slide.put(MARGIN_MM, 34.5 + high * (min(N_ROWS, len(ranked)) + 1), INNER_MM, 8.0, [Words(said, 10, MUTED)])


def _cell(words: Words, wide: float) -> str:
    """Return what of a cell's words has room on two lines."""
    return at_most(words, wide - BESIDE_MM, 2).text


def _pictures(slide: Slide, of: AreaPicture, briefing: Briefing) -> None:
    slide.put(MARGIN_MM, 32.0, INNER_MM, 8.0, [Words("Trend", 13, is_bold=True)])
    slide.draw(charts.trend(of.trend, INNER_MM / 1.5, 34.0).scaled(1.5), MARGIN_MM, 40.0)
    slide.put(
        MARGIN_MM, 91.5, INNER_MM, 7.0, [Words(f"{sentences.trend(of.trend)}. Shaded: the usual range.", 10.5, MUTED)]
    )
    half = 176.0
    right = MARGIN_MM + half + 10.0
    slide.put(MARGIN_MM, 102.0, half, 8.0, [Words("Time of week", 13, is_bold=True)])
    slide.draw(charts.week(of.week, of.week_note, half / 1.5, 38.0).scaled(1.5), MARGIN_MM, 110.5)
    slide.put(MARGIN_MM, 168.5, half, 7.0, [Words(plain(sentences.week(of.week, of.week_note)), 10.5, MUTED)])
    slide.put(
        right,
        102.0,
        INNER_MM - half - 10,
        8.0,
        [Words(f"Offences, {words.span(briefing.query.period)}", 13, is_bold=True)],
    )
    slide.draw(charts.mix(of.mix, (INNER_MM - half - 10.0) / 1.5, 38.0).scaled(1.5), right, 110.5)


def _leading(slide: Slide, product: Product, briefing: Briefing) -> None:
    by_id = {each.id: each for each in briefing.priorities}
    wide = (INNER_MM - 20.0) / 3
    for at, released in enumerate(product.leading):
        of, x = value_of(released, AreaPicture), MARGIN_MM + at * (wide + 10.0)
        each = by_id[of.id]
        slide.draw(Drawing(0, 0, "", mark(each.tier, x + 4.0, 37.5, 6.5)), 0, 0)
        slide.put(
            x + 9.0,
            33.5,
            wide - 9.0,
            8.0,
            [Words(words.cut(f"{each.rank}  {plain(each.name)}", 38), 14, is_bold=True)],
        )
        reasons = [Words(f"\u2013 {plain(words.opening(one.text))}", 11) for one in each.reasons[:4]]
        slide.put(x, 43.0, wide, 46.0, [Words(briefing_text.outlook(each, briefing), 11, is_bold=True), *reasons])
        slide.draw(charts.trend(of.trend, wide / 1.4, 28.0).scaled(1.4), x, 92.0)
        slide.draw(charts.week(of.week, of.week_note, wide / 1.4, 28.0).scaled(1.4), x, 136.0)


def _grounds(slide: Slide, product: Product, briefing: Briefing) -> None:
    settings, card = product.settings, briefing_text.card(product)
    wide = (INNER_MM - 12.0) / 2
    left = [Words(card.heading, 12, is_bold=True)]
    left += [Words(each, 11, ALARM, is_bold=True) for each in card.alarms]
    left += [Words(f"{name}: {rate} ({between})", 11) for name, rate, between in card.rates]
    left += [Words(each, 10.5, MUTED) for each in ((card.caption,) if card.caption else ()) + card.lines]
    left += [Words(f"Data quality: {briefing.quality.light}", 12, is_bold=True)]
    left += [Words(f"{name}: {value}", 11) for name, value in sentences.quality(briefing.quality)]
    left += [Words(f"\u2013 {words.opening(each)}", 10, MUTED) for each in briefing_text.remarks(product)[:5]]
    slide.put(MARGIN_MM, 33.0, wide, 140.0, left)
    right = [Words("What is counted", 12, is_bold=True)]
    right += [Words(f"{name}: {value}", 11) for name, value in sentences.account(briefing, settings.small_count)]
    right += [Words("How it is ranked", 12, is_bold=True)]
    right += [
        Words(plain(each), 10, MUTED) for each in (sentences.method(briefing, settings.harm_source), briefing.tier_rule)
    ]
    right += [Words("To make the same briefing again", 12, is_bold=True), Words(briefing_text.again(product), 9, MUTED)]
    slide.put(MARGIN_MM + wide + 12.0, 33.0, wide, 140.0, right)

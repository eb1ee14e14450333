"""The briefing as a document of A4 pages: what a chief hands out."""

from __future__ import annotations

from collections.abc import Sequence

from ilpgeo.core import wording as words
from ilpgeo.core.briefing import AreaPicture, Briefing, Priority
from ilpgeo.maps.released import value_of
from ilpgeo.pipeline.products import Product
from ilpgeo.reports import briefing_text, charts, sentences
from ilpgeo.reports.area_map import area_map, locator, ratio
from ilpgeo.reports.drawing import ALARM, MUTED, Drawing, mark
from ilpgeo.reports.grounds import grounds_page
from ilpgeo.reports.keys import is_about_one, map_key
from ilpgeo.reports.rank_table import RankTable
from ilpgeo.reports.sheets import BOTTOM_MM, INNER_MM, MARGIN_MM, TOP_MM, Sheet

N_LISTED = 8
MOST_ROWS = 34
N_AROUND = 12
_SIDE_MM = 62.0
_GAP_MM = 6.0
_WIDE = 1.15  # from this ratio of width to height on, the map takes the whole width of the page
_CARD_MM = 20.5
_SUBJECT_MM = 86.0
_LEADING_MM = 92.0


def briefing_pdf(product: Product) -> bytes:
    """Return the briefing as PDF; the same product gives the same bytes.

    Notes
    -----
    Cost: about 0.7 s for 140 areas. The map and the charts are vectors; the fonts are cut to the letters used.
    """
    briefing = value_of(product.briefing, Briefing)
    title = briefing_text.title(product)
    sheet = Sheet(f"Briefing: {title}", product.settings.name, product.marking, briefing.version)
    _first_page(sheet, product, briefing)
    _inner_pages(sheet, product, briefing)
    grounds_page(sheet, product)
    return sheet.content()


def _first_page(sheet: Sheet, product: Product, briefing: Briefing) -> None:
    sheet.add_page()
    y = sheet.masthead("PRIORITIES BRIEFING", briefing_text.title(product), briefing_text.subtitle(product))
    y = sheet.write_down(MARGIN_MM, y + 2.0, INNER_MM, briefing_text.lead(product), 15, is_bold=True, most=3)
    y = _warning(sheet, briefing, y)
    y = _figures(sheet, briefing_text.figures(product), y - 1.0)
    own = product.priority
    if not is_about_one(product) and ratio(product) >= _WIDE:
        ranked = sum(each.rank is not None for each in briefing.priorities)
        below = _SUBJECT_MM if own is not None else 14.0 + _CARD_MM * max(1, -(-min(N_LISTED, ranked) // 2))
        y = _map(sheet, product, MARGIN_MM, y, INNER_MM, min(INNER_MM / ratio(product) + 17.0, BOTTOM_MM - y - below))
        if own is not None:
            half = (INNER_MM - _GAP_MM) / 2
            _why(sheet, product, own, MARGIN_MM, y + 3.0, half)
            _hotspots(sheet, product, MARGIN_MM + half + _GAP_MM, y + 3.0, half, BOTTOM_MM)
        else:
            _leading(sheet, briefing, MARGIN_MM, y + 3.0, columns=2)
        return
    x, wide, room = MARGIN_MM + INNER_MM - _SIDE_MM, INNER_MM - _SIDE_MM - _GAP_MM, BOTTOM_MM - y
    _map(sheet, product, MARGIN_MM, y, wide, room)
    if own is not None:
        below = _why(sheet, product, own, x, y, _SIDE_MM)
        _hotspots(sheet, product, x, below + 1.5, _SIDE_MM, y + room - 18.0)
    else:
        _leading(sheet, briefing, x, y, columns=1)


def _map(sheet: Sheet, product: Product, x: float, y: float, wide: float, room: float) -> float:
    """Draw map, key and source, `room` high in all; return where the next part may begin."""
    key = map_key(product, INNER_MM)
    high = room - key.height_mm - 11.0
    sheet.draw(area_map(product, wide, high), x, y)
    if is_about_one(product):
        sheet.draw(locator(product, 30, 22), x + 2, y + 2)
    sheet.draw(key, x, y + high + 1.5)
    source = sentences.origin(product.settings.attribution, ())
    said = f"{source} Land: Natural Earth.".strip()
    return sheet.write_down(x, y + high + key.height_mm + 5.0, INNER_MM, said, 7, MUTED, most=2)


def _warning(sheet: Sheet, briefing: Briefing, y: float) -> float:
    said = sentences.warning(briefing.quality)
    if not said:
        return y
    return sheet.write_down(MARGIN_MM, y, INNER_MM, said, 9, ALARM, is_bold=True) + 1.0


def _figures(sheet: Sheet, figures: Sequence[briefing_text.Figure], y: float) -> float:
    wide = INNER_MM / len(figures)
    for at, each in enumerate(figures):
        x = MARGIN_MM + at * wide + (3.0 if at else 0.0)
        room = wide - 5.0
        if at:
            sheet.set_draw_color("#c4c9cf")
            sheet.set_line_width(0.2)
            sheet.line(x - 3.0, y - 2.2, x - 3.0, y + 15.8)
        sheet.put(x, y + 0.4, sheet.fitted(each.name, room, 8), 8, MUTED)
        sheet.put(x, y + 7.4, sheet.fitted(each.value, room, 19, is_bold=True), 19, is_bold=True)
        sheet.write_down(x, y + 12.0, room, each.beside, 8, most=2)
    return y + 20.5


def _leading(sheet: Sheet, briefing: Briefing, x: float, y: float, *, columns: int) -> None:
    ranked = [each for each in briefing.priorities if each.rank is not None][:N_LISTED]
    wide = INNER_MM if columns == 2 else _SIDE_MM
    y = sheet.heading(x, y + 4.6, wide, "Where to look first") + 0.5
    if not ranked:
        sheet.write_down(x, y, wide, sentences.NO_DATA, 9)
    column = (wide - _GAP_MM * (columns - 1)) / columns
    n_rows = -(-len(ranked) // columns)
    for at, each in enumerate(ranked):
        across, down = divmod(at, n_rows)
        _card(sheet, each, briefing, x + across * (column + _GAP_MM), y + down * _CARD_MM, column)


def _card(sheet: Sheet, each: Priority, briefing: Briefing, x: float, y: float, width_mm: float) -> None:
    sheet.put(x + 6.0, y + 1.6, str(each.rank), 15, is_bold=True, anchor="end")
    left, wide = x + 13.5, width_mm - 13.5
    sheet.draw(Drawing(0, 0, "", mark(each.tier, x + 9.8, y + 0.1, 4.2)), 0, 0)
    sheet.put_name(left, y, each.name, wide, 9.5, 8.0, is_bold=True)
    sheet.put(left, y + 3.9, sheet.fitted(briefing_text.sure(each, briefing), wide, 8), 8, MUTED)
    outlook = briefing_text.outlook(each, briefing)
    n = len(sheet.rows(outlook, wide, 8.5, most=2))
    below = sheet.write_down(left, y + 7.6, wide, outlook, 8.5, most=2)
    if each.reasons:
        sheet.write_down(left, below, wide, words.opening(each.reasons[0].text), 8, MUTED, most=3 - n)


def _why(sheet: Sheet, product: Product, own: Priority, x: float, y: float, wide: float) -> float:
    y = sheet.heading(x, y + 4.6, wide, "Why it stands there")
    sheet.draw(Drawing(0, 0, "", mark(own.tier, x + 2.2, y - 1.2, 4.2)), 0, 0)
    sheet.put(x + 6.5, y, words.opening(own.tier.value), 10, is_bold=True)
    y = sheet.bullets(x, y + 5.6, wide, [each.text for each in own.reasons], 8.5, most=3)
    if product.standing is None:
        return y
    peers = value_of(product.standing, Briefing)
    return sheet.write_down(x, y + 1.0, wide, sentences.expectation(own, peers), 7.5, MUTED)


def _hotspots(sheet: Sheet, product: Product, x: float, y: float, wide: float, end: float) -> None:
    y = sheet.heading(x, y + 4.6, wide, "Hotspots expected inside")
    for at, (name, said) in enumerate(briefing_text.hotspot_lines(product), start=1):
        if y + 12.0 > end - 8.0:
            break
        sheet.put(x + 3.2, y, str(at), 9.5, is_bold=True, anchor="end")
        y = sheet.write_down(x + 5.5, y, wide - 5.5, name, 8.5, is_bold=True, most=2)
        y = sheet.write_down(x + 5.5, y, wide - 5.5, said, 7.5, MUTED, most=2) + 1.2
    sheet.write_down(x, y, wide, briefing_text.hotspot_note(product), 7.5, MUTED, most=4)


def _ranking(sheet: Sheet, product: Product, briefing: Briefing, y: float, most: int) -> float:
    """Set the table of ranked areas; of an area among many, its own row follows where the table ends before it."""
    ranked = [each for each in briefing.priorities if each.rank is not None]
    shown = [each for at, each in enumerate(ranked) if at < most or each.id == product.subject]
    table = RankTable(sheet, briefing, shown, product.subject)
    y = table.set(MARGIN_MM, y)
    more = []
    if len(ranked) > len(shown):
        n = words.plural(len(ranked) - len(shown), "more ranked area")
        more.append(f"{n} in the spreadsheet and map files of this briefing.")
    if len(briefing.priorities) > len(ranked):
        more.append(sentences.gaps(briefing))
    elif said := sentences.remarks_on_sources(briefing):
        more.append(said)
    return sheet.write_down(MARGIN_MM, y + 1.0, INNER_MM, " ".join(more), 8, MUTED) if more else y


def _ranked_head(product: Product, briefing: Briefing) -> str:
    many = words.opening(words.many(briefing.ranked_type))
    inside = f" in {product.subject_name}" if product.subject and not is_about_one(product) else ""
    return f"{many}{inside}, highest first: expected {words.span(briefing.window)}"


def _inner_pages(sheet: Sheet, product: Product, briefing: Briefing) -> None:
    """Set ranking, pictures and leading areas; of an area among many the pictures come first."""
    ranked = sum(each.rank is not None for each in briefing.priorities)
    sheet.add_page()
    y = TOP_MM + 5.0
    if not is_about_one(product):
        y = sheet.heading(MARGIN_MM, y, INNER_MM, _ranked_head(product, briefing))
        y = _ranking(sheet, product, briefing, y + 1.0, MOST_ROWS) + 7.0
        if ranked > N_LISTED:
            sheet.add_page()
            y = TOP_MM + 5.0
    if product.picture is not None:
        y = _pictures(sheet, value_of(product.picture, AreaPicture), briefing, y) + 8.0
    if product.leading:
        if y + _LEADING_MM > BOTTOM_MM:
            sheet.add_page()
            y = TOP_MM + 5.0
        y = sheet.heading(MARGIN_MM, y, INNER_MM, "The leading areas, and why")
        _columns(sheet, product, briefing, y + 0.5)
    elif is_about_one(product):
        y = sheet.heading(MARGIN_MM, y, INNER_MM, _ranked_head(product, briefing))
        _ranking(sheet, product, briefing, y + 1.0, N_AROUND)


def _pictures(sheet: Sheet, of: AreaPicture, briefing: Briefing, y: float) -> float:
    wide = INNER_MM
    y = sheet.heading(MARGIN_MM, y, wide, f"Trend, {of.name}")
    sheet.draw(charts.trend(of.trend, wide, 42.0), MARGIN_MM, y - 2.5)
    said = f"{sentences.trend(of.trend)}. Shaded: the usual range of earlier years. A gap is a count that is withheld."
    y = sheet.write_down(MARGIN_MM, y + 43.0, wide, said, 8, MUTED)
    half, other = 108.0, wide - 108.0 - _GAP_MM
    right = MARGIN_MM + half + _GAP_MM
    below = sheet.heading(MARGIN_MM, y + 6.0, half, "Time of week")
    sheet.heading(right, y + 6.0, other, f"Offences, {words.span(briefing.query.period)}")
    sheet.draw(charts.week(of.week, of.week_note, half, 42.0), MARGIN_MM, below - 2.0)
    sheet.draw(charts.mix(of.mix, other, 42.0), right, below - 2.0)
    y = sheet.write_down(MARGIN_MM, below + 43.5, half, sentences.week(of.week, of.week_note), 8, MUTED)
    return max(y, below + 46.0)


def _columns(sheet: Sheet, product: Product, briefing: Briefing, y: float) -> None:
    wide = (INNER_MM - 2 * _GAP_MM) / 3
    by_id = {each.id: each for each in briefing.priorities}
    tops = []
    for at, released in enumerate(product.leading):
        of, x = value_of(released, AreaPicture), MARGIN_MM + at * (wide + _GAP_MM)
        each = by_id[of.id]
        sheet.draw(Drawing(0, 0, "", mark(each.tier, x + 2.2, y - 1.3, 4.2)), 0, 0)
        sheet.put_name(x + 6.0, y, f"{each.rank}  {each.name}", wide - 6.0, 9.5, 8.0, is_bold=True)
        tops.append(sheet.bullets(x, y + 5.4, wide, [one.text for one in each.reasons[:4]], 8, most=3))
    below = max(tops, default=y) + 2.0
    for at, released in enumerate(product.leading):
        of, x = value_of(released, AreaPicture), MARGIN_MM + at * (wide + _GAP_MM)
        sheet.draw(charts.trend(of.trend, wide, 24.0), x, below)
        sheet.draw(charts.week(of.week, of.week_note, wide, 24.0), x, below + 26.0)

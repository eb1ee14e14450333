"""The last page of a briefing: the model, the data, the method, the mark, and how to make the same again."""

from __future__ import annotations

from collections.abc import Sequence

from ilpgeo.core.briefing import Briefing
from ilpgeo.maps.released import value_of
from ilpgeo.pipeline.products import Product
from ilpgeo.reports import briefing_text, sentences
from ilpgeo.reports.drawing import ALARM, INK, MUTED
from ilpgeo.reports.sheets import INNER_MM, MARGIN_MM, TOP_MM, Sheet


def grounds_page(sheet: Sheet, product: Product) -> None:
    """Set the page that says how sure it is and what it rests on."""
    briefing = value_of(product.briefing, Briefing)
    sheet.add_page()
    settings = product.settings
    column = (INNER_MM - 8.0) / 2
    left, right = MARGIN_MM, MARGIN_MM + column + 8.0
    y = sheet.heading(left, TOP_MM + 5.0, column, "The model behind the hotspots")
    y = _model(sheet, briefing_text.card(product), left, y, column)
    y = sheet.heading(left, y + 6.5, column, f"How good the data are: {briefing.quality.light}")
    y = _lines(sheet, sentences.quality(briefing.quality), left, y, column)
    y = sheet.bullets(left, y + 1.5, column, briefing_text.remarks(product), 8, most=4)
    y = sheet.heading(left, y + 6.5, column, "What is counted")
    y = _lines(sheet, sentences.account(briefing, settings.small_count), left, y, column)
    sheet.write_down(left, y + 1.5, column, sentences.gaps(briefing), 8, MUTED, most=7)
    y = sheet.heading(right, TOP_MM + 5.0, column, "How it is ranked")
    y = sheet.write_down(right, y, column, sentences.method(briefing, settings.harm_source), 8.5)
    y = sheet.write_down(right, y + 2.0, column, briefing.tier_rule, 8.5)
    y = sheet.heading(right, y + 6.5, column, "Where it comes from")
    y = sheet.write_down(right, y, column, sentences.origin(settings.attribution, product.areas.derived), 8.5)
    y = sheet.heading(right, y + 6.5, column, "Handling")
    y = _lines(sheet, briefing_text.stamped(product), right, y, column)
    y = sheet.heading(right, y + 6.5, column, "To make the same briefing again")
    sheet.write_down(right, y, column, briefing_text.again(product), 8)


def _model(sheet: Sheet, card: briefing_text.CardText, x: float, y: float, wide: float) -> float:
    y = sheet.write_down(x, y, wide, card.heading, 9, is_bold=True) + 0.6
    for alarm in card.alarms:
        y = sheet.write_down(x, y, wide, alarm, 8.5, ALARM, is_bold=True) + 0.6
    if card.rates:
        y = sheet.write_down(x, y + 0.6, wide, card.caption, 8, MUTED) + 0.6
        for name, rate, between in (("", "Hit rate", "95 % interval"), *card.rates):
            colour = INK if name else MUTED
            sheet.put(x, y, sheet.fitted(name, wide - 52.0, 8.5), 8.5, colour)
            sheet.put(x + wide - 32.0, y, rate, 8.5 if name else 7.5, colour, anchor="end")
            sheet.put(x + wide, y, between, 8.5 if name else 7.5, colour, anchor="end")
            sheet.rule(x, y + 1.5, wide)
            y += 5.0
        y += 1.0
    for each in card.lines:
        y = sheet.write_down(x, y, wide, each, 8.5) + 0.8
    return y


def _lines(sheet: Sheet, lines: Sequence[tuple[str, str]], x: float, y: float, wide: float) -> float:
    for name, value in lines:
        shown = sheet.fitted(value, wide * 0.6, 8.5, is_bold=True)
        room = wide - sheet.width_of(shown, 8.5, is_bold=True) - 4.0
        sheet.put(x + wide, y, shown, 8.5, anchor="end", is_bold=True)
        sheet.put(x, y, sheet.fitted(name, room, 8.5), 8.5)
        sheet.rule(x, y + 1.5, wide)
        y += 5.0
    return y

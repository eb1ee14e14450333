"""Links across areas as markup. Pure: value in, text out, every name escaped."""

from __future__ import annotations

from html import escape

from ilpgeo.core import wording as words
from ilpgeo.core.links import LinkPicture
from ilpgeo.core.settings import Settings
from ilpgeo.core.space import Areas

MOST_LISTED = 30
_DRAWING = (
    '<figure class="ilp-sketch"><svg viewBox="0 0 520 150" role="img" aria-label="Three areas; a thick line joins area '
    'A and area B, a thin one area B and area C.">'
    '<path d="M20 62 96 18l74 26-14 74-96 16z"/><path d="M206 34l98-18 40 66-58 46-86-22z"/>'
    '<path d="M400 52l78-24 32 60-52 44-76-20z"/>'
    '<line x1="92" y1="76" x2="272" y2="72" stroke-width="6"/>'
    '<line x1="272" y1="72" x2="446" y2="80" stroke-width="3"/>'
    '<circle cx="92" cy="76" r="6"/><circle cx="272" cy="72" r="6"/><circle cx="446" cy="80" r="6"/>'
    '<text x="92" y="104">Area A</text><text x="272" y="102">Area B</text><text x="446" y="110">Area C</text>'
    '<text class="ilp-on-line" x="182" y="62">3 series</text><text class="ilp-on-line" x="362" y="66">1 series</text>'
    "</svg><figcaption>A drawing, not data: so links will look. The more series two areas share, the thicker the line."
    "</figcaption></figure>"
)


def lead(picture: LinkPicture) -> str:
    """Return how many pairs of areas share series, as the head of the page."""
    kind = words.many(picture.area_type)
    if not picture.links:
        head = f"No two {kind} share a crime series that may be told"
    else:
        verb = "shares" if len(picture.links) == 1 else "share"
        head = f"{words.plural(len(picture.links), 'pair')} of {kind} {verb} crime series"
    series = f"{words.plural(picture.n_series, 'series', 'series')} in {words.span(picture.period)}"
    return f'<header class="ilp-lead"><h1>{escape(head)}</h1><span class="ilp-facts">{series}</span></header>'


def table(picture: LinkPicture, areas: Areas, settings: Settings) -> str:
    """Return the links as a table: which areas, how many series and incidents, which level is alerted."""
    rows = "".join(
        f"<tr><th scope='row'>{escape(areas.name[areas.at(each.one)])} \u2013 "
        f"{escape(areas.name[areas.at(each.other)])}</th><td>{each.n_series:,}</td><td>{each.n:,}</td>"
        f"<td>{escape(settings.label(each.level))}</td></tr>"
        for each in picture.links[:MOST_LISTED]
    )
    more = len(picture.links) - MOST_LISTED
    rest = f'<p class="ilp-fine">{words.number(more)} more with fewer incidents.</p>' if more > 0 else ""
    head = "<tr><th scope='col'>Areas</th><th scope='col'>Series</th><th scope='col'>Incidents</th>"
    return (
        '<div class="ilp-scroll"><table class="ilp-matrix ilp-links"><caption>Most incidents first</caption>'
        f"<thead>{head}<th scope='col'>Level alerted</th></tr></thead><tbody>{rows}</tbody></table></div>{rest}"
    )


def remarks(picture: LinkPicture, small_count: int) -> str:
    """Return what is not listed, and what a link is."""
    told = []
    if picture.n_small:
        told.append(f"{words.plural(picture.n_small, 'link')} on fewer than {small_count} incidents withheld.")
    if picture.n_elsewhere is None:
        told.append(f"Fewer than {small_count} incidents here belong to series that go on where you do not see.")
    elif picture.n_elsewhere:
        told.append(
            f"{words.plural(picture.n_elsewhere, 'incident')} here belong to series that go on where you do not see; "
            "the level above is alerted."
        )
    told.append(
        "A link says that incidents in both areas carry the same series reference, given by the force. References are "
        "turned into codes when a file comes in: they are counted, and nobody is profiled."
    )
    return "".join(f'<p class="ilp-fine">{escape(each)}</p>' for each in told)


def first_steps() -> str:
    """Return what to do where no incident belongs to a series: what to bring, how, and what comes of it."""
    lines = (
        ("What to bring", "A file of incidents with a column that says which belong together: the series or "
         "linked-case reference your force gives them. Let it name the force, so that two forces never share one "
         "by accident."),
        ("How", "Bring the file in on the page <b>Data</b> and take that column as <b>Crime series</b>; on the "
         "command line: <code>--map COLUMN=series</code>."),
        ("What comes of it", "Each reference is turned into a code at the door, and the key to it stays outside the "
         "workspace. Areas that share a series appear here as lines on a map, and the level above them is alerted."),
    )  # fmt: skip
    rows = "".join(f"<div><dt>{name}</dt><dd>{text}</dd></div>" for name, text in lines)
    return (
        '<div class="ilp-empty ilp-steps"><h1>No series references yet</h1><p>No file brought in carries one, and '
        f"none is made up: it would look like a real link.</p>{_DRAWING}<dl>{rows}</dl></div>"
    )

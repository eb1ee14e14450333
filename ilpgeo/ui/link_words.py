"""Links across areas as markup. Pure: value in, text out, every name escaped."""

from __future__ import annotations

from html import escape

from ilpgeo.core import wording as words
from ilpgeo.core.links import LinkPicture
from ilpgeo.core.settings import Settings
from ilpgeo.core.space import Areas

MOST_LISTED = 30


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
        "turned into keyed hashes when a file comes in: they are counted, and nobody is profiled."
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
        ("What comes of it", "Each reference becomes a keyed hash at the door; the key stays outside the workspace. "
         "Areas that share a series appear here as lines on a map, and the level above them is alerted."),
    )  # fmt: skip
    rows = "".join(f"<div><dt>{name}</dt><dd>{text}</dd></div>" for name, text in lines)
    return (
        '<div class="ilp-empty ilp-steps"><h1>No series references yet</h1><p>No file brought in carries one, and '
        f"none is made up: it would look like a real link.</p><dl>{rows}</dl></div>"
    )

"""Links across areas: incidents of the same series in different areas, counted and never profiled."""

from __future__ import annotations

from dataclasses import dataclass

from ilpgeo.core.query import Level, Period


@dataclass(frozen=True, slots=True)
class Link:
    """Two areas that share series.

    Attributes
    ----------
    one, other
        Ids of the areas, in the order of the workspace.
    level
        The lowest level that sees both: the one that is alerted.
    n_series, n
        Series they share, and incidents of these in the two areas.
    """

    one: str
    other: str
    level: Level
    n_series: int
    n: int


@dataclass(frozen=True, slots=True)
class LinkPicture:
    """The links between areas of one type, as one role sees them.

    Attributes
    ----------
    links
        Most incidents first.
    n_small
        Links on too few incidents to be told.
    n_elsewhere
        Incidents in the role's areas whose series goes on where the role does not see; None where withheld.
    n_series
        Different series with incidents in the period and the role's areas.
    """

    area_type: str
    period: Period
    links: tuple[Link, ...]
    n_small: int
    n_elsewhere: int | None
    n_series: int
    version: str

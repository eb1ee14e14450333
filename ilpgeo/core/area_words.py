"""The words for one area and for many of a type; area files are usually called by the plural."""

from __future__ import annotations

_ONE = (
    "area", "barrio", "beat", "block", "borough", "city", "community", "comuna", "county", "department", "district",
    "division", "force", "lsoa", "msoa", "municipality", "neighborhood", "neighbourhood", "parish", "precinct",
    "province", "quarter", "region", "sector", "state", "station", "suburb", "tract", "village", "ward", "zone",
)  # fmt: skip


def one_of(area_type: str) -> str:
    """Return the word for one area of a type; a word that is no known plural stays as it is.

    Examples
    --------
    >>> one_of("memphis precincts"), one_of("Counties"), one_of("Dallas"), one_of("ward")
    ('memphis precinct', 'County', 'Dallas', 'ward')
    """
    start, space, last = area_type.rpartition(" ")
    plural = last.casefold()
    one = next((word for word in _ONE if plural == _plural(word)), "")
    return f"{start}{space}{last[:1]}{one[1:]}" if one else area_type


def many_of(area_type: str) -> str:
    """Return the plural of an area type; a known plural stays as it is.

    Examples
    --------
    >>> many_of("neighbourhood"), many_of("city"), many_of("parish"), many_of("MSOA"), many_of("police wards")
    ('neighbourhoods', 'cities', 'parishes', 'MSOAs', 'police wards')
    """
    return _plural(area_type) if one_of(area_type) == area_type else area_type


def _plural(word: str) -> str:
    if word.endswith("y"):
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith("sh") else f"{word}s"

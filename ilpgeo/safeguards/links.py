"""The release of links across areas: none that rests on a small count."""

from __future__ import annotations

from dataclasses import replace

from ilpgeo.core.links import LinkPicture


def without_small_links(raw: LinkPicture, threshold: int) -> LinkPicture:
    """Return the links on at least `threshold` incidents; the others are counted."""
    kept = tuple(each for each in raw.links if each.n >= threshold or threshold <= 1)
    elsewhere = raw.n_elsewhere
    is_small = elsewhere is not None and 0 < elsewhere < threshold
    return replace(
        raw, links=kept, n_small=raw.n_small + len(raw.links) - len(kept), n_elsewhere=None if is_small else elsewhere
    )

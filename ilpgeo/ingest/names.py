"""Column names taken apart into plain words."""

from __future__ import annotations

import re
import unicodedata

_EDGE = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])|[^A-Za-z0-9]+")


def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a column name, lower case, without accents.

    >>> words_of("victimDOB"), words_of("Fecha_de Nacimiento")
    (('victim', 'dob'), ('fecha', 'de', 'nacimiento'))
    """
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return tuple(word.lower() for word in _EDGE.split(bare) if word)


def vocabulary(text: str) -> frozenset[str]:
    """Return the words of a sentence as a set."""
    return frozenset(text.split())

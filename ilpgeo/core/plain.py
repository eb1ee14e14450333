"""Words that people or files give, made plain: nothing in them steers a screen or turns the direction of writing."""

from __future__ import annotations

import unicodedata

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def plain_line(text: str) -> str:
    r"""Return text as one line, without control characters and without marks that turn the direction of writing.

    >>> plain_line(" Room\u202e 2\x07 \n north ")
    'Room 2 north'
    """
    return " ".join(_plain(text).split())


def plain_lines(text: str) -> str:
    """Return text without such characters, its lines kept and empty ones left out."""
    lines = (" ".join(line.split()) for line in _plain(text.replace("\r\n", "\n").replace("\r", "\n")).split("\n"))
    return "\n".join(line for line in lines if line)


def _plain(text: str) -> str:
    return "".join(
        each for each in unicodedata.normalize("NFC", text)
        if each in "\n\t" or unicodedata.category(each) not in _UNSEEN
    )  # fmt: skip

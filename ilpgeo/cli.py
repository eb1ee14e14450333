"""The command line; `python -m ilpgeo`."""

from __future__ import annotations


def main() -> int:
    """Run one command and return the exit status: 0 ok, 1 refused or failed with a message, 2 usage."""
    return 0

"""The command that makes a product again, as it is printed on it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from ilpgeo.core.products import Marking
from ilpgeo.core.query import Query


def command(name: str, query: Query, areas: Sequence[str], days: Sequence[str], version: str, stamp: Marking) -> str:
    """Return what is typed to ask the same question again of the same data.

    Parameters
    ----------
    name
        Of the command of ``ilpgeo``.
    areas
        Ids, instead of those of the query.
    days
        Options that say from which day it looks.
    version
        Of the data.
    """
    told = [f"ilpgeo {name} --workspace DIR --level {query.level}"]
    told += [f"--area-type {shlex.quote(query.area_type)}"] if query.area_type else []
    told += [f"--area {shlex.quote(each)}" for each in areas]
    told.append(f"--period {query.period}")
    told += [f"--offence {shlex.quote(each)}" for each in query.offences]
    told += [f"--source {shlex.quote(each)}" for each in query.sources]
    told += [f"--for {shlex.quote(query.made_for)}"] if query.made_for else []
    told += [f"--weights {query.weights.text}"] if query.weights else []
    told += days
    told.append(f"--data-version {version} --made {stamp.made_on} --expires {stamp.expires_on}")
    told.append(f"--handling {shlex.quote(stamp.handling)} --output FILE")
    return " ".join(told)

"""Offences mapped anew: the parts that hold a changed row are written again, with the same row numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from ilpgeo.store.layout import read_part
from ilpgeo.store.reading import Coded, Snapshot, StoredPart
from ilpgeo.store.room import Room


def rewrite_offences(
    snapshot: Snapshot, room: Room, offence_of_label: Callable[[str], str | None]
) -> tuple[list[StoredPart], int]:
    """Write the changed parts of a snapshot into `room`; return the parts they replace and the rows changed.

    A label whose group is None keeps its offence. Memory: one part.
    """
    replaced: list[StoredPart] = []
    n_rows = 0
    for part in snapshot.parts:
        file = snapshot.folder / part.path
        changed = _offences(read_part(file, ["label", "offence"]), offence_of_label)
        if changed is None:
            continue
        offences, n = changed
        rows = read_part(file)
        at = rows.schema.get_field_index("offence")
        rows = rows.set_column(at, rows.schema.field(at), offences)
        room.write(part.file, part.year, [rows.unify_dictionaries().combine_chunks()])
        replaced.append(part)
        n_rows += n
    return replaced, n_rows


def _offences(rows: pa.Table, offence_of_label: Callable[[str], str | None]) -> tuple[pa.DictionaryArray, int] | None:
    label, offence = Coded.of(rows["label"]), Coded.of(rows["offence"])
    groups = [offence_of_label(word) for word in label.words]
    words = tuple(dict.fromkeys([*offence.words, *(group for group in groups if group is not None)]))
    code_of_label = np.array([-1 if group is None else words.index(group) for group in groups], np.int32)
    wanted = code_of_label[label.codes]
    codes = np.where(wanted < 0, offence.codes, wanted).astype(np.int32)
    n = int((codes != offence.codes).sum())
    return (Coded(codes, words).tidy().to_arrow(), n) if n else None

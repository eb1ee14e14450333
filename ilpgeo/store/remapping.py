"""Offences mapped anew: the parts that hold a changed row are written again, with the same row numbers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from ilpgeo.store.layout import read_part
from ilpgeo.store.reading import Coded, Snapshot, StoredPart
from ilpgeo.store.room import Room


def rewrite_offences(
    snapshot: Snapshot, room: Room, offence_of_label: Mapping[str, str]
) -> tuple[list[StoredPart], int]:
    """Write the changed parts of a snapshot into `room`; return the parts they replace and the rows changed.

    Labels without an entry keep their offence. Memory: one part.
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


def _offences(rows: pa.Table, offence_of_label: Mapping[str, str]) -> tuple[pa.DictionaryArray, int] | None:
    label, offence = Coded.of(rows["label"]), Coded.of(rows["offence"])
    words = tuple(dict.fromkeys([*offence.words, *offence_of_label.values()]))
    code_of_label = np.array(
        [words.index(offence_of_label[word]) if word in offence_of_label else -1 for word in label.words], np.int32
    )
    wanted = code_of_label[label.codes]
    codes = np.where(wanted < 0, offence.codes, wanted).astype(np.int32)
    n = int((codes != offence.codes).sum())
    return (Coded(codes, words).tidy().to_arrow(), n) if n else None

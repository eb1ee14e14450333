"""From raw rows to candidates and rejections: every row becomes one of the two."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ilpgeo.core.arrays import BoolArray, CodeArray, FloatArray, IntArray
from ilpgeo.core.schema import candidate
from ilpgeo.ingest.columns import as_coded, as_number, as_text
from ilpgeo.ingest.keys import KeyArray, Occurrences, combined, text_keys
from ilpgeo.ingest.mapping import ColumnMapping, Field
from ilpgeo.ingest.offences import grouped, plain
from ilpgeo.ingest.origin import FILE_COLUMN, ROW_COLUMN, is_again, origin_of
from ilpgeo.ingest.projection import Project, is_in_degrees, projection
from ilpgeo.ingest.readers import RawBatch
from ilpgeo.ingest.rules import Fault, Jurisdiction, Rules
from ilpgeo.ingest.times import PRECISIONS, Reports, Windows, no_reports, read_reports, read_windows

WGS84 = "EPSG:4326"
_ROUND_DEGREES = 1e7
_ROUND_METRES = 1e2
_TEXT = pa.dictionary(pa.int32(), pa.string())


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What became of one raw batch.

    Attributes
    ----------
    candidates
        The accepted rows in the layout of `core.schema.candidate`.
    fault
        Shape (n,): `Fault` of every raw row.
    windows
        When each raw row happened.
    reports
        When each accepted row was reported.
    n_located
        Raw rows with usable coordinates.
    n_repeated
        Accepted rows equal in content to an earlier row of the file, and without a reference to tell them apart.
    """

    candidates: pa.RecordBatch
    fault: npt.NDArray[np.int8]
    windows: Windows
    reports: Reports
    n_located: int
    n_repeated: int


class Judge:
    """Judges the rows of one file, batch by batch, in file order."""

    __slots__ = ("_in_degrees", "_jurisdiction", "_mapping", "_occurrences", "_project", "_rules")

    def __init__(self, mapping: ColumnMapping, rules: Rules, jurisdiction: Jurisdiction) -> None:
        self._mapping = mapping
        self._rules = rules
        self._jurisdiction = jurisdiction
        self._occurrences = Occurrences()
        crs_from = WGS84 if mapping.is_geographic else mapping.crs or rules.crs
        self._project: Project = projection(crs_from, rules.crs, jurisdiction.widened)
        self._in_degrees = is_in_degrees(crs_from)

    def judge(self, raw: RawBatch) -> Judged:
        """Return what becomes of the rows of a batch; keys depend on the rows judged before."""
        values = raw.values
        across, up = self._coordinates(values)
        fault = np.zeros(len(values), np.int8)
        x, y, area = self._placed(across, up, fault)
        windows = read_windows(values, self._mapping, self._rules.timezone)
        _mark(fault, windows.precision == 0, Fault.UNREADABLE_DATE)
        _mark(fault, windows.day > _day(self._rules.today), Fault.FUTURE)
        _mark(fault, windows.day < _day(self._rules.start), Fault.TOO_EARLY)
        label, offence = grouped(self._labels(values), self._rules.groups)
        _mark(fault, offence.is_null().to_numpy(zero_copy_only=False), Fault.UNKNOWN_OFFENCE)
        keep = fault == Fault.NONE
        held = pa.array(keep)
        values = values.select(self._carried(values.schema.names)).filter(held)
        kept_windows = (windows.t_from[keep], windows.t_to[keep])
        label = label.filter(held)
        place = self._coded(values, Field.PLACE)
        reference = self._text(values, Field.REFERENCE)
        key, n_repeated = self._keys(values, across[keep], up[keep], kept_windows, label, place, reference)
        reports = self._reports(values, kept_windows[0])
        utc = pa.timestamp("s", tz="UTC")
        area = area[keep]
        columns = [
            pa.array(key),
            pa.array(raw.rows[keep]),
            pa.array(x[keep]),
            pa.array(y[keep]),
            pa.array(kept_windows[0]).cast(utc),
            pa.array(kept_windows[1]).cast(utc),
            pa.array(windows.day[keep].astype(np.int32)).cast(pa.date32()),
            pa.DictionaryArray.from_arrays(pa.array(windows.precision[keep].astype(np.int32)), list(PRECISIONS)),
            label,
            offence.filter(held),
            pa.DictionaryArray.from_arrays(
                pa.array(area, mask=area < 0), pa.array(self._jurisdiction.ids, pa.string())
            ),
            place,
            reference,
            reports.time,
            self._text(values, Field.SERIES),
        ]
        n_located = int(np.count_nonzero((fault == Fault.NONE) | (fault > Fault.OUTSIDE)))
        candidates = pa.RecordBatch.from_arrays(columns, schema=candidate())
        return Judged(candidates, fault, windows, reports, n_located, n_repeated)

    def _carried(self, names: list[str]) -> list[str]:
        """Return the columns still needed once places, times and offences are read."""
        fields = (Field.PLACE, Field.REFERENCE, Field.REPORTED, Field.SERIES)
        wanted = {FILE_COLUMN, ROW_COLUMN, *(self._mapping.column(field) for field in fields)}
        return [name for name in names if name in wanted]

    def _coordinates(self, values: pa.RecordBatch) -> tuple[FloatArray, FloatArray]:
        mapping = self._mapping
        fields = (Field.LONGITUDE, Field.LATITUDE) if mapping.is_geographic else (Field.X, Field.Y)
        across, up = (as_number(values.column(mapping.column(field)), mapping.decimal) for field in fields)
        return across, up

    def _placed(
        self, across: FloatArray, up: FloatArray, fault: npt.NDArray[np.int8]
    ) -> tuple[FloatArray, FloatArray, CodeArray]:
        """Mark what is wrong with the places; return x, y in the workspace's CRS and the area's position."""
        missing = ~(np.isfinite(across) & np.isfinite(up))
        zero = (across == 0) & (up == 0)
        _mark(fault, missing, Fault.NO_COORDINATES)
        _mark(fault, zero, Fault.ZERO_COORDINATES)
        x, y = self._project(np.where(missing, 0.0, across), np.where(missing, 0.0, up))
        usable = fault == Fault.NONE
        if usable.all():
            area, accepted = self._jurisdiction.place(x, y)
        else:
            area, accepted = np.full(len(x), -1, np.int32), np.zeros(len(x), np.bool_)
            area[usable], accepted[usable] = self._jurisdiction.place(x[usable], y[usable])
        lost = np.flatnonzero(usable & ~accepted)
        if len(lost):
            _mark(fault, _at(lost[self._is_swapped(across[lost], up[lost])], len(fault)), Fault.SWAPPED)
            _mark(fault, _at(lost, len(fault)), Fault.OUTSIDE)
        return x, y, area

    def _is_swapped(self, across: FloatArray, up: FloatArray) -> BoolArray:
        possible = np.ones(len(across), np.bool_)
        if self._in_degrees:
            possible = (np.abs(across) <= 90) & (np.abs(up) <= 180)
        x, y = self._project(np.where(possible, up, 0.0), np.where(possible, across, 0.0))
        position, _ = self._jurisdiction.place(x, y)
        return possible & (position >= 0)

    def _labels(self, values: pa.RecordBatch) -> pa.DictionaryArray:
        names = self._mapping.of_field(Field.OFFENCE)
        if not names:
            return pa.DictionaryArray.from_arrays(pa.array(np.zeros(len(values), np.int32)), [self._mapping.offence])
        if len(names) == 1:
            return as_coded(values.column(names[0]))
        parts = [as_text(values.column(name)) for name in names]
        return pc.binary_join_element_wise(*parts, ": ", null_handling="skip").dictionary_encode()

    def _text(self, values: pa.RecordBatch, field: Field) -> pa.Array:
        name = self._mapping.column(field)
        if not name:
            return pa.nulls(len(values), pa.string())
        text = pc.utf8_trim_whitespace(as_text(values.column(name)))
        return pc.if_else(pc.equal(text, ""), None, text)

    def _coded(self, values: pa.RecordBatch, field: Field) -> pa.Array:
        name = self._mapping.column(field)
        if not name:
            return pa.nulls(len(values), _TEXT)
        coded = as_coded(values.column(name))
        return pa.DictionaryArray.from_arrays(coded.indices, pc.utf8_trim_whitespace(coded.dictionary))

    def _reports(self, values: pa.RecordBatch, t_from: IntArray) -> Reports:
        if not self._mapping.column(Field.REPORTED):
            return no_reports(len(values))
        return read_reports(values, self._mapping, self._rules.timezone, t_from, _day(self._rules.today))

    def _keys(
        self,
        values: pa.RecordBatch,
        across: FloatArray,
        up: FloatArray,
        window: tuple[IntArray, IntArray],
        label: pa.DictionaryArray,
        place: pa.DictionaryArray,
        reference: pa.Array,
    ) -> tuple[KeyArray, int]:
        named = reference.is_valid().to_numpy(zero_copy_only=False)
        key = combined([text_keys(reference), np.ones(len(values), np.int64)])
        if named.all():
            return key, 0
        scale = _ROUND_DEGREES if self._in_degrees else _ROUND_METRES
        bare = ~named
        loose = pa.array(bare)
        content = combined(
            [
                np.rint(across[bare] * scale).astype(np.int64),
                np.rint(up[bare] * scale).astype(np.int64),
                window[0][bare],
                window[1][bare],
                text_keys(_plain_words(label.filter(loose))),
                text_keys(place.filter(loose)),
            ]
        )
        first_stood = self._origins(values.filter(loose))
        is_new = first_stood == 0
        again = np.zeros(len(content), np.bool_)
        first_stood[is_new], again[is_new] = self._occurrences.number(content[is_new])
        key[bare] = first_stood
        return key, int(again.sum())

    def _origins(self, values: pa.RecordBatch) -> KeyArray:
        """Return a key of the file and row each row first stood in, 0 for a row that does not say.

        A row brought in again is told by where it came from, not by what it says: corrected twice, it is one incident.
        """
        origin = np.zeros(len(values), np.uint64)
        if not is_again(values.schema.names):
            return origin
        says, file, row = origin_of(values)
        said = says.to_numpy(zero_copy_only=False)
        numbers = row.fill_null(0).to_numpy(zero_copy_only=False)
        origin[said] = combined([text_keys(file), numbers, np.full(len(values), 2, np.int64)])[said]
        return origin


def _plain_words(column: pa.DictionaryArray) -> pa.DictionaryArray:
    words = [plain(word) for word in column.dictionary.to_pylist()]
    return pa.DictionaryArray.from_arrays(column.indices, pa.array(words, pa.string()))


def _mark(fault: npt.NDArray[np.int8], where: BoolArray, with_fault: Fault) -> None:
    fault[where & (fault == Fault.NONE)] = with_fault


def _at(positions: IntArray, n: int) -> BoolArray:
    mask = np.zeros(n, np.bool_)
    mask[positions] = True
    return mask


def _day(day: date) -> int:
    return (day - date(1970, 1, 1)).days

"""What is remembered of each source: the mapping that was confirmed, in `mappings.json` of the workspace."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from ilpgeo.core.errors import InvalidInput
from ilpgeo.ingest.mapping import ColumnMapping, Field
from ilpgeo.ingest.moments import DateOrder, Precision

FILE = "mappings.json"


def remembered_mapping(folder: Path, source: str) -> ColumnMapping | None:
    """Return the mapping last confirmed for a source, None if there is none."""
    document = _read(folder)
    return _from_document(document[source], f"{folder / FILE}, source {source}") if source in document else None


def remember_mapping(folder: Path, source: str, mapping: ColumnMapping) -> None:
    """Keep a mapping for the next file of a source; the file is replaced whole."""
    document = _read(folder)
    document[source] = {
        "columns": {str(field): list(names) for field, names in mapping.columns},
        "crs": mapping.crs,
        "timezone": mapping.timezone,
        "date_order": str(mapping.date_order),
        "decimal": mapping.decimal,
        "precision": mapping.precision.name.lower(),
        "midnight_unknown": mapping.midnight_unknown,
        "offence": mapping.offence,
        "preset": mapping.preset,
    }
    handle, part = tempfile.mkstemp(dir=folder, prefix=FILE)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(document, stream, indent=1, ensure_ascii=False, sort_keys=True)
    Path(part).replace(folder / FILE)


def _read(folder: Path) -> dict[str, Any]:
    path = folder / FILE
    if not path.is_file():
        return {}
    try:
        document = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise InvalidInput(f"{path}: not readable ({error}); mend it or delete it to map the files anew") from error
    if not isinstance(document, dict):
        raise InvalidInput(f"{path}: not a table of sources; mend it or delete it to map the files anew")
    return document


def _from_document(document: Any, where: str) -> ColumnMapping:
    try:
        return ColumnMapping(
            columns=tuple(
                (field, tuple(document["columns"][field])) for field in Field if field in document["columns"]
            ),
            crs=str(document["crs"]),
            timezone=str(document["timezone"]),
            date_order=DateOrder(document["date_order"]),
            decimal=str(document["decimal"]),
            precision=Precision[document["precision"].upper()],
            midnight_unknown=bool(document["midnight_unknown"]),
            offence=str(document["offence"]),
            preset=str(document["preset"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InvalidInput(f"{where}: {error!r} is not as written here; map the file anew") from error

"""The door for tables and downloads."""

import pytest

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.types import Released
from ilpgeo.ui import released


def test_what_did_not_pass_the_gate_is_refused():
    with pytest.raises(InvalidInput, match="did not pass the release gate"):
        released.table([{"n": 3}], list)
    with pytest.raises(InvalidInput, match="did not pass the release gate"):
        released.download_file(b"raw", "Get it", "x.pdf", "application/pdf")


def test_csv_cells_are_never_formulas(monkeypatch):
    sent = {}
    monkeypatch.setattr(
        released.st, "download_button", lambda label, data, file, mime, on_click: sent.update(data=data)
    )
    rows = [{"area": "=cmd()", "n": -3}, {"area": 'Mill "Park", East', "n": 12}]
    released.download_csv(Released(rows), list, "CSV", "areas.csv")
    assert sent["data"].decode("utf-8-sig").splitlines() == ["area,n", "'=cmd(),-3", '"Mill ""Park"", East",12']


def test_json_holds_the_released_value(monkeypatch):
    sent = {}
    monkeypatch.setattr(
        released.st, "download_button", lambda label, data, file, mime, on_click: sent.update(data=data)
    )
    released.download_json(Released({"area": ("Mill Park", None, 2.5)}), "JSON", "a.json")
    assert sent["data"].decode() == '{\n "area": [\n  "Mill Park",\n  null,\n  2.5\n ]\n}'

"""A publication to record, and the work of other processes: light, for processes import it."""

import math
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from ilpgeo.core.publications import Measured, Publication, Verdict
from ilpgeo.core.query import Level, Period
from ilpgeo.core.recipes import Entry
from ilpgeo.store.database import Database
from ilpgeo.store.records import Records
from tests.contracts.processes import hang_before_commit, wait_for

VERDICT = Verdict(
    Measured(0.36, 0.35, 0.37), Measured(0.35, 0.34, 0.36), Measured(0.01, math.nan, math.nan), "2%", 13.5, "28d", 26,
    Period(date(2020, 1, 5), date(2021, 12, 31)), 1096, 55_321,
)  # fmt: skip
PUBLICATION = Publication(
    id="", model=Entry("kde", {"bandwidth_m": 200.0, "kernel": "gaussian"}), offence="Robbery", area="a1",
    level=Level.LOCAL, cell_m=150.0, note="It's \"agreed\"; 100 % \u2014 \u4f60\u597d", owner="O'Brien", approver="",
    reason="", data_version="7-abc", recipe='models = []\nversion = "7-abc"\n', verdict=VERDICT,
    published_at=datetime(2026, 3, 1, 9, 30, tzinfo=UTC), expires_on=date(2026, 5, 30),
)  # fmt: skip


def publish_many(folder: Path, owner: str, n: int, go: Path) -> None:
    """Publish `n` times once the file `go` is there."""
    wait_for(go)
    records = Records(Database(folder))
    for _ in range(n):
        records.publish(replace(PUBLICATION, owner=owner))


def publish_and_hang(folder: Path, reached: Path) -> None:
    """Publish, and hang when all is written but the commit."""
    hang_before_commit(reached)
    Records(Database(folder)).publish(PUBLICATION)


def withdraw_at_once(folder: Path, publication: str, by: str, go: Path, told: Path) -> None:
    """Withdraw a publication once the file `go` is there, and write down whether it was taken."""
    from ilpgeo.core.errors import InvalidInput

    wait_for(go)
    try:
        Records(Database(folder)).withdraw(publication, by, "no longer right")
    except InvalidInput:
        told.write_text("refused", "utf-8")
    else:
        told.write_text("taken", "utf-8")

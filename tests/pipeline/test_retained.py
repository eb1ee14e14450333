"""What is past its retention is told, removed only when asked for, and then really gone."""

import subprocess
import sys
from dataclasses import replace
from datetime import date

import pyarrow.parquet as pq
import pytest

from ilpgeo import pipeline
from ilpgeo.cli import main
from ilpgeo.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from ilpgeo.core.sources import Source
from ilpgeo.core.types import Access, Level, Period, Query
from tests.pipeline.city import dirty, good, make_city, make_registered_city, write

ANYONE = Access()
MARCH = Period(date(2023, 3, 1), date(2023, 3, 28))
TODAY = date(2023, 4, 9)
OPEN = Source("open", "City Police", "Desk", "Police Act", retention_days=30)  # keeps from 10 March on
KEPT = Source("kept", "City Police", "Desk", "Police Act")
N_PAST = sum(1 + at % 28 < 10 for at in range(1, 61))  # see `city.good`: the days 1 to 28 of March in turn


@pytest.fixture
def city(tmp_path):
    return make_registered_city(tmp_path / "city", OPEN, KEPT)


def rows_on_disk(city) -> list[tuple[str, date]]:
    """Return source and day of every row in every Parquet file of the lake, whatever version counts it."""
    found = []
    for file in city.workspace.lake.rglob("*.parquet"):
        table = pq.ParquetFile(file).read(["source", "day"])
        found += zip(table["source"].to_pylist(), table["day"].to_pylist(), strict=True)
    return found


def remove(city, n: int = N_PAST, access: Access = ANYONE, by: str = "A. Keeper", why: str = "Review"):
    return pipeline.remove_past_retention(city, access, by, why, TODAY, {"open": n})


def test_what_is_past_its_retention_is_counted_and_left_alone(city):
    [found] = pipeline.past_retention(city, TODAY)
    assert (found.source, found.days, found.keep_from) == ("open", 30, date(2023, 3, 10))
    assert (found.n, found.old_files, found.n_rejected) == (N_PAST, 0, 0)
    assert city.store.totals().n == 100
    assert pipeline.past_retention(city, date(2023, 3, 31)) == ()  # 30 days after the first day: still allowed
    assert pipeline.past_retention(city, date(2023, 4, 1))[0].n == 2


def test_removed_rows_are_gone_from_the_counts_and_from_the_disk(city):
    before = city.store.version()
    made = remove(city)
    assert (dict(made.rows), made.n, made.by, made.why) == ({"open": N_PAST}, N_PAST, "A. Keeper", "Review")
    assert made.version == city.store.version() != before
    assert len(rows_on_disk(city)) == 100 - N_PAST
    assert min(day for source, day in rows_on_disk(city) if source == "open") == date(2023, 3, 10)
    assert sum(source == "kept" for source, _ in rows_on_disk(city)) == 40
    assert city.store.totals().by_source == {"kept": 40, "open": 60 - N_PAST}
    assert pipeline.brief(city, Query(Level.LOCAL, MARCH), ANYONE).value.total == 100 - N_PAST
    assert pipeline.past_retention(city, TODAY) == ()


def test_the_account_of_the_file_still_adds_up(city):
    remove(city)
    [kept, opened] = sorted(city.store.files(), key=lambda each: each.source)
    assert (opened.accepted, opened.removed, opened.held, opened.adds_up) == (60, N_PAST, 60 - N_PAST, True)
    assert (opened.first, opened.last, kept.removed) == (date(2023, 3, 10), date(2023, 3, 28), 0)
    status = pipeline.status(city)
    assert status.incidents + status.quarantined + status.duplicates + status.removed == status.rows_read
    fresh = pipeline.open_workspace(city.workspace.folder)  # the same read from the disk by another process
    assert fresh.store.files() == city.store.files() and fresh.store.totals() == city.store.totals()


def test_the_data_page_says_what_was_removed_of_a_file(city):
    from ilpgeo.ui import data_account

    file = next(each for each in city.store.files() if each.source == "open")
    assert "Removed for good" not in data_account.remarks(file, ())
    remove(city)
    [told] = [each for each in pipeline.desk(city, ANYONE).files if each.report.source == "open"]
    assert f"{N_PAST} accepted rows, for their retention was over" in data_account.remarks(told.report, ())
    assert f"The {60 - N_PAST} incidents of" in data_account.withdrawal(told)
    assert f"{100 - N_PAST} incidents stored from 2 files" in data_account.lead(pipeline.desk(city, ANYONE))


def test_an_older_version_with_such_rows_says_that_it_is_gone_and_the_others_open(city, tmp_path):
    empty, first, second = [each[0] for each in reversed(city.store.versions())][:3]
    only_kept = make_city(tmp_path / "other")
    pipeline.ingest(only_kept, write(tmp_path / "kept2.csv", good(40)), "kept")
    held = only_kept.store.version()
    pipeline.ingest(only_kept, write(tmp_path / "open2.csv", good(60)), "open")
    for each in (OPEN, KEPT):
        pipeline.register_source(only_kept, each, ANYONE, "A")
    for one in (city, only_kept):
        remove(one)
    for version in (first, second):
        with pytest.raises(NotFound, match=r"retention was over; they were removed for good on .* by A. Keeper"):
            pipeline.open_workspace(city.workspace.folder, version)
    assert pipeline.open_workspace(city.workspace.folder, empty).store.totals().n == 0
    assert pipeline.open_workspace(only_kept.workspace.folder, held).store.totals().n == 40


def test_days_whose_rows_were_removed_read_no_data_not_quiet(city):
    from ilpgeo.pipeline.scope import covered_days

    early, rest = Period(date(2023, 3, 1), date(2023, 3, 9)), Period(date(2023, 3, 10), date(2023, 3, 28))
    assert covered_days(city, early, ("open",)).max() == 9
    remove(city)
    assert covered_days(city, early, ("open",)).max() == 0 and covered_days(city, rest, ("open",)).max() == 19
    assert covered_days(city, early, ("kept",)).max() == 9


def test_coverage_that_was_declared_ends_where_the_rows_were_removed(city):
    from ilpgeo.pipeline.opened import coverage

    file = city.workspace.folder / "ilpgeo.toml"
    entries = "".join(f'[[coverage]]\nsource = "{name}"\nfrom = 2023-03-01\nto = 2023-03-28\n'
                      for name in ("open", "kept"))  # fmt: skip
    file.write_text(f"{file.read_text('utf-8')}\n{entries}", "utf-8")
    fresh = pipeline.open_workspace(city.workspace.folder)
    assert [each.period.start.day for each in coverage(fresh).entries] == [1, 1]
    remove(fresh)
    assert {each.source: each.period.start.day for each in coverage(fresh).entries} == {"open": 10, "kept": 1}


def test_withdrawn_and_remapped_rows_of_older_versions_go_too(city):
    (city.workspace.folder / "offences.csv").write_text("label,offence\nTHEFT,Stealing\nASSAULT,Assault\n", "utf-8")
    fresh = pipeline.open_workspace(city.workspace.folder)
    pipeline.remap(fresh)
    file = next(each for each in fresh.store.files() if each.source == "open")
    pipeline.withdraw(fresh, file.file_id)
    [found] = pipeline.past_retention(fresh, TODAY)
    assert (found.n, found.old_files) == (0, 2)
    made = remove(fresh, 0)
    assert (made.n, made.n_files) == (0, 2)
    assert {source for source, _ in rows_on_disk(fresh)} == {"kept"}
    assert pipeline.removals(fresh)[0].by == "A. Keeper" and pipeline.past_retention(fresh, TODAY) == ()


def test_a_removal_cut_short_after_its_commit_is_ended_by_the_next(city, monkeypatch):
    from ilpgeo.store import lake

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr(lake, "remove_files", killed)
        with pytest.raises(KeyboardInterrupt):
            remove(city)
    fresh = pipeline.open_workspace(city.workspace.folder)
    assert fresh.store.totals().by_source == {"kept": 40, "open": 60 - N_PAST}
    [left] = pipeline.past_retention(fresh, TODAY)
    assert (left.n, left.old_files) == (0, 1)
    remove(fresh, 0)
    assert len(rows_on_disk(fresh)) == 100 - N_PAST and pipeline.past_retention(fresh, TODAY) == ()


def test_who_reads_while_files_go_reads_the_newest_version(city):
    from ilpgeo.core.protocols import Selection

    reader = pipeline.open_workspace(city.workspace.folder)
    assert len(reader.store.incidents(Selection())) == 100
    pinned = reader.store.at(reader.store.version())
    remove(city)
    assert len(reader.store.incidents(Selection())) == 100 - N_PAST
    with pytest.raises(NotFound, match="does not open any more"):
        pinned.incidents(Selection())


def test_a_reader_in_the_middle_of_a_reading_asks_again(city):
    lake = city.store
    now = lake._current()
    remove(pipeline.open_workspace(city.workspace.folder))
    asked = []

    def ask(snapshot):
        asked.append(snapshot.version)
        if snapshot is now:
            raise FileNotFoundError
        return snapshot.version

    lake._current, kept = (lambda: now if not asked else kept()), lake._current
    assert lake._read(ask) == lake.version() and len(asked) == 2


def test_the_same_file_again_brings_nothing_back(city, tmp_path):
    remove(city)
    again = pipeline.ingest(city, write(tmp_path / "thefts.csv", good(60)), "open")
    assert (again.accepted, again.duplicates, city.store.totals().n) == (0, 60, 100 - N_PAST)


def test_rejected_rows_go_when_they_were_brought_in_too_long_ago(city, tmp_path):
    pipeline.ingest(city, write(tmp_path / "dirty.csv", [*dirty()[6:]]), "open")
    report = next(each for each in city.store.files() if each.quarantined)
    brought = report.brought.astimezone(city.workspace.settings.zone).date()
    today = date.fromordinal(brought.toordinal() + 31)
    [found] = pipeline.past_retention(city, today)
    assert (found.n, found.n_rejected) == (60, 1)
    assert pipeline.past_retention(city, date.fromordinal(today.toordinal() - 1))[0].n_rejected == 0
    pipeline.remove_past_retention(city, ANYONE, "A", "Over", today, {"open": 60})
    account = next(each for each in pipeline.accounts(city) if each.report.file_id == report.file_id)
    folder = city.workspace.folder / "quarantine" / report.file_id
    assert not account.is_kept and not (folder / f"{report.file_id}.parquet").exists()


def test_nothing_is_removed_by_mistake(city):
    for wrong, error in (
        ({"access": Access(manages_data=False)}, NotAllowed),
        ({"by": " "}, InvalidInput),
        ({"why": ""}, InvalidInput),
        ({"n": N_PAST - 1}, Conflict),
    ):
        with pytest.raises(error):
            remove(city, **wrong)
    with pytest.raises(NotFound, match="nothing of kept"):
        pipeline.remove_past_retention(city, ANYONE, "A", "x", TODAY, {"kept": 40})
    with pytest.raises(InvalidInput, match="at least one source"):
        pipeline.remove_past_retention(city, ANYONE, "A", "x", TODAY, {})
    assert city.store.totals().n == 100 and pipeline.removals(city) == ()


def test_a_gap_says_it_and_closes_when_it_is_done(city):
    def kinds() -> list[str]:
        return [each.gap.text for each in pipeline.gaps(city, ANYONE, TODAY).value
                if each.gap.kind == "past retention" and each.gap.state.is_waiting]  # fmt: skip

    [said] = kinds()
    assert said == "open is kept longer than it may be: remove what is from before 10 Mar 2023"
    remove(city)
    assert kinds() == []


def test_on_the_command_line_a_number_must_be_confirmed(city, capsys):
    where = ["--workspace", str(city.workspace.folder)]
    pipeline.register_source(city, replace(OPEN, retention_days=1), ANYONE, "A", 1)
    assert main(["sources", "past", *where]) == 0
    assert "open: 60 incidents" in capsys.readouterr().out
    assert main(["sources", "remove-past", *where, "--by", "A", "--why", "Over"]) == 1
    assert "--confirm 60" in capsys.readouterr().err and city.store.totals().n == 100
    assert main(["sources", "remove-past", "open", *where, "--by", "A", "--why", "Over", "--confirm", "60"]) == 0
    assert city.store.totals().by_source == {"kept": 40}
    assert {source for source, _ in rows_on_disk(city)} == {"kept"}
    assert main(["status", *where, "--json"]) == 0 and '"removed": 60' in capsys.readouterr().out


@pytest.mark.slow
def test_a_process_killed_in_the_middle_loses_nothing_and_leaves_nothing(city):
    script = (
        "import os, sys; from datetime import date; from ilpgeo.store import lake; from ilpgeo.store.lake import Lake\n"
        "lake.remove_files = lambda *_: os._exit(9)\n"
        "Lake(__import__('pathlib').Path(sys.argv[1]), crs='EPSG:32617', timezone='America/Toronto')"
        ".expire({'open': date(2023, 3, 10)}, 'A', 'x')"
    )
    done = subprocess.run([sys.executable, "-c", script, str(city.workspace.lake)], check=False)
    assert done.returncode == 9
    assert city.store.totals().by_source == {"kept": 40, "open": 60 - N_PAST}
    remove(city, 0)
    assert len(rows_on_disk(city)) == 100 - N_PAST

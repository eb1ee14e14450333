"""The mark says that all kernels are compiled, for these sources on this machine and no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from ilpgeo.core import kernel_files, kernel_marks


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Keep machine code in a folder of the test's own."""
    monkeypatch.setattr(kernel_files, "home_of", lambda package: tmp_path)
    monkeypatch.setattr(kernel_files, "is_steady", lambda sources: True)
    return tmp_path


def test_what_was_noted_is_known_and_nothing_before(home: Path):
    assert not kernel_marks.is_compiled()
    kernel_marks.note_compiled()
    assert kernel_marks.is_compiled()


def test_the_code_and_the_marks_of_other_sources_go(home: Path):
    ours = home / kernel_files.stamp_of(kernel_marks.PACKAGE / "models" / "kde_share.py")
    other = home / "0123456789abcdef"
    for folder in (ours, other):
        (folder / "models_0").mkdir(parents=True)
        (folder / "models_0" / "kernel.nbi").touch()
    stale = home / "compiled-0123456789abcdef-0123456789abcdef"
    other_machine = home / f"compiled-{kernel_marks._sources()}-0123456789abcdef"
    lock = home / ".lock"
    for file in (stale, other_machine, lock):
        file.touch()
    assert not kernel_marks.is_compiled()
    kernel_marks.note_compiled()
    assert {each for each in home.iterdir() if each.name != kernel_marks._mark().name} == {ours, other_machine, lock}
    assert (ours / "models_0" / "kernel.nbi").is_file()


def test_another_source_another_processor_is_another_mark(monkeypatch: pytest.MonkeyPatch):
    kernel_marks.note_compiled()
    with monkeypatch.context() as changed:
        changed.setattr(kernel_files, "stamp_of", lambda source: f"{source.stem} as it will be")
        assert not kernel_marks.is_compiled()
    monkeypatch.setenv("NUMBA_CPU_NAME", "generic")
    assert not kernel_marks.is_compiled()
    monkeypatch.delenv("NUMBA_CPU_NAME")
    assert kernel_marks.is_compiled()


def test_nothing_is_noted_or_removed_while_sources_change(monkeypatch: pytest.MonkeyPatch, home: Path):
    other = home / "0123456789abcdef"
    other.mkdir()
    monkeypatch.setattr(kernel_files, "is_steady", lambda sources: False)
    kernel_marks.note_compiled()
    assert list(home.iterdir()) == [other]
    assert not kernel_marks.is_compiled()


def test_where_nothing_can_be_kept_nothing_is_noted(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(kernel_files, "home_of", lambda package: None)
    kernel_marks.note_compiled()
    assert not kernel_marks.is_compiled()

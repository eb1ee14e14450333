"""What every store must keep: a version for each change, each of which opens again as it was."""

from pathlib import Path

import numpy as np
import pytest

from ilpgeo.core.errors import NotAllowed, NotFound
from ilpgeo.core.protocols import IncidentStore, Selection
from tests.contracts.stores import Opener, bring, keys_of


def test_a_withdrawn_file_is_gone_but_its_version_opens(store: IncidentStore) -> None:
    bring(store, range(10))
    before = bring(store, range(5, 20), "f2").version
    after = store.withdraw("f1")
    assert after == store.version() != before
    assert sorted(keys_of(store)) == list(range(10, 20))
    assert [each.file_id for each in store.files()] == ["f2"]
    old = store.at(before)
    assert sorted(keys_of(old)) == list(range(20))
    assert [each.file_id for each in old.files()] == ["f1", "f2"]
    with pytest.raises(NotFound):
        store.withdraw("f1")
    assert bring(store, range(10)).accepted == 10
    assert sorted(keys_of(store)) == list(range(20))
    ids = store.incidents(Selection()).row_id
    assert len(np.unique(ids)) == 20


def test_remap_gives_labels_another_offence(store: IncidentStore) -> None:
    bring(store, range(40))
    bring(store, range(60, 80), "f2")
    before = store.version()
    old = store.incidents(Selection())
    version = store.remap({"Label 1": "burglary", "Label 2": "offence 0", "label 3": "not this one"}.get)
    new = store.incidents(Selection())
    assert version == store.version() != before
    assert new.row_id.tolist() == old.row_id.tolist()
    assert new.x.tolist() == old.x.tolist()
    wanted = [{1: "burglary", 2: "offence 0"}.get(k % 4, f"offence {k % 3}") for k in keys_of(store)]
    assert [new.offences[c] for c in new.offence] == wanted
    assert keys_of(store, Selection(offences=("burglary",))) == [k for k in keys_of(store) if k % 4 == 1]
    assert [store.at(before).incidents(Selection()).offences[c] for c in old.offence] == [
        old.offences[c] for c in old.offence
    ]
    assert store.remap({"Label 1": "burglary"}.get) == version
    assert len(store.files()) == 2
    assert bring(store, range(40), "f3").duplicates == 40


def test_an_old_version_is_read_only_and_stays_as_it_was(store: IncidentStore) -> None:
    first = bring(store, range(5)).version
    second = bring(store, range(5, 9), "f2").version
    names = [version for version, _, _ in store.versions()]
    assert names[:2] == [second, first]
    whens = [when for _, when, _ in store.versions()]
    assert whens == sorted(whens, reverse=True)
    assert all(what for _, _, what in store.versions())
    old = store.at(first)
    assert old.version() == first
    assert keys_of(old) == list(range(5))
    assert old.totals().n == 5
    assert [version for version, _, _ in old.versions()] == names[1:]
    for change in (lambda: bring(old, [77], "f9"), lambda: old.withdraw("f1"), lambda: old.remap({"a": "b"}.get)):
        with pytest.raises(NotAllowed):
            change()
    assert store.version() == second
    for unknown in ("", "1", "99-abcdefabcdef", first + "0"):
        with pytest.raises(NotFound):
            store.at(unknown)


def test_two_stores_share_a_version_only_when_their_content_is_the_same(
    opener: Opener, tmp_path_factory: pytest.TempPathFactory
) -> None:
    a, b, c = (opener(tmp_path_factory.mktemp(name)) for name in "abc")
    assert bring(a, range(10)).version == bring(b, range(10)).version
    assert bring(c, range(1, 11)).version != a.version()


def test_a_second_opening_sees_changes_at_once(store: IncidentStore, opener: Opener, tmp_path: Path) -> None:
    other = opener(tmp_path)
    bring(store, range(4))
    assert other.version() == store.version()
    assert keys_of(other) == list(range(4))

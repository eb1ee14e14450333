from collections import Counter

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.ingest.keys import Occurrences, combined, text_keys

WORD = 2**64


def mixed(value: int) -> int:
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 % WORD
    value = (value ^ value >> 27) * 0x94D049BB133111EB % WORD
    return value ^ value >> 31


def text_key(text: str | None) -> int:
    value = 0xCBF29CE484222325
    for byte in (text or "").encode():
        value = (value ^ byte) * 0x100000001B3 % WORD
    return mixed(value)


def test_keys_are_those_of_the_hash_written_down_so_the_same_on_every_machine_and_in_every_process():
    texts = ["HZ170962", None, "é", ""]
    keys = combined([text_keys(pa.array(texts)), np.array([1, 2, 3, -4])])
    expected = [mixed((text_key(text) + 0x9E3779B97F4A7C15) % WORD) for text in texts]
    numbers = [1, 2, 3, WORD - 4]
    expected = [mixed(((key ^ n) + 0x9E3779B97F4A7C15) % WORD) for key, n in zip(expected, numbers, strict=True)]
    assert keys.tolist() == expected
    assert expected[0] == 11889063489075318544


def test_dictionary_text_hashes_as_plain_text():
    text = pa.array(["a", None, "b", "a"])
    assert text_keys(text).tolist() == text_keys(text.dictionary_encode()).tolist()
    assert text_keys(text.slice(2)).tolist() == text_keys(text).tolist()[2:]


@given(st.lists(st.integers(0, 20), max_size=300), st.lists(st.integers(1, 50), max_size=20))
def test_keys_number_equal_rows_and_do_not_depend_on_batches(contents, cuts):
    content = np.array(contents, np.uint64)
    whole, again = Occurrences(16).number(content)
    assert len(set(whole.tolist())) == len(content)
    assert again.sum() == sum(n - 1 for n in Counter(contents).values())
    state, parts, at = Occurrences(16), [], 0
    for cut in [*cuts, len(content)]:
        parts.append(state.number(content[at : at + cut])[0])
        at += cut
    assert np.concatenate(parts).tolist() == whole.tolist()


def test_a_million_equal_rows_are_not_quadratic_and_memory_stays_under_32_bytes_a_row():
    state = Occurrences()
    n = 1_000_000
    keys, again = state.number(np.zeros(n, np.uint64))
    assert len(np.unique(keys)) == n
    assert again.sum() == n - 1
    assert state.n_bytes <= 16 * n


def test_memory_while_growing_stays_under_32_bytes_a_row():
    state, rows, peak = Occurrences(), 0, 0.0
    rng = np.random.default_rng(0)
    for _ in range(40):
        before = state.n_bytes
        state.number(rng.integers(0, 2**63, 10_000).astype(np.uint64))
        rows += 10_000
        if state.n_bytes != before and rows > 50_000:
            peak = max(peak, (state.n_bytes + state.n_bytes / 1.5) / (rows - 10_000))
    assert 0 < peak < 32

from datetime import date

import pytest

from ilpgeo.core.errors import InvalidInput
from ilpgeo.prioritise.weights import StrategyEntry, read_strategy, weigh

TODAY = date(2024, 5, 1)


def entry(offence: str, weight: float, expires: date) -> StrategyEntry:
    return StrategyEntry(offence, weight, "Cdr Okafor", "winter plan", expires)


def test_harm_times_strategy():
    weights = weigh(["robbery", "theft"], {"robbery": 365, "theft": 2}, [entry("theft", 3, TODAY)], TODAY)
    assert weights.value.tolist() == [365, 6]
    assert any("theft x 3" in remark and "Cdr Okafor" in remark for remark in weights.remarks)


def test_an_expired_entry_does_not_count_and_is_reported():
    weights = weigh(["theft"], {"theft": 2}, [entry("theft", 3, date(2024, 4, 30))], TODAY)
    assert weights.value.tolist() == [2]
    assert any("expired on 2024-04-30" in remark for remark in weights.remarks)


def test_without_a_harm_table_every_offence_counts_one():
    weights = weigh(["robbery", "theft"], {}, [], TODAY)
    assert weights.value.tolist() == [1, 1]
    assert "no harm table" in weights.remarks[0]


def test_an_offence_missing_from_the_table_counts_its_median_and_is_named():
    weights = weigh(["robbery", "novel"], {"robbery": 365, "theft": 2, "assault": 10}, [], TODAY)
    assert weights.value.tolist() == [365, 10]
    assert "novel" in weights.remarks[0]


def test_an_entry_for_an_offence_not_asked_for_is_silent():
    assert weigh(["theft"], {"theft": 2}, [entry("robbery", 3, TODAY)], TODAY).remarks == ()


def test_all_zero_weights_are_remarked():
    assert any("says nothing" in remark for remark in weigh(["drugs"], {"drugs": 0}, [], TODAY).remarks)


def test_a_strategy_table_is_read():
    row = {"weight": "2.5", "owner": "Chief", "reason": "plan", "expires": "2024-12-31"}
    assert read_strategy({"theft": row}) == (StrategyEntry("theft", 2.5, "Chief", "plan", date(2024, 12, 31)),)


def test_every_fault_of_a_strategy_table_is_named():
    with pytest.raises(InvalidInput) as caught:
        read_strategy({"theft": {"weight": "-1", "owner": "", "reason": "x", "expires": "31/12/2024"}, "arson": {}})
    assert len(caught.value.faults) == 7
    assert "row 2, theft: owner is missing" in str(caught.value)

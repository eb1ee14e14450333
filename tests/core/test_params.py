from dataclasses import dataclass

import pytest

from ilpgeo.core import params
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.params import param


@dataclass(frozen=True)
class Toy:
    reach_m: float = param(300.0, label="Reach", unit="m", low=10, high=5000, help="How far.")
    least: int = param(5, label="Least", low=1, help="How many.")
    kernel: str = param("quartic", label="Kernel", choices=("quartic", "gaussian"), help="Which.")
    edge: bool = param(True, label="Edge", help="Whether.")


def test_text_becomes_values_of_the_right_kind() -> None:
    toy = params.build(Toy, {"reach_m": "250", "least": "7", "kernel": "gaussian", "edge": "no"})
    assert toy == Toy(250.0, 7, "gaussian", False)
    params.check(toy)


@pytest.mark.parametrize("settings", [{"reach": "1"}, {"least": "2.5"}, {"reach_m": "far"}, {"edge": "maybe"}])
def test_what_cannot_be_read_is_named(settings: dict[str, str]) -> None:
    with pytest.raises(InvalidInput, match=next(iter(settings))):
        params.build(Toy, settings)


def test_a_number_too_large_for_any_setting_is_named() -> None:
    with pytest.raises(InvalidInput, match=r"reach_m must be finite, .*; least must be finite"):
        params.check(Toy(reach_m=10**400, least=10**400))


def test_every_fault_is_collected() -> None:
    with pytest.raises(InvalidInput) as caught:
        params.check(Toy(reach_m=float("nan"), least=0, kernel="cosine"))
    assert len(caught.value.faults) == 3

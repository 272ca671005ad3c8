"""Money of an award that is set free: back to its own tranches, the last one first."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funding.rules.allocation import TrancheFunds, draw
from funding.rules.money import MoneyError
from funding.rules.release import ReleaseError, release_parts

HELD = {"2016-1": Decimal("10000.00"), "2016-2": Decimal("5000.00")}
AMOUNTS = st.decimals("0.01", "50000.00", places=2)


@pytest.mark.parametrize(
    "amount, parts",
    [
        ("0.01", {"2016-2": "0.01"}),
        ("5000.00", {"2016-2": "5000.00"}),
        ("5000.01", {"2016-2": "5000.00", "2016-1": "0.01"}),
        ("15000.00", {"2016-2": "5000.00", "2016-1": "10000.00"}),
    ],
)
def test_release_goes_to_the_tranche_drawn_on_last_first(
    amount: str, parts: dict[str, str]
) -> None:
    assert release_parts(Decimal(amount), HELD) == {
        name: Decimal(part) for name, part in parts.items()
    }


def test_release_refuses_more_than_is_held() -> None:
    with pytest.raises(ReleaseError) as refused:
        release_parts(Decimal("15000.01"), HELD)
    assert refused.value.held == Decimal("15000.00")


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "NaN"])
def test_release_refuses_what_is_no_amount(amount: str) -> None:
    with pytest.raises(MoneyError):
        release_parts(Decimal(amount), HELD)


@given(st.lists(AMOUNTS, min_size=1, max_size=5), st.data())
def test_what_is_left_is_what_a_smaller_award_would_have_drawn(
    free: list[Decimal], data: st.DataObject
) -> None:
    funds = [TrancheFunds(str(number), amount) for number, amount in enumerate(free)]
    granted = data.draw(st.decimals("0.01", sum(free), places=2))
    released = data.draw(st.decimals("0.01", granted, places=2))
    held = draw(granted, funds)

    back = release_parts(released, held)

    left = {name: part - back.get(name, Decimal(0)) for name, part in held.items()}
    smaller = draw(granted - released, funds) if released < granted else {}
    assert {name: part for name, part in left.items() if part} == smaller

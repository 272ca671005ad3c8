import hashlib
import hmac
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funding.rules.deadlines import BERLIN
from funding.rules.ledger import (
    CHAIN_START,
    Balance,
    EntryKind,
    LedgerError,
    balance_from_totals,
    balance_of,
    entry_mac,
    post,
    reason_digest,
)
from funding.rules.money import MoneyError

KEY = b"a key of the tests, thirty-two bytes and more"
PROFILE = settings(derandomize=True, database=None, deadline=None, max_examples=200)
FIELDS = {
    "tranche_id": 7,
    "sequence": 2,
    "kind": EntryKind.COMMITMENT,
    "amount": Decimal(15000),
    "award_reference": "Z-2016-0001",
    "user_id": 3,
    "moment": datetime(2016, 7, 15, 10, 30, tzinfo=UTC),
    "reason_digest": "ab" * 32,
}
ENTRIES = st.lists(
    st.tuples(
        st.sampled_from(EntryKind),
        st.integers(-60, 60).filter(bool).map(lambda cents: Decimal(cents) / 100),
    ),
    max_size=30,
)


def euros(*amounts: int) -> Balance:
    return Balance(*[Decimal(amount) for amount in amounts])


def test_balance_follows_from_the_entries():
    balance = balance_of(
        [
            (EntryKind.APPROPRIATION, Decimal(100_000)),
            (EntryKind.COMMITMENT, Decimal(50_000)),
            (EntryKind.COMMITMENT, Decimal(15_000)),
            (EntryKind.PAYMENT, Decimal(40_000)),
            (EntryKind.REPAYMENT, Decimal(10_000)),
            (EntryKind.RELEASE, Decimal(20_000)),
            (EntryKind.APPROPRIATION, Decimal(-5_000)),
        ]
    )
    assert balance == euros(95_000, 45_000, 30_000)
    assert balance.open == Decimal(15_000)
    assert balance.free == Decimal(50_000)


def test_balance_of_nothing_is_zero():
    assert balance_of([]) == Balance() == balance_from_totals({})


def test_repaid_money_is_open_until_it_is_released():
    repaid = post(euros(100, 100, 100), EntryKind.REPAYMENT, Decimal(30))
    assert (repaid.open, repaid.free) == (Decimal(30), Decimal(0))
    released = post(repaid, EntryKind.RELEASE, Decimal(30))
    assert (released.open, released.free) == (Decimal(0), Decimal(30))


@pytest.mark.parametrize(
    "kind, limit",
    [
        (EntryKind.COMMITMENT, 40),
        (EntryKind.RELEASE, 35),
        (EntryKind.PAYMENT, 35),
        (EntryKind.REPAYMENT, 25),
    ],
)
def test_entry_is_possible_up_to_its_limit_and_no_cent_further(kind, limit):
    balance = euros(100, 60, 25)
    assert post(balance, kind, Decimal(limit)).is_sound is True
    with pytest.raises(LedgerError) as caught:
        post(balance, kind, Decimal(limit) + Decimal("0.01"))
    assert (caught.value.kind, caught.value.limit) == (kind, Decimal(limit))


def test_tranche_is_reduced_to_what_is_committed_and_no_cent_further():
    balance = euros(100, 60, 25)
    assert post(balance, EntryKind.APPROPRIATION, Decimal(-40)) == euros(60, 60, 25)
    with pytest.raises(LedgerError):
        post(balance, EntryKind.APPROPRIATION, Decimal("-40.01"))


@pytest.mark.parametrize("kind", EntryKind)
@pytest.mark.parametrize("amount", ["0", "0.001", "NaN"])
def test_entry_refuses_what_is_no_amount(kind, amount):
    with pytest.raises(MoneyError):
        post(euros(100, 60, 25), kind, Decimal(amount))


@pytest.mark.parametrize("kind", [kind for kind in EntryKind if kind != EntryKind.APPROPRIATION])
def test_entry_refuses_a_negative_amount(kind):
    with pytest.raises(MoneyError):
        post(euros(100, 60, 25), kind, Decimal(-1))


@PROFILE
@given(ENTRIES)
def test_balance_stays_sound_whatever_is_tried(entries):
    balance, accepted = Balance(), dict.fromkeys(EntryKind, Decimal(0))
    for kind, amount in entries:
        try:
            balance = post(balance, kind, amount)
        except (LedgerError, MoneyError):
            continue
        accepted[kind] += amount
        assert balance.is_sound
    assert balance_from_totals(accepted) == balance


@pytest.mark.parametrize("balance", [euros(1, 2, 0), euros(2, 1, 2), euros(2, 1, -1)])
def test_balance_that_breaks_an_invariant_is_not_sound(balance):
    assert balance.is_sound is False


def test_mac_can_be_computed_by_hand():
    fields = [
        "ledger-entry-1",
        "",
        "7",
        "2",
        "commitment",
        "15000.00",
        "Z-2016-0001",
        "3",
        "2016-07-15T10:30:00.000000+00:00",
        "ab" * 32,
    ]
    message = "".join(f"{len(field)}:{field}," for field in fields).encode()
    expected = hmac.new(KEY, message, hashlib.sha256).hexdigest()
    assert entry_mac(KEY, CHAIN_START, **FIELDS) == expected


def test_mac_does_not_depend_on_time_zone_or_scale():
    same = FIELDS | {
        "amount": Decimal("15000.000"),
        "moment": datetime(2016, 7, 15, 12, 30, tzinfo=BERLIN),
        "kind": "commitment",
    }
    assert entry_mac(KEY, CHAIN_START, **same) == entry_mac(KEY, CHAIN_START, **FIELDS)


@pytest.mark.parametrize(
    "change",
    [
        {"tranche_id": 8},
        {"sequence": 3},
        {"kind": EntryKind.RELEASE},
        {"amount": Decimal("15000.01")},
        {"award_reference": ""},
        {"user_id": 4},
        {"moment": datetime(2016, 7, 15, 10, 30, 0, 1, tzinfo=UTC)},
        {"reason_digest": "ba" * 32},
        # The same characters in a row, cut elsewhere.
        {"tranche_id": 72, "sequence": ""},
        {"award_reference": "Z-2016-00013", "user_id": ""},
    ],
)
def test_mac_changes_with_each_field(change):
    assert entry_mac(KEY, CHAIN_START, **FIELDS | change) != entry_mac(KEY, CHAIN_START, **FIELDS)


def test_mac_changes_with_the_key_and_the_entry_before():
    mac = entry_mac(KEY, CHAIN_START, **FIELDS)
    assert entry_mac(KEY + b"!", CHAIN_START, **FIELDS) != mac
    assert entry_mac(KEY, mac, **FIELDS) != mac


def test_mac_of_a_reduction_carries_its_sign():
    up = FIELDS | {"kind": EntryKind.APPROPRIATION}
    down = up | {"amount": Decimal(-15000)}
    assert entry_mac(KEY, CHAIN_START, **up) != entry_mac(KEY, CHAIN_START, **down)


def test_mac_refuses_a_short_key_a_naive_moment_and_fractional_cents():
    with pytest.raises(ValueError, match="32 bytes"):
        entry_mac(b"short", CHAIN_START, **FIELDS)
    naive = datetime(2016, 7, 15, 10, 30)  # noqa: DTZ001 - the mistake under test
    with pytest.raises(ValueError, match="time zone"):
        entry_mac(KEY, CHAIN_START, **FIELDS | {"moment": naive})
    with pytest.raises(MoneyError):
        entry_mac(KEY, CHAIN_START, **FIELDS | {"amount": Decimal("0.001")})


def test_reason_digest_depends_on_salt_and_reason():
    digest = reason_digest("salt", "Bewilligung")
    assert len(digest) == 64
    assert digest == reason_digest("salt", "Bewilligung")
    assert digest != reason_digest("salt2", "Bewilligung")
    assert reason_digest("ab", "c") != reason_digest("a", "bc")
    with pytest.raises(ValueError, match="salt"):
        reason_digest("", "Bewilligung")

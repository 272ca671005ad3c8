"""Awards: whole against the tranches or not at all, taken back, announced."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from buendnisse.models import Alliance, TerritoryKind
from buendnisse.refusals import NotAllowed
from buendnisse.roles import Right, Role
from funding.models import Award, LedgerEntry, Tranche
from funding.queries import announced_by_year, budget_of
from funding.services.awards import (
    AwardRefused,
    Grant,
    NotEnoughMoney,
    announce_awards,
    cancel_award,
    commit_award,
)
from tests.factories.buendnisse import DistrictFactory, UserFactory
from tests.factories.cases import Round

pytestmark = pytest.mark.django_db

NOW = datetime(2016, 7, 13, 8, tzinfo=UTC)
LATER = datetime(2016, 7, 20, 8, tzinfo=UTC)


@pytest.fixture
def round_() -> Round:
    return Round(money=None)


def grant(round_: Round, amount: str = "15000.00", *, number: int = 1) -> Grant:
    """An award of ``amount`` euros: all of it eligible, and far below the cap."""
    alliance: Alliance = round_.found_alliance()
    return Grant(
        programme_year=round_.year,
        alliance=alliance,
        recipient=alliance.organisations.get(is_lead=True),
        reference=f"GIV-2016-{number:04}",
        purpose="Begegnungscafé",
        district=DistrictFactory(),
        territory_kind=TerritoryKind.LANDKREIS,
        territory_name="Bodenseekreis",
        requested_amount=Decimal(amount),
        eligible_amount=Decimal(amount),
        cap=Decimal("50000.00"),
    )


def commit(round_: Round, grant: Grant, *, now: datetime = NOW) -> Award:
    return commit_award(grant=grant, acting_user=round_.approver, now=now)


def cancel(round_: Round, award: Award) -> Award:
    return cancel_award(
        award_id=award.pk, reason="Ein Fehler.", acting_user=round_.approver, now=LATER
    )


def parts(award: Award, kind: str = "commitment") -> list[tuple[int, Decimal]]:
    """What each tranche gave, by its number."""
    entries = award.entries.filter(kind=kind).order_by("tranche__number")
    return list(entries.values_list("tranche__number", "amount"))


def committed(round_: Round) -> list[Decimal]:
    return list(round_.year.tranches.order_by("number").values_list("committed", flat=True))


# --- Making an award ------------------------------------------------------------------------


def test_commit_draws_on_the_earliest_tranche_whatever_its_number(round_: Round) -> None:
    round_.add_money(Decimal("20000.00"), value_date=date(2016, 7, 1))
    round_.add_money(Decimal("20000.00"), value_date=date(2016, 1, 1))
    assert parts(commit(round_, grant(round_))) == [(2, Decimal("15000.00"))]


def test_commit_goes_on_with_the_next_tranche_when_one_is_empty(round_: Round) -> None:
    round_.add_money(Decimal("10000.00"), value_date=date(2016, 1, 1))
    round_.add_money(Decimal("10000.00"), value_date=date(2016, 2, 1))
    first = commit(round_, grant(round_, "14999.99"))
    second = commit(round_, grant(round_, "5000.01", number=2))
    assert parts(first) == [(1, Decimal("10000.00")), (2, Decimal("4999.99"))]
    assert parts(second) == [(2, Decimal("5000.01"))]
    assert budget_of(round_.year).free == 0


def test_commit_takes_the_very_last_cent(round_: Round) -> None:
    round_.add_money(Decimal("15000.00"))
    assert commit(round_, grant(round_)).amount == Decimal("15000.00")
    assert committed(round_) == [Decimal("15000.00")]


def test_commit_never_gives_more_than_the_cap(round_: Round) -> None:
    round_.add_money(Decimal("100000.00"))
    generous = replace(grant(round_, "80000.00"), cap=Decimal("15000.00"))
    award = commit(round_, generous)
    assert (award.amount, award.eligible_amount) == (Decimal("15000.00"), Decimal("80000.00"))


def test_commit_takes_nothing_from_money_that_is_not_there_yet(round_: Round) -> None:
    round_.propose_money(Decimal("100000.00"))
    round_.add_money(Decimal("100000.00"), value_date=date(2016, 7, 14))
    with pytest.raises(NotEnoughMoney) as refused:
        commit(round_, grant(round_))
    assert (refused.value.missing, refused.value.free) == (Decimal("15000.00"), {})
    assert "keine bestätigte Tranche verfügbar" in str(refused.value.sentence)


def test_commit_uses_a_tranche_from_its_day_in_berlin_on(round_: Round) -> None:
    round_.add_money(Decimal("15000.00"), value_date=date(2016, 7, 14))
    offer = grant(round_)
    with pytest.raises(NotEnoughMoney):
        commit(round_, offer, now=datetime(2016, 7, 13, 21, 59, 59, tzinfo=UTC))
    assert commit(round_, offer, now=datetime(2016, 7, 13, 22, tzinfo=UTC)).pk


def test_commit_takes_nothing_from_another_year(round_: Round) -> None:
    Round(year=2015)
    with pytest.raises(NotEnoughMoney):
        commit(round_, grant(round_))


def test_not_enough_money_names_tranches_and_what_is_missing_and_writes_nothing(
    round_: Round,
) -> None:
    round_.add_money(Decimal("10000.00"))
    round_.add_money(Decimal("3500.50"))
    entries = LedgerEntry.objects.count()
    with pytest.raises(NotEnoughMoney) as refused:
        commit(round_, grant(round_))
    assert refused.value.missing == Decimal("1499.50")
    assert str(refused.value.sentence).replace("\N{NO-BREAK SPACE}", " ") == (
        "Das Geld reicht für GIV-2016-0001 nicht: Es fehlen 1.499,50 € (Tranche 2016-1: noch "
        "10.000 € frei; Tranche 2016-2: noch 3.500,50 € frei). Nichts wurde bewilligt."
    )
    assert (Award.objects.count(), LedgerEntry.objects.count()) == (0, entries)
    assert committed(round_) == [0, 0]


@pytest.mark.parametrize("role", [*(role for role in Role if role != Role.APPROVER), None])
def test_commit_refuses_whoever_is_no_approver(round_: Round, role: Role | None) -> None:
    round_.add_money(Decimal("15000.00"))
    round_.approver = UserFactory(roles=[role] if role else [])
    with pytest.raises(NotAllowed):
        commit(round_, grant(round_))
    assert not Award.objects.exists()


def test_commit_keeps_the_lock_short(
    round_: Round, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Lock, freeze, award, entries, two tranches: no more for more tranches."""
    round_.add_money(Decimal("10000.00"))
    round_.add_money(Decimal("10000.00"))
    for _ in range(3):
        round_.add_money(Decimal("10000.00"))
    offer = grant(round_)
    assert round_.approver.may(Right.DECIDE)
    with django_assert_num_queries(6):
        commit(round_, offer)


# --- Taking back ----------------------------------------------------------------------------


def test_cancel_returns_the_money_to_its_own_tranches(round_: Round) -> None:
    round_.add_money(Decimal("10000.00"))
    round_.add_money(Decimal("10000.00"))
    award = commit(round_, grant(round_))
    staying = commit(round_, grant(round_, "2000.00", number=2))
    cancelled = cancel(round_, award)
    assert (cancelled.cancelled_at, cancelled.released) == (LATER, Decimal("15000.00"))
    assert parts(award, "release") == [(1, Decimal("10000.00")), (2, Decimal("5000.00"))]
    assert committed(round_) == [0, Decimal("2000.00")]
    assert list(Award.objects.standing()) == [staying]


def test_money_set_free_is_committed_again(round_: Round) -> None:
    round_.add_money(Decimal("15000.00"))
    first = grant(round_)
    cancel(round_, commit(round_, first))
    again = commit(round_, first, now=LATER)
    assert (again.amount, committed(round_)) == (Decimal("15000.00"), [Decimal("15000.00")])
    kinds = LedgerEntry.objects.order_by("sequence").values_list("kind", flat=True)
    assert list(kinds) == ["appropriation", "commitment", "release", "commitment"]


def test_cancel_refuses_what_is_announced_or_cancelled(round_: Round) -> None:
    round_.add_money(Decimal("50000.00"))
    announced = commit(round_, grant(round_))
    announce_awards(award_ids=[announced.pk], now=LATER)
    cancelled = cancel(round_, commit(round_, grant(round_, number=2)))
    entries = LedgerEntry.objects.count()
    for award, code in ((announced, "already_announced"), (cancelled, "already_cancelled")):
        with pytest.raises(AwardRefused) as refused:
            cancel(round_, award)
        assert refused.value.code == code
    assert LedgerEntry.objects.count() == entries


# --- Announcing -----------------------------------------------------------------------------


def test_only_announced_awards_count_for_the_public(round_: Round) -> None:
    round_.add_money(Decimal("100000.00"))
    awards = [commit(round_, grant(round_, number=number)) for number in (1, 2, 3)]
    cancel(round_, awards[2])
    assert announced_by_year() == []
    assert announce_awards(award_ids=[awards[0].pk, awards[2].pk], now=LATER) == 1
    assert announce_awards(award_ids=[awards[0].pk], now=datetime(2017, 1, 1, tzinfo=UTC)) == 0
    figures = announced_by_year()
    assert [(row.year, row.alliances, row.amount) for row in figures] == [
        (2016, 1, Decimal("15000.00"))
    ]
    assert Award.objects.get(pk=awards[0].pk).announced_at == LATER


# --- What the database itself refuses -------------------------------------------------------


def test_database_refuses_to_commit_more_than_a_tranche_holds(round_: Round) -> None:
    tranche = round_.add_money(Decimal("15000.00"))
    with (
        pytest.raises(IntegrityError) as refused,
        transaction.atomic(),
    ):
        Tranche.objects.filter(pk=tranche.pk).update(committed=Decimal("15000.01"))
    assert any(
        name in str(refused.value)
        for name in ("tranche_committed_within_amount", "moves only with its ledger")
    )


def test_database_refuses_a_second_award_of_an_alliance_or_file_number(round_: Round) -> None:
    round_.add_money(Decimal("100000.00"))
    offer = grant(round_)
    commit(round_, offer)
    with pytest.raises(IntegrityError), transaction.atomic():
        commit(round_, replace(offer, reference="GIV-2016-0002"))
    with pytest.raises(IntegrityError), transaction.atomic():
        commit(round_, grant(round_))
    assert (Award.objects.count(), committed(round_)) == (1, [Decimal("15000.00")])


def test_database_keeps_an_award_as_it_was_granted(round_: Round) -> None:
    round_.add_money(Decimal("100000.00"))
    award = commit(round_, grant(round_))
    announce_awards(award_ids=[award.pk], now=LATER)
    cancelled = cancel(round_, commit(round_, grant(round_, number=2)))
    changes: list[tuple[Award, dict[str, object]]] = [
        (award, {"amount": Decimal("14000.00")}),
        (award, {"cap": Decimal("15000.00")}),
        (award, {"eligible_amount": Decimal("15000.01")}),
        (award, {"requested_amount": Decimal("15000.01")}),
        (award, {"reference": "GIV-2016-0009"}),
        (award, {"recipient_name": "Andere"}),
        (award, {"purpose": "Anderes"}),
        (award, {"territory_name": "Anderswo"}),
        (award, {"territory_kind": TerritoryKind.TOWN}),
        (award, {"district": DistrictFactory(ags="08111", name="Stuttgart")}),
        (award, {"alliance": round_.found_alliance()}),
        (award, {"awarded_by": round_.second_approver}),
        (award, {"awarded_at": LATER}),
        (award, {"announced_at": NOW}),
        (award, {"announced_at": None}),
        (cancelled, {"cancelled_at": NOW}),
        (cancelled, {"cancelled_at": None}),
    ]
    for row, change in changes:
        with pytest.raises(IntegrityError, match="stays as it was granted"), transaction.atomic():
            Award.objects.filter(pk=row.pk).update(**change)


@pytest.mark.parametrize(
    "change, name",
    [
        ({"released": Decimal("15000.01")}, "award_released_within_amount"),
        ({"cancelled_at": LATER}, "award_cancelled_only_unannounced_and_released"),
    ],
)
def test_database_refuses_impossible_awards(
    round_: Round, change: dict[str, object], name: str
) -> None:
    round_.add_money(Decimal("100000.00"))
    award = commit(round_, grant(round_))
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Award.objects.filter(pk=award.pk).update(**change)


@pytest.mark.parametrize(
    "change",
    [
        {"amount": Decimal("0.00")},
        {"cap": Decimal("14999.99")},
        {"eligible_amount": Decimal("14999.99")},
        {"requested_amount": Decimal("14999.99")},
    ],
)
def test_database_refuses_an_award_above_what_it_may_be(
    round_: Round, change: dict[str, object]
) -> None:
    round_.add_money(Decimal("100000.00"))
    award = commit(round_, grant(round_))
    cancel(round_, award)
    copy = Award.objects.get(pk=award.pk)
    copy.pk, copy.cancelled_at, copy.released = None, None, Decimal("0.00")
    for field, value in change.items():
        setattr(copy, field, value)
    with (
        pytest.raises(IntegrityError, match="award_within_cap_and_eligible_amount"),
        transaction.atomic(),
    ):
        copy.save(force_insert=True)


def test_database_deletes_no_award(round_: Round) -> None:
    round_.add_money(Decimal("100000.00"))
    commit(round_, grant(round_))
    with (
        pytest.raises(IntegrityError, match="no DELETE"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM funding_award")
    assert Award.objects.count() == 1

"""Two people with one form open: the second is told, and nothing of the first is lost silently."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from applications.models import TextBlock
from buendnisse.models import User
from buendnisse.roles import Role
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import Round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]

TOLD = "Jemand anderes hat das geändert, seit Sie die Seite geöffnet haben."


@dataclass
class Form:
    """A page with what it sends; ``first`` is what one person changes, ``second`` the other."""

    address: str
    row: Model
    sent: dict[str, object]
    first: dict[str, object]
    second: dict[str, object]


def person() -> Form:
    found = UserFactory(name="Alex", organisation="", roles=[Role.APPROVER])
    sent = {"name": "Alex", "roles": ["approver"], "is_staff": "on", "is_active": "on"}
    address = reverse("admin:buendnisse_user_change", args=[found.pk])
    return Form(address, found, sent, {"organisation": "Chor Aalen"}, {"name": "Alexandra"})


def block() -> Form:
    officer = UserFactory(roles=[Role.CASE_OFFICER])
    found = TextBlock.objects.create(
        title="Ziele",
        words="Bitte Ziele nennen.",
        updated_by=officer,
        updated_at=officer.date_joined,
    )
    sent = {"title": "Ziele", "words": "Bitte Ziele nennen.", "field": "", "is_active": "on"}
    address = reverse("admin:applications_textblock_change", args=[found.pk])
    return Form(address, found, sent, {"words": "Wen erreichen Sie?"}, {"title": "Ihre Ziele"})


def year() -> Form:
    found = Round().year
    sent = {
        "call_opens_at": "01.05.2016 08:00",
        "call_closes_at": "30.06.2016 23:59:59",
        "standard_cap": "15.000",
        "large_city_cap": "50.000",
        "district_cap": "50.000",
        "large_city_population": "100000",
        "min_own_share_percent": "0",
        "max_grant_share_percent": "100",
        "correction_days": "14",
        "correction_reminder_days": "3",
    }
    address = reverse("admin:funding_programmeyear_edit", args=[found.pk])
    later = {"call_closes_at": "31.07.2016 23:59:59"}
    return Form(address, found, sent, later, {"correction_days": "21"})


def administrator() -> Client:
    client = Client()
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    return client


def stored(row: Model) -> dict[str, object]:
    names = [field.name for field in row._meta.concrete_fields]
    left_out = {"last_login", "search_text", "organisation_key", "updated_at", "updated_by"}
    found = type(row)._default_manager.get(pk=row.pk)
    return {name: getattr(found, name) for name in names if name not in left_out}


@pytest.mark.parametrize("make", [person, block, year])
def test_the_second_of_two_is_told_before_anything_is_overwritten(
    make: Callable[[], Form],
) -> None:
    form = make()
    one, other = administrator(), administrator()
    seen = {"seen": other.get(form.address).context["form"]["seen"].value()}
    before = stored(form.row)
    assert one.post(form.address, {**form.sent, **seen, **form.first}).status_code == 302
    of_the_first = stored(form.row)
    assert of_the_first != before

    told = other.post(form.address, {**form.sent, **seen, **form.second})
    assert TOLD in told.content.decode()
    assert stored(form.row) == of_the_first
    typed = told.context["form"]
    assert {name: typed[name].value() for name in form.second} == form.second

    # Whoever has compared saves what they mean.
    again = {"seen": typed["seen"].value()}
    assert other.post(form.address, {**form.sent, **again, **form.second}).status_code == 302
    assert stored(form.row) != of_the_first


def test_a_form_from_before_does_not_let_somebody_in_again() -> None:
    form = person()
    one, other = administrator(), administrator()
    seen = {"seen": other.get(form.address).context["form"]["seen"].value()}
    locked_out = {name: value for name, value in form.sent.items() if name != "is_active"}
    one.post(form.address, {**locked_out, **seen})
    assert not User.objects.get(pk=form.row.pk).is_active

    other.post(form.address, {**form.sent, **seen, "roles": [], "name": "Alexandra"})
    assert not User.objects.get(pk=form.row.pk).is_active

"""The large year is one like any other: every page of it works, and its books are sound."""

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse

from applications.enums import State
from applications.models import Application, StatusChange
from applications.scale.course import courses
from applications.scale.year import fill_year
from buendnisse.models import ChangeRecord, User
from buendnisse.models.recorded import digest_of
from buendnisse.roles import Role
from funding.models import Award, Tranche
from funding.services.verification import LedgerProof
from tests.factories.buendnisse import NOW, UserFactory
from tests.factories.cases import Round


def test_courses_have_the_history_that_was_asked_for() -> None:
    found = list(courses(1000, history=10_000))
    assert sum(len(course.steps) for course in found) in (10_000, 10_001)
    assert {course.state for course in found} == set(State)
    for course in found:
        states = [State.DRAFT, *(target for _action, _source, target in course.steps)]
        assert [source for _action, source, _target in course.steps] == states[:-1]
        assert states[-1] == course.state


@pytest.mark.django_db
def test_every_page_of_a_large_year_works() -> None:
    loaded = fill_year(applications=100, now=NOW)
    assert (loaded["applications.Application"], StatusChange.objects.count()) == (100, 1000)
    assert loaded["buendnisse.ChangeRecord"] >= 1000
    assert all(digest_of(each) == each.digest for each in ChangeRecord.objects.all())
    tranche = Tranche.objects.get()
    assert tranche.committed == sum(award.amount for award in Award.objects.all())
    proof = LedgerProof(settings.LEDGER_KEY.encode())
    assert (list(proof.findings()), proof.entries) == ([], 26)
    client = Client()
    client.force_login(UserFactory(roles=set(Role) - {Role.JUROR}))
    queue = reverse("admin:applications_application_changelist")
    assert client.get(queue, {"q": "Begegnungscafe"}).context["cl"].result_count
    history = reverse("admin:buendnisse_changerecord_changelist")
    page = client.get(history, {"q": "GIV"})
    assert page.context["cl"].paginator.is_capped
    assert "Begegnungscafé mit offenem Sprachtisch" in page.content.decode()
    assert client.get(reverse("admin:index")).status_code == 200
    for state in State:
        case = Application.objects.visible_to_staff().filter(state=state).first()
        assert case, state
        path = reverse("admin:applications_application_change", args=[case.pk])
        assert client.get(path).status_code == 200, state


@pytest.mark.django_db
def test_a_database_in_use_is_left_alone() -> None:
    Round()
    people = User.objects.count()
    with pytest.raises(CommandError, match="enthält schon Programmjahre"):
        call_command("seed_scale", applications=10)
    with pytest.raises(CommandError, match="eine Zahl ab 1"):
        call_command("seed_scale", applications=0)
    assert User.objects.count() == people

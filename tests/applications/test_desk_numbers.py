"""Every number of the desk is the number of rows behind its link."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications.enums import Action, State
from applications.models import Application
from applications.services.case_file import set_follow_up
from applications.services.entry import withdraw_entered
from applications.services.late_admission import request_late_admission
from applications.services.sharing import share_with_ministry
from buendnisse.desk import Waiting
from buendnisse.models import User
from buendnisse.roles import Role
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import CHECKED_AT, Round
from tests.factories.entry import ENTERED_AT, begin, letter_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]


def rows_behind(client: Client, url: str) -> int:
    """What the page counts itself: a list, the decisions to announce, the juror's own list."""
    context: Any = client.get(url, follow=True).context
    if "cl" in context:
        return int(context["cl"].result_count)
    if "groups" in context:
        return len(next(each for each in context["groups"] if each.code == "to_score").reviews)
    return int(context["number"])


def desk_of(user: User) -> tuple[Client, list[Waiting]]:
    client = Client()
    client.force_login(user)
    return client, client.get(reverse("admin:index")).context["waiting"]


def everything(round_: Round) -> None:
    """A case of every kind that the desk counts, and of every kind that it must not count."""
    for state in State:
        if state != State.DRAFT:
            round_.case(state)
    round_.assign(round_.case(State.ELIGIBLE))
    round_.case(State.ELIGIBLE, score=7)
    corrected = round_.case(State.IN_REVIEW)
    Application.objects.filter(pk=corrected.pk).update(last_action=Action.RESUBMIT)
    shared, late = round_.draft(), round_.draft()
    share_with_ministry(
        application_id=shared.pk, acting_user=round_.owner_of(shared), now=shared.created_at
    )
    request_late_admission(
        application_id=late.pk, reason="Sturm.", acting_user=round_.owner_of(late), now=CHECKED_AT
    )
    round_.draft()
    begin(round_, alliance_name="Bündnis Angefangen")
    wrong = begin(round_, alliance_name="Bündnis Irrtum")
    withdraw_entered(
        application_id=wrong.pk, reason="Doppelt.", acting_user=round_.officer, now=ENTERED_AT
    )
    letter_of(round_)
    # Withdrawn before anybody took it up, it has no officer; so has what has just arrived.
    Application.objects.filter(state=State.SUBMITTED).update(officer=None)
    for state in (State.IN_REVIEW, State.WITHDRAWN):
        Application.objects.filter(pk=round_.case(state).pk).update(officer=None)
    set_follow_up(
        application_id=corrected.pk,
        due_date=timezone.localdate(),
        words="Nachsehen.",
        person=round_.officer,
        acting_user=round_.officer,
        now=timezone.now() - timedelta(days=1),
    )


def test_every_number_of_the_desk_is_the_number_of_rows_behind_it() -> None:
    round_ = Round()
    everything(round_)
    roles = [Role.CASE_OFFICER, Role.APPROVER, Role.BUDGET_OFFICER, Role.JUROR]
    somebody = UserFactory(roles=roles)
    round_.assign(round_.case(State.ELIGIBLE), somebody)
    counted = 0
    for user in (round_.officer, round_.approver, somebody):
        client, waiting = desk_of(user)
        for item in waiting:
            assert (str(item.label), rows_behind(client, item.url)) == (str(item.label), item.count)
            counted += 1
            if item.mine_url:
                mine = rows_behind(client, item.mine_url)
                assert (str(item.label), mine) == (str(item.label), item.mine)
    labels = {str(item.label) for item in desk_of(round_.officer)[1]}
    assert {"Noch niemandem zugeteilt", "Wiedervorlage fällig", "Nachgebessert zurück"} <= labels
    assert counted > 20

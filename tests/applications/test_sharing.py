"""A draft is its authors' alone, unless an owner opens it to the ministry, and only as long."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from applications.enums import State
from applications.models import Application, SharingChange
from applications.services.lifecycle import WrongState
from applications.services.sharing import share_with_ministry, stop_sharing
from buendnisse.models import MembershipRole, User
from buendnisse.refusals import NotAllowed
from tests.factories.cases import DRAFTED_AT, Round
from tests.pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]

LATER = DRAFTED_AT + timedelta(hours=1)


@pytest.fixture
def round_() -> Round:
    return Round(money=None)


@pytest.fixture
def draft(round_: Round) -> Application:
    return round_.draft()


def share(application: Application, by: User) -> Application:
    return share_with_ministry(application_id=application.pk, acting_user=by, now=DRAFTED_AT)


def page_of(application: Application, user: User) -> str:
    address = reverse("applications:overview", args=[application.public_id])
    return client_of(user).get(address).content.decode()


def test_sharing_opens_the_draft_and_taking_it_back_closes_it(
    round_: Round, draft: Application
) -> None:
    owner = round_.owner_of(draft)
    visible = Application.objects.visible_to_staff()
    assert list(visible.all()) == []

    share(draft, owner)
    assert list(visible.all()) == [draft]
    stop_sharing(application_id=draft.pk, acting_user=owner, now=LATER)
    assert list(visible.all()) == []

    recorded = SharingChange.objects.values_list("application", "is_shared", "actor", "at")
    assert list(recorded) == [
        (draft.pk, True, owner.pk, DRAFTED_AT),
        (draft.pk, False, owner.pk, LATER),
    ]


def test_sharing_twice_is_recorded_once(round_: Round, draft: Application) -> None:
    owner = round_.owner_of(draft)
    share(draft, owner)
    again = share_with_ministry(application_id=draft.pk, acting_user=owner, now=LATER)
    assert again.shared_with_ministry_at == DRAFTED_AT
    assert SharingChange.objects.count() == 1


@pytest.mark.parametrize("role", [MembershipRole.EDITOR, MembershipRole.VIEWER])
def test_only_an_owner_shares(round_: Round, draft: Application, role: MembershipRole) -> None:
    other = round_.member_of(draft, role)
    with pytest.raises(NotAllowed):
        share(draft, other)
    share(draft, round_.owner_of(draft))
    with pytest.raises(NotAllowed):
        stop_sharing(application_id=draft.pk, acting_user=other, now=LATER)
    html = page_of(draft, other)
    assert "Erlaubnis zurücknehmen</span>" not in html
    assert "Erlauben und zurücknehmen kann das, wer für Ihr Bündnis verantwortlich ist." in html


def test_what_is_submitted_is_not_shared_any_more(round_: Round) -> None:
    application = round_.case(State.SUBMITTED)
    with pytest.raises(WrongState):
        share(application, round_.owner_of(application))


def test_a_discarded_draft_is_closed_to_the_ministry(round_: Round, draft: Application) -> None:
    share(draft, round_.owner_of(draft))
    round_.withdraw(draft)
    assert list(Application.objects.visible_to_staff()) == []


@pytest.mark.parametrize("change", [{"is_shared": False}, {"at": LATER}])
def test_the_record_of_sharing_stays(
    round_: Round, draft: Application, change: dict[str, object]
) -> None:
    share(draft, round_.owner_of(draft))
    with pytest.raises(IntegrityError), transaction.atomic():
        SharingChange.objects.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        SharingChange.objects.all().delete()


def test_the_owner_turns_the_switch_on_the_page(round_: Round, draft: Application) -> None:
    owner = round_.owner_of(draft)
    client = client_of(owner)
    assert "Nur Ihr Bündnis kann ihn lesen." in page_of(draft, owner)

    page = client.post(reverse("applications:share", args=[draft.public_id]), follow=True)
    html = page.content.decode()
    assert "Das Ministerium kann Ihren Entwurf jetzt lesen." in html
    assert "Lesen können ihn Ihr Bündnis und, solange Sie es erlauben, das Ministerium." in html
    assert "Sie haben dem Ministerium erlaubt, den Entwurf zu lesen." in html

    page = client.post(reverse("applications:unshare", args=[draft.public_id]), follow=True)
    html = page.content.decode()
    assert "Jetzt kann nur noch Ihr Bündnis den Entwurf lesen." in html
    assert "Sie haben diese Erlaubnis zurückgenommen." in html


def test_a_viewer_who_turns_it_anyway_is_told_why_not(round_: Round, draft: Application) -> None:
    client = client_of(round_.member_of(draft, MembershipRole.VIEWER))
    page = client.post(reverse("applications:share", args=[draft.public_id]), follow=True)
    assert "bestimmt, wer für das Bündnis verantwortlich ist" in page.content.decode()
    draft.refresh_from_db()
    assert draft.shared_with_ministry_at is None


def test_strangers_find_nothing_to_share(draft: Application) -> None:
    stranger = Round(year=2017, money=None).officer
    address = reverse("applications:share", args=[draft.public_id])
    assert client_of(stranger).post(address).status_code == 404


def test_an_officer_finds_the_shared_draft_and_can_only_read_it(
    round_: Round, draft: Application
) -> None:
    owner = round_.owner_of(draft)
    client = client_of(round_.officer)
    queue = reverse("admin:applications_application_changelist")
    case = reverse("admin:applications_application_change", args=[draft.pk])
    assert (
        "Entwurf, zur Hilfe freigegeben" not in client.get(reverse("admin:index")).content.decode()
    )

    share(draft, owner)
    desk = client.get(reverse("admin:index")).content.decode()
    assert f"{queue}?aufgabe=hilfe" in desk
    listed = client.get(queue, {"aufgabe": "hilfe"})
    assert list(listed.context["cl"].queryset) == [draft]
    assert "Entwurf, zur Hilfe freigegeben</span>" in listed.content.decode()

    page = client.get(case)
    html = page.content.decode()
    # Nothing but to admit it late, should the call be over.
    assert [offer.step.code for offer in page.context["offers"]] == ["admit_late"]
    assert "Sie lesen mit und können nichts ändern." in html
    assert "Entwurf für das Ministerium freigegeben" in html

    stop_sharing(application_id=draft.pk, acting_user=owner, now=LATER)
    assert client.get(case).status_code == 404
    assert list(client.get(queue).context["cl"].queryset) == []

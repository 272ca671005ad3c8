"""The pages about who works on an alliance, and the pages behind the links in mails."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from buendnisse.models import (
    Alliance,
    ConfirmationRequest,
    Invitation,
    Membership,
    MembershipRole,
    OutgoingMail,
    User,
)
from buendnisse.queries import membership_role
from tests.factories.buendnisse import (
    NOW,
    PASSWORD,
    AllianceFactory,
    ConfirmationRequestFactory,
    InvitationFactory,
    MemberOrganisationFactory,
    MembershipFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
OWNER, EDITOR, VIEWER = MembershipRole.OWNER, MembershipRole.EDITOR, MembershipRole.VIEWER
HOSTILE = [
    "x",
    "a" * 5_000,
    "%00",
    "' OR 1=1 --",
    "🎉",
    "..%2f..",
    "<script>",
    "%ff%fe",
    "\u202egnp",
]


@pytest.fixture
def alliance() -> Alliance:
    return AllianceFactory(owner=True, name="Bündnis am See")


@pytest.fixture
def owner(client: Client, alliance: Alliance) -> User:
    client.force_login(alliance.created_by)
    return alliance.created_by


def url(alliance: Alliance, name: str, *args: int) -> str:
    return reverse(f"alliances:{name}", args=[alliance.public_id, *args])


def link(name: str, made: object) -> str:
    return reverse(name, args=[made.token])  # type: ignore[attr-defined]


def test_an_owner_invites_by_the_page(client: Client, alliance: Alliance, owner: User) -> None:
    response = client.post(
        url(alliance, "people"), {"email": "neu@example.org", "role": "viewer"}, follow=True
    )

    assert Invitation.objects.get().role == VIEWER
    assert "neu@example.org" in response.content.decode()


@pytest.mark.parametrize("exists", [True, False])
def test_no_answer_tells_whether_an_address_has_an_account(
    exists: bool, client: Client, alliance: Alliance, owner: User
) -> None:
    address = "jemand@example.org"
    if exists:
        UserFactory(email=address, name="Verborgen")
    response = client.post(
        url(alliance, "people"), {"email": address, "role": "viewer"}, follow=True
    )
    text = response.content.decode()
    assert "Die Einladung an jemand@example.org ist unterwegs." in text
    assert "Verborgen" not in text


@pytest.mark.parametrize(
    "data",
    [
        {"email": "keine", "role": "viewer"},
        {"email": "", "role": "viewer"},
        {"email": "a\x00@example.org", "role": "viewer"},
        {"email": f"{'x' * 300}@example.org", "role": "viewer"},
        {"email": "a@example.org", "role": "chief"},
        {"email": "a@example.org"},
    ],
)
def test_what_is_wrong_with_an_invitation_is_said_at_its_field(
    data: dict[str, str], client: Client, alliance: Alliance, owner: User
) -> None:
    response = client.post(url(alliance, "people"), data)
    assert response.status_code == 200
    assert len(response.context["form"].errors) == 1
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("role", [EDITOR, VIEWER])
def test_others_see_who_works_on_it_and_invite_nobody(
    role: MembershipRole, client: Client, alliance: Alliance
) -> None:
    InvitationFactory(alliance=alliance, email="geheim@example.org")
    client.force_login(MembershipFactory(alliance=alliance, role=role).user)
    shown = client.get(url(alliance, "people")).content.decode()

    assert alliance.created_by.email in shown
    assert "geheim@example.org" not in shown
    assert "Einladung senden" not in shown
    own = Membership.objects.get(alliance=alliance, role=OWNER)
    for address in (
        url(alliance, "people"),
        url(alliance, "role", own.pk),
        url(alliance, "member_remove", own.pk),
        url(alliance, "hand_over"),
        url(alliance, "invitation_resend", Invitation.objects.get().pk),
        url(alliance, "invitation_withdraw", Invitation.objects.get().pk),
    ):
        response = client.post(address, {"email": "a@example.org", "role": "owner"}, follow=True)
        assert [message.level_tag for message in response.context["messages"]] == ["error"]
    assert not OutgoingMail.objects.exists()
    assert Membership.objects.get(pk=own.pk).role == OWNER


def test_parts_change_by_the_pages(client: Client, alliance: Alliance, owner: User) -> None:
    member = MembershipFactory(alliance=alliance, role=VIEWER)
    client.post(url(alliance, "role", member.pk), {"role": "editor"})
    assert membership_role(alliance.pk, member.user) == EDITOR

    client.post(url(alliance, "hand_over"), {"member": str(member.pk)})
    assert membership_role(alliance.pk, member.user) == OWNER
    assert membership_role(alliance.pk, owner) == EDITOR

    response = client.post(url(alliance, "leave"), follow=True)
    assert "verlassen" in response.content.decode()
    assert client.get(url(alliance, "detail")).status_code == 404


def test_who_is_removed_finds_the_alliance_no_more(
    client: Client, alliance: Alliance, owner: User
) -> None:
    member = MembershipFactory(alliance=alliance, role=EDITOR)
    theirs = Client()
    theirs.force_login(member.user)
    assert theirs.get(url(alliance, "detail")).status_code == 200

    assert (
        member.user.name in client.get(url(alliance, "member_remove", member.pk)).content.decode()
    )
    client.post(url(alliance, "member_remove", member.pk))

    assert theirs.get(url(alliance, "detail")).status_code == 404


def test_the_last_owner_is_told_what_to_do(client: Client, alliance: Alliance, owner: User) -> None:
    page = client.get(url(alliance, "leave")).content.decode()
    assert "Übergeben Sie die Verantwortung zuerst" in page
    assert f'href="{url(alliance, "hand_over")}"' in page
    assert "Ja, verlassen" not in page
    response = client.post(url(alliance, "leave"), follow=True)
    assert "Übergeben Sie die Verantwortung zuerst" in response.content.decode()
    assert membership_role(alliance.pk, owner) == OWNER


def test_people_of_another_alliance_are_not_found(
    client: Client, alliance: Alliance, owner: User
) -> None:
    foreign = MembershipFactory(alliance=AllianceFactory(owner=True), role=EDITOR)
    invited = InvitationFactory()
    partner = MemberOrganisationFactory()
    for name, key in (
        ("role", foreign.pk),
        ("member_remove", foreign.pk),
        ("invitation_resend", invited.pk),
        ("invitation_withdraw", invited.pk),
        ("ask", partner.pk),
        ("role", 10**30),
        ("invitation_withdraw", 10**30),
    ):
        assert client.post(url(alliance, name, key), {"role": "owner"}).status_code == 404
    response = client.post(url(alliance, "hand_over"), {"member": str(foreign.pk)})
    assert response.context["form"].errors.keys() == {"member"}
    assert membership_role(foreign.alliance_id, foreign.user) == EDITOR


@pytest.mark.parametrize("count", [1, 3])
def test_people_take_six_queries_however_many(
    count: int,
    client: Client,
    alliance: Alliance,
    owner: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(count):
        MembershipFactory(alliance=alliance)
        InvitationFactory(alliance=alliance)
    # Session, person, alliance, members, invitations, roles.
    with django_assert_num_queries(6):
        client.get(url(alliance, "people"))


# --- The link of an invitation ----------------------------------------------------------------


def test_the_link_tells_the_alliance_and_who_invites_and_nothing_else(
    client: Client, alliance: Alliance
) -> None:
    MemberOrganisationFactory(alliance=alliance, name="Verborgene Organisation")
    other = MembershipFactory(alliance=alliance, user__name="Verborgene Person")
    invitation = InvitationFactory(alliance=alliance, email="eingeladen@example.org")
    response = client.get(link("invitation", invitation))
    text = response.content.decode()

    assert "Bündnis am See" in text
    assert alliance.created_by.name in text
    for hidden in (
        "Verborgene",
        other.user.email,
        alliance.created_by.email,
        "eingeladen@example.org",
        str(alliance.public_id),
    ):
        assert hidden not in text
    assert "no-store" in response.headers["Cache-Control"]


def test_nobody_accepts_without_signing_in(client: Client, alliance: Alliance) -> None:
    invitation = InvitationFactory(alliance=alliance)
    assert client.post(link("invitation", invitation)).status_code == 200
    assert alliance.memberships.count() == 1


def test_whoever_signs_in_first_comes_back_and_accepts(client: Client, alliance: Alliance) -> None:
    person = UserFactory()
    invitation = InvitationFactory(alliance=alliance, role=VIEWER)
    client.get(link("invitation", invitation))

    response = client.post(
        reverse("account_login"), {"login": person.email, "password": PASSWORD}, follow=True
    )
    assert response.redirect_chain[-1][0] == reverse("pending_invitation")
    assert "Einladung annehmen" in response.content.decode()
    # Opening it is not accepting it.
    assert membership_role(alliance.pk, person) is None
    response = client.post(reverse("pending_invitation"))
    assert response.headers["Location"] == url(alliance, "detail")
    assert membership_role(alliance.pk, person) == VIEWER
    # The next time they sign in they go where they always go.
    client.logout()
    response = client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    assert response.headers["Location"] == reverse("alliances:list")


@pytest.mark.parametrize("how", ["accepted", "expired", "withdrawn"])
def test_a_link_that_is_spent_says_what_to_do(how: str, client: Client, alliance: Alliance) -> None:
    owner = alliance.created_by
    invitation = InvitationFactory(
        alliance=alliance,
        **{
            "accepted": {"accepted_at": NOW, "accepted_by": UserFactory()},
            "expired": {"expires_at": NOW + timedelta(days=14)},
            "withdrawn": {"withdrawn_at": NOW, "withdrawn_by": owner},
        }[how],
    )
    for person in (None, UserFactory()):
        if person:
            client.force_login(person)
        for response in (
            client.get(link("invitation", invitation)),
            client.post(link("invitation", invitation)),
        ):
            assert "Diese Einladung gilt nicht mehr" in response.content.decode()
    assert alliance.memberships.count() == 1


def test_a_member_who_opens_a_link_goes_to_the_alliance(
    client: Client, alliance: Alliance, owner: User
) -> None:
    invitation = InvitationFactory(alliance=alliance)
    response = client.get(link("invitation", invitation))
    assert response.headers["Location"] == url(alliance, "detail")


@pytest.mark.parametrize("token", HOSTILE)
@pytest.mark.parametrize("page", ["einladung", "bestaetigung"])
def test_a_link_that_names_nothing_is_a_clear_page(page: str, token: str, client: Client) -> None:
    InvitationFactory()
    ConfirmationRequestFactory()
    for response in (client.get(f"/{page}/{token}/"), client.post(f"/{page}/{token}/")):
        assert response.status_code == 404


def test_the_digest_is_no_token(client: Client) -> None:
    invitation, request = InvitationFactory(), ConfirmationRequestFactory()
    for name, made in (("invitation", invitation), ("confirmation", request)):
        assert client.get(reverse(name, args=[made.token_digest])).status_code == 404


# --- Confirmations ----------------------------------------------------------------------------

ANSWER = {"person_name": "Demo-Person", "person_function": "Pfarrerin", "answer": "confirmed"}


def test_opening_the_link_changes_nothing(client: Client) -> None:
    request = ConfirmationRequestFactory()
    before = ConfirmationRequest.objects.values().get()
    # As mail scanners do: with the words of the button in the address too.
    client.get(link("confirmation", request))
    client.get(link("confirmation", request), ANSWER)
    client.head(link("confirmation", request))
    assert ConfirmationRequest.objects.values().get() == before


@pytest.mark.parametrize("answer", ["confirmed", "declined"])
def test_an_organisation_answers_without_an_account(answer: str, client: Client) -> None:
    request = ConfirmationRequestFactory()
    shown = client.get(link("confirmation", request)).content.decode()
    assert request.words in shown
    assert str(request.asked_by) in shown

    response = client.post(link("confirmation", request), {**ANSWER, "answer": answer}, follow=True)

    assert "Vielen Dank." in response.content.decode()
    request.refresh_from_db()
    assert (request.answer, request.person_name) == (answer, "Demo-Person")
    # A second click, or somebody else with the link, changes nothing any more.
    client.post(link("confirmation", request), {**ANSWER, "person_name": "Andere"})
    request.refresh_from_db()
    assert (request.answer, request.person_name) == (answer, "Demo-Person")


@pytest.mark.parametrize("value", ["", " ", "a\x00b", "x" * 1_000_000, "\u202ereview", "a\nb"])
@pytest.mark.parametrize("field", ["person_name", "person_function"])
def test_what_is_no_name_is_refused_at_its_field(field: str, value: str, client: Client) -> None:
    request = ConfirmationRequestFactory()
    response = client.post(link("confirmation", request), {**ANSWER, field: value})
    assert response.status_code == 200
    assert response.context["form"].errors.keys() == {field}
    assert ConfirmationRequest.objects.get().is_open


@pytest.mark.parametrize("answer", [None, "", "maybe"])
def test_an_answer_needs_one_of_the_buttons(answer: str | None, client: Client) -> None:
    request = ConfirmationRequestFactory()
    data = {**ANSWER, "answer": answer} if answer is not None else {"person_name": "A"}
    response = client.post(link("confirmation", request), data)
    assert "answer" in response.context["form"].errors
    assert "Bitte wählen Sie einen der beiden Knöpfe" in response.content.decode()


def test_names_and_remarks_are_shown_as_text(
    client: Client, alliance: Alliance, owner: User
) -> None:
    organisation = MemberOrganisationFactory(alliance=alliance, email="a@example.org")
    request = ConfirmationRequestFactory(organisation=organisation)
    bad = "<script>alert(1)</script>"
    Client().post(
        link("confirmation", request),
        {"person_name": bad, "person_function": bad, "remark": bad, "answer": "declined"},
    )
    assert ConfirmationRequest.objects.get().remark == bad
    shown = client.get(url(alliance, "confirmations")).content.decode()
    assert bad not in shown
    assert "&lt;script&gt;" in shown


def test_the_page_asks_and_reminds(client: Client, alliance: Alliance, owner: User) -> None:
    first = MemberOrganisationFactory(alliance=alliance, email="a@example.org")
    MemberOrganisationFactory(alliance=alliance, email="b@example.org")
    assert client.get(url(alliance, "ask", first.pk)).status_code == 405

    client.post(url(alliance, "ask", first.pk))
    client.post(url(alliance, "ask_all"))
    response = client.post(url(alliance, "ask", first.pk), follow=True)

    assert "schon eine E-Mail bekommen" in response.content.decode()
    sent = OutgoingMail.objects.order_by("pk").values_list("recipient", flat=True)
    assert list(sent) == ["a@example.org", "b@example.org"]


@pytest.mark.parametrize("count", [1, 3])
def test_confirmations_take_eight_queries_however_many(
    count: int,
    client: Client,
    alliance: Alliance,
    owner: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(count):
        organisation = MemberOrganisationFactory(alliance=alliance, email="a@example.org")
        ConfirmationRequestFactory(organisation=organisation)
    # Session, person, alliance, organisations, requests, applications, part, roles.
    with django_assert_num_queries(8):
        client.get(url(alliance, "confirmations"))

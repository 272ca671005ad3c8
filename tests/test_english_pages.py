"""Who chooses English reads English, on every page for visitors, applicants and the jury."""

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django.fixtures import Settings

from applications.enums import ScanState, State
from applications.models import Application
from applications.services.jury import declare_conflict
from applications.services.late_admission import decline_late_request
from applications.services.reviewing import admit_late
from buendnisse.models import (
    ConfirmationAnswer,
    MembershipRole,
    OutgoingMail,
    Territory,
    TerritoryKind,
    User,
)
from buendnisse.roles import Role
from buendnisse.services.confirmations import ask_for_confirmation, record_answer
from buendnisse.services.memberships import change_role, remove_member
from funding.models import ProgrammeYear
from tests.buendnisse.sign_in import give_app, give_recovery_codes, sign_in
from tests.buendnisse.test_account_wording import PASSKEY
from tests.english import german_in, german_in_html
from tests.factories.applications import ApplicationFactory, AttachmentFactory, DraftFactory
from tests.factories.buendnisse import (
    NOW,
    PASSWORD,
    AllianceFactory,
    ConfirmationRequestFactory,
    InvitationFactory,
    LeadOrganisationFactory,
    MemberOrganisationFactory,
    MembershipFactory,
    UserFactory,
)
from tests.factories.cases import SCORED_AT, Round
from tests.factories.files import PDF, upload
from tests.factories.funding import AnnouncedAwardFactory, OpenYearFactory
from tests.test_routes import TABLE as ROUTES

pytestmark = pytest.mark.django_db

SECTIONS = ("place", "project", "finances", "contact", "declarations")
STATES = [
    (State.DRAFT, False),
    (State.SUBMITTED, False),
    (State.IN_REVIEW, False),
    (State.CHANGES_REQUESTED, False),
    (State.ELIGIBLE, False),
    (State.PROPOSED, False),
    (State.AWARDED, True),
    (State.REJECTED, True),
    (State.WAITLISTED, True),
    (State.WITHDRAWN, False),
]


# Files, data for scripts, addresses that only pass on, and a page that needs a real passkey.
WITHOUT_A_PAGE = {
    "alliances:everything",
    "applications:attachment",
    "applications:attachment_preview",
    "applications:submitted_version",
    "healthz",
    "mfa_download_recovery_codes",
    "mfa_login_webauthn",
    "mfa_reauthenticate_webauthn",
    "preparing:questions_pdf",
    "readyz",
    "server_time",
    "set_language",
}


@pytest.fixture
def english(client: Client) -> Iterator[Client]:
    """The browser of somebody who has chosen English."""
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    yield client
    translation.activate(settings.LANGUAGE_CODE)


def read(client: Client, address: str, data: dict[str, Any] | None = None) -> str:
    """The page at an address, after the form is sent if there is data; German words fail."""
    response: Any = (
        client.get(address, follow=True)
        if data is None
        else client.post(address, data, follow=True)
    )
    html: str = response.content.decode()
    assert '<html lang="en"' in html
    assert german_in_html(html) == [], address
    return html


def test_no_page_is_forgotten() -> None:
    here = Path(__file__).read_text()
    names = {name: name.rpartition(":")[2] for name in ROUTES}
    shown = {name for name, last in names.items() if f':{last}"' in here or f'"{last}"' in here}
    assert shown | WITHOUT_A_PAGE == ROUTES.keys()


def test_the_search_for_german_words_finds_them_outside_names_and_what_was_typed() -> None:
    award = AnnouncedAwardFactory(purpose="Nähen und Kochen für alle")
    html = '<p title="Höhe">Gemeinsam in Vielfalt</p><p lang="de">und</p><img alt=""><b>Bitte</b>'
    assert german_in_html(f"{html} {award.purpose}") == ["Bitte", "Höhe"]


@pytest.mark.parametrize(
    "name",
    [
        "home",
        "award_list",
        "easy_german",
        "preparing:check",
        "preparing:questions",
        "imprint",
        "privacy",
        "accessibility",
        "account_login",
        "account_signup",
        "account_reset_password",
        "account_reset_password_done",
        "account_email_verification_sent",
        "account_reset_password_from_key_done",
        "account_request_login_code",
    ],
)
@pytest.mark.parametrize("is_open", [True, False])
def test_public_pages(english: Client, name: str, is_open: bool) -> None:
    if is_open:
        OpenYearFactory()
        AnnouncedAwardFactory()
    read(english, reverse(name))


@pytest.mark.usefixtures("reference_data")
@pytest.mark.parametrize("begun", ["no", "unsure", "yes", "?"])
def test_answers_of_the_check(english: Client, begun: str) -> None:
    territory = Territory.objects.get(kind=TerritoryKind.LANDKREIS, district__name="Bodenseekreis")
    for applicant in ("none", "person", "other", "unknown", "ev"):
        read(
            english,
            f"{reverse('preparing:check')}?applicant={applicant}&territory={territory.code}"
            f"&begun={begun}&participation=no&amount=60000",
        )


def test_the_browsers_language_counts_where_none_was_chosen(client: Client) -> None:
    html = client.get(reverse("home"), headers={"accept-language": "en-GB,en"}).content.decode()
    assert "Funding" in html
    assert german_in_html(html) == []


@pytest.mark.parametrize(
    "name",
    [
        "account_overview",
        "account_email",
        "account_change_password",
        "account_reauthenticate",
        "account_language",
        "account_logout",
        "usersessions_list",
        "mfa_index",
        "mfa_list_webauthn",
    ],
)
def test_pages_of_the_account(english: Client, name: str) -> None:
    english.force_login(UserFactory())
    read(english, reverse(name))


@pytest.mark.parametrize("name", ["account_login", "account_signup", "account_reset_password"])
def test_errors_in_forms_of_the_account(english: Client, name: str) -> None:
    read(english, reverse(name), {})
    read(english, reverse(name), {"login": "nobody@example.org", "password": "wrong", "email": "?"})


def test_signing_up_is_english_to_the_mail(english: Client) -> None:
    address = "new.person@example.org"
    password = "a rather long passphrase"
    read(
        english,
        reverse("account_signup"),
        {"name": "New Person", "email": address, "password1": password, "password2": password},
    )
    mail = OutgoingMail.objects.get(recipient=address)
    assert "Please confirm" in mail.subject
    assert "Hello," in mail.body_text
    assert User.objects.get(email=address).language == "en"


def test_signing_in_by_a_mailed_code_and_a_new_password(english: Client) -> None:
    user = UserFactory(language="en")
    asked = {"email": user.email}
    assert "code" in read(english, reverse("account_request_login_code"), asked)
    read(english, reverse("account_confirm_login_code"), {"code": "WRNG-CODE"})
    english.logout()
    english.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    read(english, reverse("account_reset_password"), asked)
    link = re.search(r"/konto/password/\S+", OutgoingMail.objects.latest("pk").body_text)
    assert link
    read(english, link.group())
    read(english, reverse("account_reset_password_from_key", args=["a", "no-such-key"]))
    read(english, reverse("account_confirm_email", args=["no-such-key"]))
    read(english, reverse("account_inactive"))
    read(english, reverse("pending_invitation"))


def test_second_factors(english: Client) -> None:
    user = UserFactory(language="en")
    english.force_login(user)
    read(english, reverse("account_reauthenticate"), {"password": PASSWORD})
    for name in ("mfa_activate_totp", "mfa_add_webauthn"):
        read(english, reverse(name))
        read(english, reverse(name), {"code": "000000"})
    give_app(user)
    give_recovery_codes(user)
    key = Authenticator.objects.create(user=user, type="webauthn", data=PASSKEY)
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        read(english, reverse(name, args=[key.pk]))
    # Good enough for its name, and no more.
    key.delete()
    for name in (
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_deactivate_totp",
        "mfa_reauthenticate",
        "mfa_index",
        "mfa_list_webauthn",
    ):
        read(english, reverse(name))
    english.logout()
    english.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    read(english, reverse("account_login"), {"login": user.email, "password": PASSWORD})
    read(english, reverse("mfa_authenticate"), {"code": "000000"})


def test_whoever_has_no_password_sets_one(english: Client) -> None:
    user = UserFactory()
    user.set_unusable_password()
    user.save()
    english.force_login(user)
    read(english, reverse("account_set_password"))


def test_what_the_script_of_a_section_is_told(english: Client) -> None:
    draft = DraftFactory(programme_year=OpenYearFactory(), owner=True)
    english.force_login(draft.alliance.created_by)
    address = reverse("applications:autosave", args=[draft.public_id, "project"])
    typed = {"title": "Sewing together", "goals": "x" * 9000, "period_start": "31.2.2027"}
    for sent in (typed, typed | {"title": "Cooking together", "seen-title": "old"}):
        answer = english.post(address, sent)
        assert german_in(answer.content.decode()) == []
    english.logout()
    english.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert german_in(english.post(address, typed).content.decode()) == []


def test_words_that_were_typed_while_the_session_ended(english: Client) -> None:
    user = UserFactory()
    address = reverse("alliances:found")
    english.post(address, {"name": "Sunny Side " * 20})
    english.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    sign_in(english, user, next=reverse("account_kept_form"))
    read(english, reverse("account_kept_form"))


def test_pages_that_refuse(english: Client) -> None:
    assert "does not exist" in read(english, "/nowhere/")
    english.force_login(UserFactory())
    assert "do not have access" in read(english, reverse("jury:list"))


def test_pages_of_an_alliance(english: Client) -> None:
    owner = UserFactory()
    english.force_login(owner)
    read(english, reverse("alliances:list"))
    read(english, reverse("alliances:found"), {})
    OpenYearFactory()
    for alliance in (
        AllianceFactory(owner=owner),
        ApplicationFactory(owner=owner, programme_year__year=2015).alliance,
    ):
        for name in ("detail", "edit", "organisation_add"):
            read(english, reverse(f"alliances:{name}", args=[alliance.public_id]))
        read(english, reverse("alliances:organisation_add", args=[alliance.public_id]), {})
        for organisation in alliance.organisations.all():
            for name in ("organisation", "organisation_remove", "organisation_lead"):
                address = reverse(f"alliances:{name}", args=[alliance.public_id, organisation.pk])
                read(english, address, {} if name == "organisation_lead" else None)
    read(english, reverse("alliances:list"))


def test_pages_about_people_and_confirmations(english: Client) -> None:
    owner = UserFactory()
    english.force_login(owner)
    alliance = AllianceFactory(owner=owner)
    member = MembershipFactory(alliance=alliance, role=MembershipRole.EDITOR)
    InvitationFactory(alliance=alliance)
    InvitationFactory(alliance=alliance, expires_at=NOW + timedelta(days=1))

    def at(name: str, *args: int) -> str:
        return reverse(f"alliances:{name}", args=[alliance.public_id, *args])

    for name in ("people", "leave", "hand_over", "confirmations"):
        read(english, at(name))
    read(english, at("people"), {"email": "?", "role": "?"})
    read(english, at("people"), {"email": member.user.email, "role": "editor"})
    read(english, at("people"), {"email": "new@example.org", "role": "editor"})
    read(english, at("people"), {"email": "new@example.org", "role": "editor"})
    read(english, at("leave"), {})
    read(english, at("hand_over"), {"member": "?"})
    read(english, at("role", member.pk))
    read(english, at("member_remove", member.pk))
    open_ones = list(alliance.invitations.open())
    for name in ("invitation_resend", "invitation_withdraw"):
        read(english, at(name, open_ones[0].pk), {})
    read(english, at("invitation_withdraw", open_ones[0].pk), {})
    lead = LeadOrganisationFactory(alliance=alliance)
    silent = MemberOrganisationFactory(alliance=alliance, email="")
    for organisation in (lead, lead, silent):
        read(english, at("ask", organisation.pk), {})
    read(english, at("ask_all"), {})
    read(english, at("role", member.pk), {"role": "owner"})
    read(english, at("hand_over"), {"member": str(member.pk)})
    read(english, at("people"))
    read(english, at("member_remove", member.pk), {})
    read(english, at("leave"), {})


def test_pages_behind_the_links_of_mails(english: Client) -> None:
    for name, made in (
        ("invitation", InvitationFactory()),
        ("invitation", InvitationFactory(expires_at=NOW + timedelta(days=1))),
        ("invitation", InvitationFactory(withdrawn_at=NOW, withdrawn_by=UserFactory())),
        ("invitation", InvitationFactory(accepted_at=NOW, accepted_by=UserFactory())),
        ("confirmation", ConfirmationRequestFactory()),
        ("confirmation", ConfirmationRequestFactory(organisation=LeadOrganisationFactory())),
    ):
        address = reverse(name, args=[made.token])
        read(english, address)
        read(english, address, {})
    for answer in ("confirmed", "declined"):
        asked = ConfirmationRequestFactory()
        address = reverse("confirmation", args=[asked.token])
        read(english, address, {"person_name": "A B", "person_function": "Chair", "answer": answer})
    gone = ConfirmationRequestFactory()
    gone.withdrawn_at = NOW
    gone.save()
    read(english, reverse("confirmation", args=[gone.token]))
    for name in ("invitation", "confirmation"):
        read(english, reverse(name, args=["unknown"]))
    english.force_login(UserFactory())
    invited = InvitationFactory()
    read(english, reverse("invitation", args=[invited.token]))
    read(english, reverse("invitation", args=[invited.token]), {})


@pytest.mark.parametrize("role", [MembershipRole.EDITOR, MembershipRole.OWNER])
def test_mails_about_people_and_confirmations(role: MembershipRole) -> None:
    owner = UserFactory(language="en")
    alliance = AllianceFactory(owner=owner, lead=True)
    member = MembershipFactory(alliance=alliance, role=role, user__language="en")
    change_role(membership_id=member.pk, role=MembershipRole.OWNER, acting_user=owner, now=NOW)
    asked = ask_for_confirmation(
        organisation_id=alliance.organisations.get().pk, acting_user=member.user, now=NOW
    )
    record_answer(
        request_id=asked.pk,
        answer=ConfirmationAnswer.DECLINED
        if role == MembershipRole.OWNER
        else ConfirmationAnswer.CONFIRMED,
        person_name="A B",
        person_function="Chair",
        remark="No.",
        now=NOW,
    )
    remove_member(membership_id=member.pk, acting_user=owner, now=NOW)
    mails = OutgoingMail.objects.filter(recipient_user=member.user)
    kinds = {"confirmation_answered", "membership_ended"}
    if role == MembershipRole.EDITOR:
        kinds.add("ownership_received")
    assert {mail.kind for mail in mails} == kinds
    for mail in mails:
        assert german_in(f"{mail.subject} {mail.body_text}") == []
        assert german_in_html(mail.body_html) == []


def pages_of(application: Application) -> Iterator[str]:
    for name in (
        "overview",
        "review",
        "submitted",
        "documents",
        "attachments",
        "consent",
        "late",
        "withdraw",
    ):
        yield reverse(f"applications:{name}", args=[application.public_id])
    for section in SECTIONS:
        yield reverse("applications:section", args=[application.public_id, section])


@pytest.mark.parametrize("state, announced", STATES, ids=[state for state, _ in STATES])
def test_pages_of_an_application(english: Client, state: State, announced: bool) -> None:
    round_ = Round()
    eligible = Decimal(14000) if state == State.AWARDED else None
    application = round_.case(state, announced=announced, eligible=eligible)
    # Others see fewer buttons, and are told why.
    roles = [MembershipRole.OWNER]
    if state in {State.DRAFT, State.CHANGES_REQUESTED}:
        roles.append(MembershipRole.VIEWER)
    for role in roles:
        english.force_login(round_.member_of(application, role))
        for address in pages_of(application):
            read(english, address)


def test_sharing_copying_and_starting(english: Client) -> None:
    earlier = Round(year=2015, money=None).case(State.SUBMITTED)
    english.force_login(earlier.created_by)
    year = OpenYearFactory()
    start = reverse("alliances:start", args=[earlier.alliance.public_id, year.year])
    assert "Take over from the application 2015" in read(english, start, {})
    draft = earlier.alliance.applications.get(programme_year=year)

    def at(name: str, *args: Any) -> str:
        return reverse(f"applications:{name}", args=[draft.public_id, *args])

    for name, args in (
        ("copy", (earlier.public_id,)),
        ("copy", (draft.public_id,)),
        ("share", ()),
        ("unshare", ()),
    ):
        read(english, at(name, *args), {})
    english.force_login(MembershipFactory(alliance=draft.alliance, role=MembershipRole.EDITOR).user)
    for name in ("share", "unshare", "withdraw"):
        read(english, at(name), {})


@pytest.mark.usefixtures("reference_data")
def test_the_last_hour_and_asking_to_be_admitted_late(english: Client) -> None:
    now = timezone.now()
    round_ = Round(call_closes_at=now + timedelta(minutes=20))
    draft = round_.draft()
    english.force_login(round_.owner_of(draft))

    def at(name: str) -> str:
        return reverse(f"applications:{name}", args=[draft.public_id])

    assert "data-clock" in read(english, at("review"))
    ProgrammeYear.objects.update(call_closes_at=now - timedelta(minutes=1))
    read(english, at("review"), {"version": str(draft.version)})
    read(english, at("late"), {})
    read(english, at("late"), {"reason": "A storm."})
    read(english, at("late"), {"reason": "A storm."})
    decline_late_request(
        application_id=draft.pk, answer="No.", acting_user=round_.officer, now=timezone.now()
    )
    read(english, at("overview"))
    admit_late(
        application_id=draft.pk,
        until=now + timedelta(days=1),
        reason="Storm.",
        acting_user=round_.officer,
        now=timezone.now(),
    )
    for address in pages_of(draft):
        read(english, address)


@pytest.mark.usefixtures("reference_data")
@pytest.mark.parametrize("answer", ConfirmationAnswer)
def test_the_municipalitys_consent(english: Client, answer: ConfirmationAnswer) -> None:
    draft = Round(money=None).draft(consent_on_paper=False)
    consent = reverse("applications:consent", args=[draft.public_id])
    english.force_login(draft.created_by)
    read(english, consent, {"email": "?"})
    read(english, consent, {"email": "town.hall@example.org"})
    read(english, consent, {"email": "town.hall@example.org"})
    mail = OutgoingMail.objects.get(kind="link.consent")
    found = re.search(r"/zustimmung/[^/\s]+/", mail.body_text)
    assert found
    read(english, found.group())
    read(english, found.group(), {})
    typed = {"person_name": "A B", "person_function": "Mayor", "answer": answer, "remark": "So."}
    for _ in range(2):
        read(english, found.group(), typed)
    read(english, reverse("consent", args=["unknown"]))
    for address in pages_of(draft):
        read(english, address)


def test_attachments_and_what_is_wrong_with_them(english: Client, settings: Settings) -> None:
    application = DraftFactory(programme_year=OpenYearFactory(), owner=True)
    english.force_login(application.alliance.created_by)
    AttachmentFactory(application=application, name="Plan.pdf", kind="offer")
    for state in (ScanState.WAITING, ScanState.INFECTED):
        AttachmentFactory(
            application=application,
            name=f"{state}.pdf",
            scan_state=state,
            scanned_at=NOW if state == ScanState.INFECTED else None,
        )
    settings.ATTACHMENT_UPLOADS_PER_HOUR = 10
    settings.ATTACHMENT_MAX_COUNT = 5
    settings.ATTACHMENT_MAX_BYTES = 5000
    files = [
        upload(PDF, "a.pdf"),
        upload(PDF, "b.pdf"),
        upload(b"", "c.pdf"),
        upload(b"MZ" + bytes(90), "d.exe"),
        upload(PDF + bytes(6000), "e.pdf"),
        upload(PDF + b"6", "f.pdf"),
        upload(PDF + b"7", "g.pdf"),
    ]
    address = reverse("applications:attachments", args=[application.public_id])
    read(english, address, {"files": files})
    many = [upload(PDF + bytes([number]), f"{number}.pdf") for number in range(8)]
    read(english, address, {"files": many})
    said = english.post(reverse("applications:attach", args=[application.public_id]), {}).json()
    assert german_in(said["said"]) == []
    for page in pages_of(application):
        read(english, page)


def test_the_dates_for_a_calendar(english: Client) -> None:
    year = OpenYearFactory()
    dates = english.get(reverse("call_dates", args=[year.year])).content.decode()
    assert german_in(dates) == []


@pytest.mark.parametrize("factory", [DraftFactory, ApplicationFactory])
def test_what_is_missing_and_what_is_refused(english: Client, factory: Any) -> None:
    application = factory(programme_year=OpenYearFactory(), owner=True)
    english.force_login(application.alliance.created_by)
    for address in pages_of(application):
        read(english, address)
    wrong = {
        "version": str(application.version),
        "requested_amount": "15,000",
        "period_start": "31.2.2027",
        "contact_email": "?",
        "territory": "?",
        "title": "a\x00b",
        "website": "?",
    }
    for section in SECTIONS:
        address = reverse("applications:section", args=[application.public_id, section])
        read(english, address, wrong)
        read(english, address, wrong | {"version": "77"})
    read(english, reverse("applications:review", args=[application.public_id]), {"version": "0"})


def test_pages_of_the_jury(english: Client) -> None:
    round_ = Round()
    english.force_login(round_.juror)
    read(english, reverse("jury:list"))
    reviews = [
        round_.assign(round_.case(State.ELIGIBLE)),
        round_.assign(round_.case(State.IN_REVIEW)),
        round_.score(round_.case(State.ELIGIBLE), 8),
        round_.assign(round_.case(State.ELIGIBLE)),
    ]
    declare_conflict(
        review_id=reviews[-1].pk, reason="Related.", acting_user=round_.juror, now=SCORED_AT
    )
    read(english, reverse("jury:list"))
    for review in reviews:
        address = reverse("jury:review", args=[review.pk])
        read(english, address)
        read(english, address, {})
        read(english, address, {"conflict": "1"})


@pytest.mark.parametrize("state, announced", STATES[1:], ids=[state for state, _ in STATES[1:]])
def test_mails_about_an_application(state: State, announced: bool) -> None:
    round_ = Round()
    alliance = round_.found_alliance()
    owner = alliance.memberships.get().user
    owner.language = "en"
    owner.save()
    round_.case(state, alliance=alliance, announced=announced)
    mails = OutgoingMail.objects.filter(recipient_user=owner)
    assert mails
    for mail in mails:
        assert german_in(f"{mail.subject} {mail.body_text}") == []
        assert german_in_html(mail.body_html) == []


@pytest.mark.usefixtures("reference_data")
def test_the_ministrys_pages_are_german_throughout(english: Client) -> None:
    english.force_login(UserFactory(roles=[Role.CASE_OFFICER]))
    response = english.get(reverse("admin:applications_application_changelist"))
    html = response.content.decode()
    assert response.headers["Content-Language"] == "de"
    assert '<html lang="de"' in html
    assert "Anträge" in html
    assert "Applications" not in html
    assert "Awards" in read(english, reverse("home"))

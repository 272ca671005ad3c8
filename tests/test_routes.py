"""Every route against everybody: who gets a page, who gets nothing, and no route is forgotten."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from applications.enums import State
from applications.models import Application, Review
from buendnisse.models import MembershipRole, User
from buendnisse.roles import Role
from tests.applications.test_admin_access import ROUTES as ADMIN_ROUTES
from tests.factories.applications import AttachmentFactory, ConsentRequestFactory
from tests.factories.buendnisse import (
    ConfirmationRequestFactory,
    InvitationFactory,
    MembershipFactory,
    UserFactory,
)
from tests.factories.cases import Round

PAGE, LOGIN, REFUSED, NOTHING, ONLY_POST = 200, 302, 403, 404, 405

# What each kind of person gets from a route: (nobody signed in, member of the alliance, stranger
# with an account, juror whose review it is, any other role).
PUBLIC = (PAGE, PAGE, PAGE, PAGE, PAGE)
ACCOUNT = (LOGIN, PAGE, PAGE, PAGE, PAGE)
MEMBERS = (LOGIN, PAGE, NOTHING, NOTHING, NOTHING)
# Pages that pass a signed-in person on to where their work is.
SIGNING_IN = (PAGE, LOGIN, LOGIN, LOGIN, LOGIN)
ONWARD = (LOGIN, LOGIN, LOGIN, LOGIN, LOGIN)
# Of a second factor that these people do not have.
OWN_THINGS = (LOGIN, NOTHING, NOTHING, NOTHING, NOTHING)

TABLE: dict[str, tuple[int, int, int, int, int]] = {
    "home": PUBLIC,
    "award_list": PUBLIC,
    "call_dates": PUBLIC,
    "easy_german": PUBLIC,
    "preparing:check": PUBLIC,
    "preparing:questions": PUBLIC,
    "preparing:questions_pdf": PUBLIC,
    "imprint": PUBLIC,
    "privacy": PUBLIC,
    "accessibility": PUBLIC,
    "server_time": PUBLIC,
    "healthz": PUBLIC,
    "readyz": PUBLIC,
    "set_language": ONWARD,
    "alliances:list": ACCOUNT,
    "alliances:found": ACCOUNT,
    "alliances:detail": MEMBERS,
    "alliances:edit": MEMBERS,
    "alliances:organisation": MEMBERS,
    "alliances:organisation_add": MEMBERS,
    "alliances:organisation_remove": MEMBERS,
    "alliances:organisation_lead": (LOGIN, ONLY_POST, ONLY_POST, ONLY_POST, ONLY_POST),
    "alliances:people": MEMBERS,
    "alliances:role": MEMBERS,
    "alliances:member_remove": MEMBERS,
    "alliances:leave": MEMBERS,
    "alliances:hand_over": MEMBERS,
    "alliances:invitation_resend": (LOGIN, ONLY_POST, ONLY_POST, ONLY_POST, ONLY_POST),
    "alliances:invitation_withdraw": (LOGIN, ONLY_POST, ONLY_POST, ONLY_POST, ONLY_POST),
    "alliances:everything": MEMBERS,
    "alliances:confirmations": MEMBERS,
    "alliances:ask": (LOGIN, ONLY_POST, ONLY_POST, ONLY_POST, ONLY_POST),
    "alliances:ask_all": (LOGIN, ONLY_POST, ONLY_POST, ONLY_POST, ONLY_POST),
    # Whoever has the link of a mail; members are led to the alliance.
    "invitation": (PAGE, LOGIN, PAGE, PAGE, PAGE),
    "pending_invitation": (LOGIN, NOTHING, NOTHING, NOTHING, NOTHING),
    "confirmation": PUBLIC,
    "consent": PUBLIC,
    "alliances:start": (LOGIN, ONLY_POST, ONLY_POST, ONLY_POST, ONLY_POST),
    "applications:overview": MEMBERS,
    "applications:section": MEMBERS,
    "applications:autosave": (ONLY_POST, ONLY_POST, ONLY_POST, ONLY_POST, ONLY_POST),
    "applications:attachments": MEMBERS,
    "applications:attach": (ONLY_POST, ONLY_POST, ONLY_POST, ONLY_POST, ONLY_POST),
    # Of a draft; who may have those of a submitted application is in test_attachment_pages.py.
    "applications:attachment": MEMBERS,
    "applications:attachment_preview": MEMBERS,
    "applications:review": MEMBERS,
    "applications:submitted": MEMBERS,
    "applications:submitted_version": MEMBERS,
    "applications:documents": MEMBERS,
    "applications:withdraw": MEMBERS,
    "applications:consent": MEMBERS,
    "applications:copy": (LOGIN, ONLY_POST, ONLY_POST, ONLY_POST, ONLY_POST),
    # Members of what is submitted have nothing to ask for, and are led to it.
    "applications:late": (LOGIN, LOGIN, NOTHING, NOTHING, NOTHING),
    "applications:share": (LOGIN, ONLY_POST, ONLY_POST, ONLY_POST, ONLY_POST),
    "applications:unshare": (LOGIN, ONLY_POST, ONLY_POST, ONLY_POST, ONLY_POST),
    "jury:list": (LOGIN, REFUSED, REFUSED, PAGE, REFUSED),
    "jury:review": (LOGIN, REFUSED, REFUSED, PAGE, REFUSED),
    "account_login": SIGNING_IN,
    "account_signup": SIGNING_IN,
    "account_reset_password": PUBLIC,
    "account_reset_password_done": PUBLIC,
    "account_reset_password_from_key": PUBLIC,
    "account_reset_password_from_key_done": PUBLIC,
    "account_email_verification_sent": PUBLIC,
    "account_confirm_email": PUBLIC,
    "account_inactive": PUBLIC,
    "account_logout": (LOGIN, PAGE, PAGE, PAGE, PAGE),
    "account_email": ACCOUNT,
    "account_change_password": ACCOUNT,
    "account_set_password": ONWARD,
    "account_reauthenticate": ACCOUNT,
    "account_request_login_code": SIGNING_IN,
    # Without a code on its way, and without a login that waits, there is nothing to confirm.
    "account_confirm_login_code": ONWARD,
    "account_overview": ACCOUNT,
    "account_language": ACCOUNT,
    "account_kept_form": ONWARD,
    "usersessions_list": ACCOUNT,
    "mfa_index": ACCOUNT,
    "mfa_authenticate": ONWARD,
    # These people have no second factor yet, so it is their password that opens the others.
    "mfa_reauthenticate": ONWARD,
    "mfa_reauthenticate_webauthn": ONWARD,
    "mfa_login_webauthn": ONWARD,
    "mfa_activate_totp": ONWARD,
    "mfa_deactivate_totp": OWN_THINGS,
    "mfa_view_recovery_codes": OWN_THINGS,
    "mfa_download_recovery_codes": OWN_THINGS,
    "mfa_generate_recovery_codes": ONWARD,
    "mfa_list_webauthn": ACCOUNT,
    "mfa_add_webauthn": ONWARD,
    "mfa_edit_webauthn": ONWARD,
    "mfa_remove_webauthn": ONWARD,
}
# Django's admin brings these for each table, and nothing is added or deleted there.
ADMIN_CLOSED = ("add", "delete")
# Both are pressed on the queue; tests/applications/test_queue.py says who may.
ADMIN_ONLY_POST = {
    "admin:applications_application_save_view",
    "admin:applications_application_delete_view",
}
ADMIN_OWN = {
    "admin:login",
    "admin:logout",
    "admin:password_change",
    "admin:password_change_done",
    "admin:jsi18n",
    "admin:autocomplete",
    "admin:view_on_site",
    "admin:app_list",
}


def routes() -> Iterator[str]:
    def walk(resolver: Any, namespace: str) -> Iterator[str]:
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLResolver):
                inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
                yield from walk(pattern, inner)
            elif isinstance(pattern, URLPattern) and pattern.name:
                yield f"{namespace}{pattern.name}"

    yield from walk(get_resolver(), "")


def is_closed(route: str) -> bool:
    return route.startswith("admin:") and route.rpartition("_")[2] in ADMIN_CLOSED


def is_generic(route: str) -> bool:
    # Django's histories are closed, but for that of a person (test_histories_are_of_persons_alone).
    return is_closed(route) or (route.startswith("admin:") and route.endswith("_history"))


def test_no_route_is_forgotten() -> None:
    known = set(TABLE) | {f"admin:{name}" for name in ADMIN_ROUTES} | ADMIN_OWN
    known |= ADMIN_ONLY_POST

    assert sorted({route for route in routes() if not is_generic(route)} - known) == []
    assert sorted(set(TABLE) - set(routes())) == []


class Scene:
    """An application under review in its alliance, a second one that a juror is to score."""

    def __init__(self) -> None:
        self.round = Round()
        self.application: Application = self.round.case(State.SUBMITTED)
        # While an application is under way its alliance stays as it is; this one has a draft.
        self.alliance = self.round.case(State.DRAFT).alliance
        self.member = UserFactory()
        for alliance in (self.application.alliance, self.alliance):
            self.membership = MembershipFactory(
                alliance=alliance, user=self.member, role=MembershipRole.OWNER
            )
        self.attachment = AttachmentFactory(
            application=self.alliance.applications.get(),
            preview=ContentFile(b"picture", name="x"),
        )
        self.juror = UserFactory(roles=[Role.JUROR])
        scored = self.round.case(State.ELIGIBLE)
        self.review = Review.objects.create(
            application=scored,
            juror=self.juror,
            assigned_by=self.round.officer,
            assigned_at=scored.state_changed_at,
        )

    def address(self, route: str) -> str:
        organisation = self.alliance.organisations.filter(is_lead=False).first()
        arguments: dict[str, Callable[[], list[object]]] = {
            "alliances:organisation": lambda: [self.alliance.public_id, organisation.pk],
            "alliances:organisation_remove": lambda: [self.alliance.public_id, organisation.pk],
            "alliances:organisation_lead": lambda: [self.alliance.public_id, organisation.pk],
            "alliances:role": lambda: [self.alliance.public_id, self.membership.pk],
            "alliances:member_remove": lambda: [self.alliance.public_id, self.membership.pk],
            "alliances:invitation_resend": lambda: [self.alliance.public_id, 1],
            "alliances:invitation_withdraw": lambda: [self.alliance.public_id, 1],
            "alliances:ask": lambda: [self.alliance.public_id, organisation.pk],
            "invitation": lambda: [InvitationFactory(alliance=self.alliance).token],
            "consent": lambda: [ConsentRequestFactory(application=self.application).token],
            "confirmation": lambda: [ConfirmationRequestFactory(organisation=organisation).token],
            "alliances:start": lambda: [self.alliance.public_id, self.round.year.year],
            "applications:section": lambda: [self.application.public_id, "project"],
            "applications:autosave": lambda: [self.application.public_id, "project"],
            "applications:attachment": lambda: [self.attachment.public_id],
            "applications:attachment_preview": lambda: [self.attachment.public_id],
            "applications:copy": lambda: [self.application.public_id, self.alliance.public_id],
            "applications:submitted_version": lambda: [self.application.public_id, 1],
            "call_dates": lambda: [self.round.year.year],
            "jury:review": lambda: [self.review.pk],
            "account_confirm_email": lambda: ["no-such-key"],
            "mfa_edit_webauthn": lambda: [1],
            "mfa_remove_webauthn": lambda: [1],
            "account_reset_password_from_key": lambda: ["a", "no-such-key"],
        }
        if route in arguments:
            return reverse(route, args=arguments[route]())
        if route.startswith("alliances:") and route not in ("alliances:list", "alliances:found"):
            return reverse(route, args=[self.alliance.public_id])
        if route.startswith("applications:"):
            return reverse(route, args=[self.application.public_id])
        return reverse(route)

    def people(self) -> list[tuple[str, User | AnonymousUser, int]]:
        others = [role for role in Role if role != Role.JUROR]
        return [
            ("nobody", AnonymousUser(), 0),
            ("member", self.member, 1),
            ("stranger", UserFactory(), 2),
            ("juror", self.juror, 3),
            *((role.value, UserFactory(roles=[role]), 4) for role in others),
        ]


@pytest.mark.django_db
@pytest.mark.usefixtures("reference_data")
@pytest.mark.parametrize("route", TABLE)
def test_route_gives_everybody_what_the_table_says(route: str) -> None:
    scene = Scene()
    address = scene.address(route)
    found = {}
    expected = {}
    for name, person, column in scene.people():
        client = Client()
        if isinstance(person, User):
            client.force_login(person)
        response = client.get(address)
        response.getvalue()  # to its end, so that a file is closed
        found[name] = response.status_code
        expected[name] = TABLE[route][column]

    assert found == expected


@pytest.mark.django_db
@pytest.mark.usefixtures("reference_data")
def test_what_the_admin_brings_for_adding_and_deleting_is_closed_to_everybody() -> None:
    clients = {}
    for role in Role:
        if role != Role.JUROR:
            clients[role] = Client()
            clients[role].force_login(UserFactory(roles=[role]))
    for route in sorted(set(filter(is_closed, routes()))):
        if route.removeprefix("admin:") in ADMIN_ROUTES:
            continue
        address = reverse(route, args=[] if route.endswith("_add") else [1])
        for role, client in clients.items():
            # Nothing to look at, or a redirect to the list because there is no such row.
            assert client.get(address).status_code in {302, 403, 404}, (route, role)
            assert client.post(address, {"post": "yes"}).status_code in {302, 403, 404}, (
                route,
                role,
            )

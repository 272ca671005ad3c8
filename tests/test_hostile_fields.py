"""Every field of the applicants' forms against what nobody expects in it.

Nothing breaks a page; what is refused is said at its own field, and what was typed stays there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

import pytest
from django import forms
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from applications.enums import LineKind, State
from buendnisse.models import MembershipRole, User
from tests.factories.applications import ConsentRequestFactory
from tests.factories.buendnisse import (
    PASSWORD,
    ConfirmationRequestFactory,
    MembershipFactory,
    UserFactory,
)
from tests.factories.cases import Round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]

# Nothing is wrong with these as text.
UNUSUAL: Final = "👩🏽‍🌾 مقهى <script>alert(1)</script>{{ 7|add:7 }}&amp;\"'"
VALUES: Final = (
    "",
    UNUSUAL,
    "\u202egnp.exe",  # turns the text around
    "a\x00b",
    "\ud83d",  # half a character
    "9" * 400,
    "-1",
    "1e99999",
)
MEGABYTE: Final = "x" * 1_000_000
# Typed again by its owner, not by us.
NOT_SHOWN_AGAIN: Final = (forms.PasswordInput, forms.CheckboxInput, forms.RadioSelect)


@dataclass(frozen=True)
class Page:
    """A form on a page. ``sent`` is what a person would send; ``also`` are controls beside it."""

    address: str
    sent: Mapping[str, str]
    person: User | None = None
    also: tuple[str, ...] = ()
    is_read: bool = False
    form: str = "form"
    client: Client = field(default_factory=Client)

    def send(self, values: Mapping[str, str]) -> HttpResponse:
        cache.clear()
        if self.person:
            self.client.force_login(self.person)
        query = urlencode(
            {name: value.encode("utf-8", "surrogatepass") for name, value in values.items()}
        )
        if self.is_read:
            return self.client.get(f"{self.address}?{query}")
        return self.client.post(
            self.address, query, content_type="application/x-www-form-urlencoded"
        )

    @property
    def names(self) -> list[str]:
        return [*self.sent, *self.also]

    @property
    def texts(self) -> list[str]:
        """The fields that hold words: what is sent there has a letter and is no address."""
        return [
            name
            for name, value in self.sent.items()
            if name != "answer" and any(map(str.isalpha, value)) and "@" not in value
        ]


class Scene:
    """A draft with its alliance, and all that can be asked about them."""

    def __init__(self) -> None:
        self.round = Round(money=None)
        self.draft = self.round.draft(consent_on_paper=False)
        self.alliance = self.draft.alliance
        self.owner: User = self.round.owner_of(self.draft)
        self.partner = self.alliance.organisations.get(is_lead=False)

    def application(self, name: str, *args: str) -> str:
        return reverse(f"applications:{name}", args=[self.draft.public_id, *args])

    def of_alliance(self, name: str, *args: int) -> str:
        return reverse(f"alliances:{name}", args=[self.alliance.public_id, *args])


def section(name: str, **sent: str) -> Callable[[Scene], Page]:
    return lambda scene: Page(
        scene.application("section", name),
        {"version": str(scene.draft.version), **sent},
        scene.owner,
        also=("one_more",) if name == "finances" else (),
    )


def answer(scene: Scene, route: str, token: str) -> Page:
    sent = {"answer": "confirmed", "person_name": "Rat Haus", "person_function": "Leitung"}
    return Page(reverse(route, args=[token]), {**sent, "remark": ""})


def withdrawal(scene: Scene) -> Page:
    application = scene.round.case(State.SUBMITTED)
    address = reverse("applications:withdraw", args=[application.public_id])
    return Page(address, {"reason": "Wir schaffen es nicht."}, scene.round.owner_of(application))


def handing_over(scene: Scene) -> Page:
    other = MembershipFactory(alliance=scene.alliance, role=MembershipRole.EDITOR)
    return Page(scene.of_alliance("hand_over"), {"member": str(other.pk)}, scene.owner)


def role(scene: Scene) -> Page:
    other = MembershipFactory(alliance=scene.alliance, role=MembershipRole.EDITOR)
    return Page(scene.of_alliance("role", other.pk), {"role": "viewer"}, scene.owner)


PLAN: Final = {
    f"{kind}-{key}": value
    for kind in LineKind.values
    for key, value in {
        "TOTAL_FORMS": "1",
        "INITIAL_FORMS": "0",
        "0-description": "Honorare",
        "0-amount": "1.000,00",
    }.items()
}
ORGANISATION: Final = {
    "name": "Freundeskreis Ost",
    "kind": "initiative",
    "legal_form": "none",
    "street": "Weg 1",
    "postal_code": "72070",
    "city": "Tübingen",
    "contact_name": "Demo-Person",
    "email": "ost@example.org",
    "is_lead": "",
}
PAGES: Final[Mapping[str, Callable[[Scene], Page]]] = {
    "place": section("place", territory="", place="Aalen"),
    "project": section(
        "project",
        title="Café",
        summary="Ein Café.",
        goals="Anschluss.",
        activities="Kochen.",
        participation="Alle planen mit.",
        period_start="01.09.2016",
        period_end="31.08.2017",
    ),
    "finances": section("finances", requested_amount="15.000", **PLAN),
    "contact": section(
        "contact",
        contact_name="Demo",
        contact_email="demo@example.org",
        contact_phone="1",
        signatory_name="Vorstand",
        signatory_function="Vorsitz",
    ),
    "declarations": section(
        "declarations",
        consent_on_paper="on",
        declares_not_begun="on",
        declares_data_protection="on",
        declares_truthful="on",
    ),
    "autosave": lambda scene: Page(
        scene.application("autosave", "project"),
        {"version": "0", "title": "Café", "period_start": "01.09.2016", "seen-title": "x"},
        scene.owner,
        also=("tried-title", "choice-title", "theirs-title"),
    ),
    "consent": lambda scene: Page(
        scene.application("consent"), {"email": "rathaus@example.org"}, scene.owner
    ),
    "consent by link": lambda scene: answer(
        scene, "consent", ConsentRequestFactory(application=scene.draft).token
    ),
    "confirmation by link": lambda scene: answer(
        scene, "confirmation", ConfirmationRequestFactory(organisation=scene.partner).token
    ),
    "withdrawal": withdrawal,
    "alliance": lambda scene: Page(
        reverse("alliances:found"),
        {"name": "Bündnis Ost", "website": "https://ost.example"},
        scene.owner,
    ),
    "alliance changed": lambda scene: Page(
        scene.of_alliance("edit"), {"name": "Bündnis Ost", "website": ""}, scene.owner
    ),
    "organisation": lambda scene: Page(
        scene.of_alliance("organisation_add"), ORGANISATION, scene.owner
    ),
    "organisation changed": lambda scene: Page(
        scene.of_alliance("organisation", scene.partner.pk), ORGANISATION, scene.owner
    ),
    "invitation": lambda scene: Page(
        scene.of_alliance("people"),
        {"email": "neu@example.org", "role": "editor"},
        scene.owner,
    ),
    "role": role,
    "handing over": handing_over,
    "eligibility check": lambda _: Page(
        reverse("preparing:check"),
        {
            "applicant": "ev",
            "territory": "",
            "partners": "",
            "participation": "",
            "begun": "",
            "amount": "15.000",
        },
        is_read=True,
    ),
    "sign-up": lambda _: Page(
        reverse("account_signup"),
        {
            "name": "Neu Hier",
            "email": "neu@example.org",
            "password1": PASSWORD,
            "password2": PASSWORD,
        },
    ),
    "sign-in": lambda scene: Page(
        reverse("account_login"), {"login": scene.owner.email, "password": "falsch"}, also=("next",)
    ),
    "mailed code": lambda _: Page(
        reverse("account_request_login_code"), {"email": "wer@example.org"}, also=("next",)
    ),
    "password reset": lambda _: Page(
        reverse("account_reset_password"), {"email": "wer@example.org"}
    ),
    "another address": lambda _: Page(
        reverse("account_email"),
        {"email": "neu@example.org", "action_add": ""},
        UserFactory(),
    ),
    "language": lambda _: Page(reverse("set_language"), {"language": "en", "next": "/"}),
}


@pytest.fixture
def scene() -> Scene:
    return Scene()


def is_sound(page: Page, response: HttpResponse, sent: Mapping[str, str]) -> None:
    """No error of ours; and what is refused is said at its field, with what was typed in it."""
    assert response.status_code in {200, 302, 400, 401, 403, 409}, response.status_code
    form = response.context and response.context.get(page.form)
    if response.status_code != 200 or not isinstance(form, forms.BaseForm):
        return
    html = response.content.decode()
    for name in form.errors:
        if name == "__all__" or form[name].is_hidden:
            continue
        bound = form[name]
        if f'id="{bound.auto_id}"' not in html:
            # Answered already: the page says so instead of asking again.
            continue
        assert f'id="{bound.auto_id}_error"' in html, name
        if name in sent and not isinstance(bound.field.widget, NOT_SHOWN_AGAIN):
            assert as_read(bound.value()) == as_read(sent[name]), name


def as_read(value: Any) -> str:
    """What arrives: half a character comes as the sign for what cannot be read."""
    return str(value or "").encode("utf-8", "surrogatepass").decode("utf-8", "replace")


@pytest.mark.parametrize("name", PAGES)
def test_nothing_breaks_a_form(name: str, scene: Scene) -> None:
    page = PAGES[name](scene)
    for value in VALUES:
        sent = dict.fromkeys(page.names, value)
        is_sound(page, page.send(sent), sent)
    # What is right elsewhere lets it come further: each text in turn, as far as it goes.
    for each in page.texts:
        sent = {**page.sent, each: UNUSUAL}
        is_sound(page, page.send(sent), sent)
    if not page.is_read:
        sent = {**page.sent, **dict.fromkeys(page.texts[:1], MEGABYTE)}
        is_sound(page, page.send(sent), sent)

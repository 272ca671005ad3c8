"""The applicants' way through the pages, from the alliance to the acknowledgement."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from applications.enums import State
from applications.models import Application
from buendnisse.models import Alliance, LegalForm, MembershipRole, OrganisationKind, User
from tests.applications.applicant_pages import hand_in, plan_data, url
from tests.factories.applications import (
    ApplicationFactory,
    BudgetLineFactory,
    DraftFactory,
    in_correction,
)
from tests.factories.buendnisse import (
    AllianceFactory,
    LeadOrganisationFactory,
    MemberOrganisationFactory,
    MembershipFactory,
    TerritoryFactory,
    UserFactory,
)
from tests.factories.cases import Round
from tests.factories.funding import OpenYearFactory, ProgrammeYearFactory

pytestmark = pytest.mark.django_db


def test_the_whole_way_from_the_alliance_to_the_acknowledgement(
    applicant: Client, owner: User
) -> None:
    year = OpenYearFactory()
    town = TerritoryFactory()
    applicant.post(reverse("alliances:found"), {"name": "Bündnis am See", "website": ""})
    alliance = Alliance.objects.get()
    add = reverse("alliances:organisation_add", args=[alliance.public_id])
    lead = {
        "name": "Seeverein e. V.",
        "kind": OrganisationKind.ASSOCIATION,
        "legal_form": LegalForm.REGISTERED_ASSOCIATION,
        "is_lead": "on",
    }
    partner = {
        "name": "Freundeskreis Asyl",
        "kind": OrganisationKind.INITIATIVE,
        "legal_form": LegalForm.NONE,
    }
    for organisation in (lead, partner):
        assert applicant.post(add, organisation).status_code == 302
    applicant.post(reverse("alliances:start", args=[alliance.public_id, year.year]))
    application = Application.objects.get()
    sections = {
        "place": {"territory": town.code},
        "project": {
            "title": "Begegnung",
            "summary": "Wir treffen uns.",
            "goals": "Alle finden Anschluss.",
            "activities": "Ein Treff.",
            "participation": "Alle leiten mit.",
            "period_start": "1.3.2099",
            "period_end": "31.12.2099",
        },
        "finances": {
            "requested_amount": "15.000",
            **plan_data(cost=[("Honorare", "18.000,00")], own_funds=[("Verein", "3 000 €")]),
        },
        "contact": {
            "contact_name": "Anna Beispiel",
            "contact_email": "anna@example.org",
            "signatory_name": "Berta Beispiel",
            "signatory_function": "Vorstand",
        },
        "declarations": {
            "consent_on_paper": "on",
            "declares_not_begun": "on",
            "declares_data_protection": "on",
            "declares_truthful": "on",
        },
    }
    targets = []
    for version, (section, data) in enumerate(sections.items()):
        response = applicant.post(
            url(application, "section", section), {**data, "version": version, "continue": "1"}
        )
        targets.append(response.headers["Location"])

    assert targets == [
        *(url(application, "section", section) for section in ("project", "finances", "contact")),
        url(application, "attachments"),
        url(application, "review"),
    ]
    response = hand_in(applicant, application)
    assert response.headers["Location"] == url(application, "submitted")
    application.refresh_from_db()
    assert application.state == State.SUBMITTED
    assert application.requested_amount == Decimal("15000.00")
    assert "GIV-2099-0001" in applicant.get(url(application, "submitted")).content.decode()


def test_submitting_twice_submits_once(applicant: Client, owner: User) -> None:
    application = ApplicationFactory(programme_year=OpenYearFactory(), owner=owner)

    targets = [hand_in(applicant, application).headers["Location"] for _ in range(2)]

    assert targets == [url(application, "submitted")] * 2
    assert application.submissions.count() == 1


def test_submitting_what_somebody_changed_meanwhile_is_refused(
    applicant: Client, owner: User
) -> None:
    application = ApplicationFactory(programme_year=OpenYearFactory(), owner=owner)
    Application.objects.filter(pk=application.pk).update(version=application.version + 1)

    read = {"version": application.version}
    content = applicant.post(url(application, "review"), read, follow=True).content.decode()

    assert "hat den Antrag geändert, seit Sie ihn gelesen haben" in content
    application.refresh_from_db()
    assert application.state == State.DRAFT


def test_gaps_link_to_their_fields(applicant: Client, owner: User) -> None:
    application = DraftFactory(owner=owner)

    content = applicant.get(url(application)).content.decode()

    assert f'href="{url(application, "section", "project")}#id_title"' in content
    assert f'href="{url(application, "section", "finances")}#plan"' in content
    assert reverse("alliances:detail", args=[application.alliance.public_id]) in content


def test_an_incomplete_draft_is_not_submitted_and_says_why(applicant: Client, owner: User) -> None:
    application = ApplicationFactory(programme_year=OpenYearFactory(), owner=owner, goals="")

    content = hand_in(applicant, application, follow=True).content.decode()

    assert "Bitte füllen Sie „Ziele“ aus." in content
    application.refresh_from_db()
    assert application.state == State.DRAFT


def test_after_the_call_the_draft_stays_and_says_what_happened(
    applicant: Client, owner: User
) -> None:
    application = ApplicationFactory(programme_year=ProgrammeYearFactory(), owner=owner)

    hand_in(applicant, application)

    application.refresh_from_db()
    assert application.state == State.DRAFT
    assert "Einreichen ist nicht mehr möglich" in applicant.get(url(application)).content.decode()


def test_strangers_find_nothing(client: Client) -> None:
    application = ApplicationFactory(owner=True)
    client.force_login(UserFactory())

    addresses = [
        url(application),
        url(application, "review"),
        url(application, "submitted"),
        url(application, "withdraw"),
        url(application, "section", "place"),
        reverse("alliances:detail", args=[application.alliance.public_id]),
        reverse("alliances:edit", args=[application.alliance.public_id]),
        reverse("alliances:organisation_add", args=[application.alliance.public_id]),
    ]

    assert [client.get(address).status_code for address in addresses] == [404] * len(addresses)
    posts = [client.post(url(application, name)).status_code for name in ("review", "withdraw")]
    assert posts == [404, 404]


def test_viewers_read_and_are_told_so(client: Client) -> None:
    application = ApplicationFactory(owner=True)
    viewer = MembershipFactory(alliance=application.alliance, role=MembershipRole.VIEWER).user
    client.force_login(viewer)
    address = url(application, "section", "project")

    shown = client.get(address).content.decode()
    refused = client.post(address, {"version": "0", "title": "Anders"}, follow=True)

    assert "Speichern" not in shown
    assert "können Sie nur lesen" in refused.content.decode()
    application.refresh_from_db()
    assert application.title == "Begegnung im Stadtteil"


def test_viewers_neither_submit_nor_withdraw(client: Client) -> None:
    application = ApplicationFactory(programme_year=OpenYearFactory(), owner=True)
    viewer = MembershipFactory(alliance=application.alliance, role=MembershipRole.VIEWER).user
    client.force_login(viewer)

    for name in ("review", "withdraw"):
        client.post(url(application, name), {"reason": ""})

    application.refresh_from_db()
    assert application.state == State.DRAFT


def test_owners_withdraw(applicant: Client, owner: User) -> None:
    application = ApplicationFactory(owner=owner)

    applicant.post(url(application, "withdraw"), {"reason": "Anders gelöst"})

    application.refresh_from_db()
    assert application.state == State.WITHDRAWN


def test_a_draft_is_discarded_and_nobody_is_asked_why(applicant: Client, owner: User) -> None:
    application = DraftFactory(owner=owner, programme_year=OpenYearFactory())
    address = url(application, "withdraw")

    asked = applicant.get(address).content.decode()
    discarded = applicant.post(address, {"reason": "Nicht gefragt"}, follow=True)

    assert "Entwurf verwerfen" in applicant.get(url(DraftFactory(owner=owner))).content.decode()
    assert "Ministerium" not in asked.partition("<main")[2].partition("</main>")[0]
    assert 'name="reason"' not in asked
    content = discarded.content.decode()
    assert "Sie haben den Entwurf verworfen." in content
    assert "Sie haben den Antrag zurückgezogen." not in content
    assert reverse("alliances:detail", args=[application.alliance.public_id]) in content
    assert "einen neuen Antrag beginnen" in content
    application.refresh_from_db()
    assert application.state == State.WITHDRAWN
    assert [change.reason for change in application.status_changes.all()] == [""]


def test_after_a_rejection_the_call_that_is_open_now_is_offered(client: Client) -> None:
    round_ = Round()
    application = round_.case(State.REJECTED, announced=True)
    client.force_login(round_.owner_of(application))

    def offers() -> tuple[bool, bool, bool]:
        content = client.get(url(application)).content.decode()
        words = ("Der Förderaufruf 2017 ist offen bis", address, "Beim nächsten Förderaufruf")
        return tuple(each in content for each in words)  # type: ignore[return-value]

    address = reverse("alliances:start", args=[application.alliance.public_id, 2017])
    assert offers() == (False, False, True)
    OpenYearFactory(year=2017)
    assert offers() == (True, True, False)
    client.post(address)
    assert offers() == (False, False, True)


def test_what_is_withdrawn_is_withdrawn_once(applicant: Client, owner: User) -> None:
    application = ApplicationFactory(
        owner=owner,
        state=State.WITHDRAWN,
        sequence=1,
        reference="GIV-2016-0001",
        submitted_at="2016-05-02T09:00:00Z",
    )

    for visit in (applicant.get, applicant.post):
        response = visit(url(application, "withdraw"), follow=True)
        assert response.redirect_chain == [(url(application), 302)]
        assert "Der Antrag ist schon zurückgezogen." in response.content.decode()
    acknowledgement = applicant.get(url(application, "submitted"))
    assert acknowledgement.headers["Location"] == url(application)
    assert application.status_changes.count() == 0


def test_nothing_tells_of_a_decision_before_it_is_announced(applicant: Client, owner: User) -> None:
    application = ApplicationFactory(
        owner=owner,
        state=State.REJECTED,
        sequence=1,
        reference="GIV-2016-0001",
        submitted_at="2016-05-02T09:00:00Z",
    )

    pages = [
        applicant.get(address).content.decode()
        for address in (
            url(application),
            url(application, "review"),
            reverse("alliances:list"),
            reverse("alliances:detail", args=[application.alliance.public_id]),
        )
    ]
    pages += [
        hand_in(applicant, application, follow=True).content.decode(),
        applicant.post(url(application, "section", "place"), follow=True).content.decode(),
    ]

    assert [("Abgelehnt" in content or "abgelehnt" in content) for content in pages] == [False] * 6
    assert "In Entscheidung" in pages[0]


@pytest.mark.parametrize("count", [1, 3])
def test_my_alliances_take_eight_queries_however_many(
    count: int, applicant: Client, owner: User, django_assert_num_queries: object
) -> None:
    for _ in range(count):
        ApplicationFactory(owner=owner)

    # Session, person, roles, alliances, members, applications, decisions, open years.
    with django_assert_num_queries(8):  # type: ignore[operator]
        response = applicant.get(reverse("alliances:list"))
    assert len(response.context["cards"]) == count


@pytest.mark.parametrize("count", [1, 3])
def test_an_application_takes_as_many_queries_with_three_lines_as_with_one(
    count: int, applicant: Client, owner: User, django_assert_num_queries: object
) -> None:
    application = ApplicationFactory(owner=owner, plan=False)
    for _ in range(count):
        BudgetLineFactory(application=application)

    # Session, person, roles, application, organisations, plan, decisions, consents, part, history,
    # how many files, the organisations with what they have confirmed, requests to be admitted
    # late, corrections, messages.
    with django_assert_num_queries(17):  # type: ignore[operator]
        applicant.get(url(application))


@pytest.mark.parametrize("count", [1, 3])
def test_an_alliance_takes_eleven_queries_however_many_organisations(
    count: int, applicant: Client, owner: User, django_assert_num_queries: object
) -> None:
    alliance = AllianceFactory(owner=owner)
    for _ in range(count):
        MemberOrganisationFactory(alliance=alliance)
        MembershipFactory(alliance=alliance)
        DraftFactory(
            alliance=alliance,
            programme_year=ProgrammeYearFactory(year=2010 + alliance.applications.count()),
        )

    # Session, person, roles, alliance, members, applications, decisions, organisations,
    # what they have confirmed, open years, what the ministry wants mended.
    with django_assert_num_queries(11):  # type: ignore[operator]
        applicant.get(reverse("alliances:detail", args=[alliance.public_id]))


def test_what_lacks_something_says_so_where_the_button_would_be(
    applicant: Client, owner: User
) -> None:
    year = OpenYearFactory()
    incomplete = ApplicationFactory(programme_year=year, owner=owner, title="")
    complete = ApplicationFactory(programme_year=year, owner=owner)

    pages = [
        applicant.get(url(application, "review")).content.decode()
        for application in (incomplete, complete)
    ]

    words = "Einreichen geht, sobald oben nichts mehr fehlt."
    assert [words in page for page in pages] == [True, False]
    assert ['href="#fehlt"' in page for page in pages] == [True, False]


def test_the_alliance_is_changed_from_the_review_page_like_every_part(
    applicant: Client, owner: User
) -> None:
    draft = ApplicationFactory(programme_year=OpenYearFactory(), owner=owner)
    asked = in_correction(owner, "goals")
    shown = []
    for application in (draft, asked):
        content = applicant.get(url(application, "review")).content.decode()
        part = content.partition("Bündnis und Organisationen</h2>")[2].partition("</section>")[0]
        shown.append(
            f'href="{reverse("alliances:detail", args=[application.alliance.public_id])}"' in part
        )

    assert shown == [True, False]


def test_the_button_to_submit_shows_only_while_it_works(applicant: Client, owner: User) -> None:
    button = "Antrag verbindlich einreichen"
    in_time = ApplicationFactory(programme_year=OpenYearFactory(), owner=owner)
    late = ApplicationFactory(owner=owner)
    incomplete = ApplicationFactory(programme_year=OpenYearFactory(), owner=owner, title="")

    shown = [
        button in applicant.get(url(application, "review")).content.decode()
        for application in (in_time, late, incomplete)
    ]

    assert shown == [True, False, False]


@pytest.mark.parametrize(("has_lead", "primary"), [(False, "organisation"), (True, "start")])
def test_an_alliance_without_an_applicant_is_asked_for_one_first(
    has_lead: bool, primary: str, applicant: Client, owner: User
) -> None:
    OpenYearFactory()
    alliance = AllianceFactory(owner=owner)
    (LeadOrganisationFactory if has_lead else MemberOrganisationFactory)(alliance=alliance)

    content = applicant.get(reverse("alliances:detail", args=[alliance.public_id])).content.decode()

    main = content.partition("<main")[2].partition("</main>")[0]
    (button,) = main.split("kern-btn--primary")[1:]
    words = {"organisation": "Organisation hinzufügen", "start": "Antrag für"}
    assert words[primary] in button.partition("</span>")[0]


def test_starting_twice_starts_once_and_leads_to_the_first(applicant: Client, owner: User) -> None:
    year = OpenYearFactory()
    alliance = AllianceFactory(owner=owner)
    address = reverse("alliances:start", args=[alliance.public_id, year.year])

    applicant.post(address)
    second = applicant.post(address, follow=True)

    assert alliance.applications.count() == 1
    assert "schon einen Antrag" in second.content.decode()
    assert applicant.get(address).status_code == 405


def test_nobody_starts_in_a_closed_call(applicant: Client, owner: User) -> None:
    alliance = AllianceFactory(owner=owner)
    year = ProgrammeYearFactory()

    applicant.post(reverse("alliances:start", args=[alliance.public_id, year.year]))

    assert not alliance.applications.exists()

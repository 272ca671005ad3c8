"""Who reaches which page of the ministry: every route of the admin against every role."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from applications.enums import State
from applications.models import Application, SelectionRun, TextBlock
from applications.services.case_file import set_follow_up
from applications.services.entry import begin_entry
from applications.services.late_admission import request_late_admission
from applications.services.selection import run_selection
from applications.services.submission import resubmit_application
from applications.services.text_blocks import save_text_block
from buendnisse.exports.columns import ListFormat
from buendnisse.models import (
    ChangeRecord,
    ExportRecord,
    MembershipRole,
    OutgoingMail,
    PersonErasure,
    RoleGrant,
    User,
)
from buendnisse.roles import Role
from buendnisse.services.erasures import propose_erasure
from buendnisse.services.export_records import begin_export
from buendnisse.services.letters import mark_posted
from buendnisse.services.role_grants import propose_roles
from funding.models import (
    AwardChange,
    AwardChangeKind,
    BudgetFreeze,
    LedgerEntry,
    Origin,
    Tranche,
    TrancheChange,
)
from funding.rules.allocation import Policy
from funding.services.award_changes import propose_award_change
from funding.services.freezes import impose_freeze
from funding.services.tranche_changes import propose_tranche_change
from funding.services.tranches import propose_tranche
from tests.factories.buendnisse import MemberOrganisationFactory, UserFactory
from tests.factories.cases import (
    ANNOUNCED_AT,
    CALL_CLOSES_AT,
    CHECKED_AT,
    MONEY_AT,
    PROPOSED_AT,
    Round,
    open_decision,
)
from tests.factories.entry import ENTERED_AT, asked_on_paper, letter_of
from tests.pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]

CASES = {Role.CASE_OFFICER, Role.APPROVER, Role.AUDITOR}
MONEY = CASES | {Role.BUDGET_OFFICER}
OFFICERS = {Role.CASE_OFFICER}
FILE_KEEPERS = {Role.CASE_OFFICER, Role.APPROVER}
APPROVERS = {Role.APPROVER}
BUDGET = {Role.BUDGET_OFFICER}
ADMINISTRATORS = {Role.ADMINISTRATOR}
EVERYBODY = set(Role) - {Role.JUROR}

# Django puts a form around each list and each row, also where there is nothing to send.
POST_FORM = re.compile(rb'<form[^>]*method="post".*?</form>', re.DOTALL | re.IGNORECASE)
BUTTON = re.compile(rb'<button|type="(?:submit|image)"')

# Who gets the page (200); all other staff get 403, all other people are no staff.
ROUTES: dict[str, set[Role]] = {
    "index": EVERYBODY,
    "applications_application_changelist": CASES,
    "applications_application_change": CASES,
    "applications_application_export": CASES,
    "applications_decision_changelist": CASES,
    "applications_decision_change": CASES,
    "applications_selectionrun_changelist": CASES,
    "applications_selection": CASES,
    "applications_simulation": CASES,
    "applications_application_take_up": OFFICERS,
    "applications_application_checklist": OFFICERS,
    "applications_application_request_changes": OFFICERS,
    "applications_application_enter_correction": OFFICERS,
    "applications_application_resume": OFFICERS,
    "applications_application_eligible": OFFICERS,
    "applications_application_jury": OFFICERS,
    "applications_application_assign": OFFICERS,
    "applications_assign_officer": OFFICERS,
    "applications_take_up_many": OFFICERS,
    "applications_deputies": CASES,
    "applications_jury_results": CASES,
    "applications_jury_record": CASES,
    "applications_jury_spread": OFFICERS,
    "applications_application_reassign": OFFICERS,
    "applications_application_conflict": OFFICERS | APPROVERS,
    "applications_application_lift_conflict": OFFICERS | APPROVERS,
    "applications_application_propose": OFFICERS,
    "applications_application_note": FILE_KEEPERS,
    "applications_application_follow_up": FILE_KEEPERS,
    "applications_application_follow_up_done": FILE_KEEPERS,
    "applications_application_message": OFFICERS,
    "applications_application_begin_entry": OFFICERS,
    "applications_application_enter": OFFICERS,
    "applications_application_enter_section": OFFICERS,
    "applications_application_enter_attachments": OFFICERS,
    "applications_application_correct_receipt": OFFICERS,
    "applications_application_discard_entry": OFFICERS,
    "applications_application_enter_organisation": OFFICERS,
    "applications_application_enter_organisation_add": OFFICERS,
    "applications_application_extend": OFFICERS,
    "applications_application_admit_late": OFFICERS,
    "applications_application_decline_late": OFFICERS,
    "applications_application_changes": CASES,
    "applications_application_record": CASES,
    "applications_textblock_changelist": CASES | ADMINISTRATORS,
    "applications_textblock_change": CASES | ADMINISTRATORS,
    "applications_textblock_add": OFFICERS | ADMINISTRATORS,
    "applications_application_approve": APPROVERS,
    "applications_application_send_back": APPROVERS,
    "applications_application_take_back": APPROVERS,
    "applications_approve_many": APPROVERS,
    "applications_announce": APPROVERS,
    "applications_close_waiting_list": APPROVERS,
    "applications_waitinglistclosing_changelist": CASES,
    "applications_waitinglistclosing_change": CASES,
    "applications_waitinglistclosing_confirm": APPROVERS,
    "applications_waitinglistclosing_decline": APPROVERS,
    "applications_selectionrun_change": CASES,
    "applications_selectionrun_record": CASES,
    "buendnisse_outgoingmail_change": CASES | ADMINISTRATORS,
    "buendnisse_outgoingmail_letter": CASES | ADMINISTRATORS,
    "buendnisse_outgoingmail_posted": OFFICERS,
    "buendnisse_outgoingmail_posting_back": OFFICERS,
    "buendnisse_outgoingmail_posted_many": OFFICERS,
    "funding_award_change": MONEY,
    "funding_ledgerentry_change": MONEY,
    "funding_tranche_document": MONEY,
    "buendnisse_alliance_changelist": CASES,
    "buendnisse_alliance_change": CASES,
    "buendnisse_outgoingmail_changelist": CASES | ADMINISTRATORS,
    "buendnisse_user_changelist": {Role.AUDITOR, Role.ADMINISTRATOR},
    "buendnisse_user_change": {Role.AUDITOR, Role.ADMINISTRATOR},
    "buendnisse_roles": {Role.AUDITOR, Role.ADMINISTRATOR},
    "buendnisse_personerasure_changelist": {Role.AUDITOR, Role.ADMINISTRATOR},
    "buendnisse_personerasure_change": {Role.AUDITOR, Role.ADMINISTRATOR},
    "buendnisse_personerasure_propose": ADMINISTRATORS,
    "buendnisse_personerasure_confirm": ADMINISTRATORS,
    "buendnisse_personerasure_decline": ADMINISTRATORS,
    "buendnisse_changerecord_changelist": {Role.AUDITOR},
    "buendnisse_changerecord_export": {Role.AUDITOR},
    "buendnisse_changerecord_change": {Role.AUDITOR},
    "buendnisse_exportrecord_changelist": {Role.AUDITOR, Role.ADMINISTRATOR},
    "buendnisse_exportrecord_change": {Role.AUDITOR, Role.ADMINISTRATOR},
    "buendnisse_rolegrant_changelist": {Role.AUDITOR, Role.ADMINISTRATOR},
    "buendnisse_rolegrant_change": {Role.AUDITOR, Role.ADMINISTRATOR},
    "buendnisse_rolegrant_confirm": ADMINISTRATORS,
    "buendnisse_rolegrant_decline": ADMINISTRATORS,
    "funding_tranche_changelist": MONEY,
    "funding_tranche_change": MONEY,
    "funding_tranche_add": BUDGET,
    "funding_tranche_confirm": BUDGET,
    "funding_tranche_decline": BUDGET,
    "funding_tranche_increase": BUDGET,
    "funding_tranche_reduce": BUDGET,
    "funding_tranchechange_changelist": MONEY,
    "funding_tranchechange_change": MONEY,
    "funding_tranchechange_document": MONEY,
    "funding_tranchechange_confirm": BUDGET,
    "funding_tranchechange_decline": BUDGET,
    "funding_budgetfreeze_changelist": MONEY,
    "funding_budgetfreeze_change": MONEY,
    "funding_budgetfreeze_add": BUDGET,
    "funding_budgetfreeze_lift": BUDGET,
    "funding_budgetfreeze_confirm": BUDGET,
    "funding_budgetfreeze_decline": BUDGET,
    "funding_awardchange_changelist": MONEY,
    "funding_awardchange_change": MONEY,
    "funding_awardchange_propose": OFFICERS,
    "funding_awardchange_confirm": APPROVERS,
    "funding_awardchange_decline": APPROVERS,
    "funding_award_changelist": MONEY,
    "funding_award_export": MONEY,
    "funding_ledgerentry_changelist": MONEY,
    "funding_ledgerentry_export": MONEY,
    "funding_year_money": MONEY,
    "funding_programmeyear_changelist": MONEY | ADMINISTRATORS,
    "funding_programmeyear_change": MONEY | ADMINISTRATORS,
    "funding_programmeyear_edit": ADMINISTRATORS,
    "funding_programmeyear_criteria": MONEY | ADMINISTRATORS,
    "funding_programmeyear_add": ADMINISTRATORS,
}
# In which state a step's page has something to show.
STATE_OF = {
    "take_up": State.SUBMITTED,
    "checklist": State.IN_REVIEW,
    "request_changes": State.IN_REVIEW,
    "resume": State.CHANGES_REQUESTED,
    "eligible": State.IN_REVIEW,
    "jury": State.ELIGIBLE,
    "propose": State.ELIGIBLE,
    "approve": State.PROPOSED,
    "send_back": State.PROPOSED,
    "take_back": State.AWARDED,
    "note": State.SUBMITTED,
    "follow_up": State.AWARDED,
    "message": State.IN_REVIEW,
    "extend": State.CHANGES_REQUESTED,
}


def follow_up_of(round_: Round) -> tuple[int, int]:
    application = round_.case(State.IN_REVIEW)
    follow_up = set_follow_up(
        application_id=application.pk,
        due_date=CHECKED_AT.date(),
        words="Anrufen.",
        person=round_.officer,
        acting_user=round_.officer,
        now=CHECKED_AT,
    )
    return application.pk, follow_up.pk


def shared_draft_of(round_: Round) -> Application:
    """Of a year whose call is over."""
    draft = round_.draft()
    Application.objects.filter(pk=draft.pk).update(shared_with_ministry_at=draft.created_at)
    return draft


def late_draft_of(round_: Round) -> Application:
    """One whose people ask to be admitted late."""
    draft = round_.draft()
    request_late_admission(
        application_id=draft.pk,
        reason="Der Strom war weg.",
        acting_user=round_.owner_of(draft),
        now=CALL_CLOSES_AT + timedelta(seconds=1),
    )
    return draft


def entered_case_of(round_: Round) -> Application:
    return begin_entry(
        programme_year_id=round_.year.pk,
        alliance_id=None,
        alliance_name="Bündnis Papier",
        received_date=CHECKED_AT.date(),
        reason="Kam mit der Post.",
        acting_user=round_.officer,
        now=CHECKED_AT,
    )


def entered_organisation_of(round_: Round) -> tuple[int, int]:
    application = entered_case_of(round_)
    return application.pk, MemberOrganisationFactory(alliance=application.alliance).pk


def corrected_case_of(round_: Round) -> Application:
    application = round_.case(State.CHANGES_REQUESTED)
    round_.mend(application)
    return resubmit_application(
        application_id=application.pk,
        acting_user=round_.owner_of(application),
        now=CHECKED_AT,
    )


def text_block_of(round_: Round) -> TextBlock:
    return save_text_block(
        block=TextBlock(title="Ziele", words="Bitte nennen Sie Ziele.", field="goals"),
        acting_user=round_.officer,
        now=CHECKED_AT,
    )


def selection_of(round_: Round) -> SelectionRun:
    round_.case(State.ELIGIBLE, score=8)
    return run_selection(
        programme_year_id=round_.year.pk,
        source_state=State.ELIGIBLE,
        policy=Policy.STRICT,
        acting_user=round_.officer,
        now=PROPOSED_AT,
    )


def open_review_of(round_: Round) -> tuple[int, int]:
    review = round_.assign(round_.case(State.ELIGIBLE))
    return review.application_id, review.pk


def mail_of(round_: Round) -> OutgoingMail:
    about = f"application:{round_.case(State.SUBMITTED).pk}"
    return OutgoingMail.objects.filter(about=about).earliest("pk")


def posted_letter_of(round_: Round) -> OutgoingMail:
    letter = letter_of(round_)
    mark_posted(
        mail_id=letter.pk,
        posted_date=ENTERED_AT.date(),
        acting_user=round_.officer,
        now=ENTERED_AT,
    )
    return letter


def tranche_with_document(round_: Round) -> Tranche:
    return propose_tranche(
        programme_year_id=round_.year.pk,
        amount=Decimal("1000.00"),
        value_date=MONEY_AT.date(),
        origin=Origin.CARRY_OVER,
        reference="Kap. 0919 Tit. 684 71",
        document=ContentFile(b"%PDF-1.7", name="zuweisung.pdf"),
        acting_user=round_.budget_officer,
        now=MONEY_AT,
    )


def tranche_change_of(round_: Round) -> TrancheChange:
    return propose_tranche_change(
        tranche_id=Tranche.objects.get(programme_year=round_.year).pk,
        amount=Decimal("1000.00"),
        reason="Nachtrag.",
        reference="Kap. 0919",
        document=ContentFile(b"%PDF-1.7", name="nachtrag.pdf"),
        acting_user=round_.budget_officer,
        now=MONEY_AT,
    )


def freeze_of(round_: Round) -> BudgetFreeze:
    return impose_freeze(
        programme_year_id=round_.year.pk,
        reason="Haushaltslage.",
        acting_user=round_.budget_officer,
        now=MONEY_AT,
    )


def award_change_of(round_: Round) -> AwardChange:
    application = round_.case(State.AWARDED, announced=True)
    assert application.award_id
    return propose_award_change(
        award_id=application.award_id,
        kind=AwardChangeKind.RENUNCIATION,
        amount=Decimal("1000.00"),
        reason="Weniger Kurse.",
        acting_user=round_.officer,
        now=ANNOUNCED_AT,
    )


def role_grant_of(round_: Round) -> RoleGrant:
    (grant,) = propose_roles(
        person_id=round_.officer.pk,
        roles=[Role.AUDITOR],
        reason="Vertretung.",
        acting_user=UserFactory(roles=[Role.ADMINISTRATOR]),
        now=MONEY_AT,
    )
    return grant


def erasure_of(_round: Round) -> PersonErasure:
    return propose_erasure(
        person_id=UserFactory().pk,
        reason="Aufbewahrungsfrist abgelaufen.",
        acting_user=UserFactory(roles=[Role.ADMINISTRATOR]),
        now=MONEY_AT,
    )


def export_of(round_: Round) -> ExportRecord:
    return begin_export(
        list_name="Zuwendungen",
        form=ListFormat.XLSX,
        filter_words="",
        query="",
        acting_user=round_.officer,
        now=MONEY_AT,
    )


# What the address of a route names, besides the route.
NAMED: dict[str, Callable[[Round], object]] = {
    "applications_application_change": lambda r: r.case(State.SUBMITTED).pk,
    "applications_application_follow_up_done": follow_up_of,
    "applications_application_enter": lambda r: entered_case_of(r).pk,
    "applications_application_enter_section": lambda r: (entered_case_of(r).pk, "finances"),
    "applications_application_enter_correction": lambda r: asked_on_paper(r).pk,
    "applications_application_enter_attachments": lambda r: entered_case_of(r).pk,
    "applications_application_correct_receipt": lambda r: entered_case_of(r).pk,
    "applications_application_discard_entry": lambda r: entered_case_of(r).pk,
    "applications_application_enter_organisation": entered_organisation_of,
    "applications_application_enter_organisation_add": lambda r: entered_case_of(r).pk,
    "applications_application_admit_late": lambda r: shared_draft_of(r).pk,
    "applications_application_decline_late": lambda r: late_draft_of(r).pk,
    "applications_application_record": lambda r: r.case(State.SUBMITTED).pk,
    "applications_application_changes": lambda r: (corrected_case_of(r).pk, 2),
    "applications_textblock_change": lambda r: text_block_of(r).pk,
    "applications_decision_change": lambda r: open_decision(r.case(State.PROPOSED)).pk,
    "applications_jury_results": lambda r: r.year.year,
    "applications_jury_record": lambda r: r.year.year,
    "applications_jury_spread": lambda r: r.year.year,
    "applications_application_reassign": lambda r: open_review_of(r),
    "applications_application_conflict": lambda r: r.case(State.SUBMITTED).pk,
    "applications_application_lift_conflict": lambda r: (r.case(State.SUBMITTED).pk, r.juror.pk),
    "applications_selection": lambda r: r.year.year,
    "applications_simulation": lambda r: r.year.year,
    "applications_announce": lambda r: r.year.year,
    "applications_close_waiting_list": lambda r: r.year.year,
    **{
        f"applications_waitinglistclosing_{code}": lambda r: r.propose_closing().pk
        for code in ("change", "confirm", "decline")
    },
    "applications_selectionrun_change": lambda r: selection_of(r).pk,
    "applications_selectionrun_record": lambda r: selection_of(r).pk,
    "buendnisse_outgoingmail_change": lambda r: mail_of(r).pk,
    "buendnisse_outgoingmail_letter": lambda r: letter_of(r).pk,
    "buendnisse_outgoingmail_posted": lambda r: letter_of(r).pk,
    "buendnisse_outgoingmail_posting_back": lambda r: posted_letter_of(r).pk,
    "funding_award_change": lambda r: r.case(State.AWARDED).award_id,
    "funding_ledgerentry_change": lambda r: (
        LedgerEntry.objects.get(tranche__programme_year=r.year).pk
    ),
    "funding_tranche_document": lambda r: tranche_with_document(r).pk,
    "buendnisse_alliance_change": lambda r: r.found_alliance().pk,
    "buendnisse_user_change": lambda r: r.officer.pk,
    "buendnisse_exportrecord_change": lambda r: export_of(r).pk,
    **{
        f"buendnisse_rolegrant_{code}": lambda r: role_grant_of(r).pk
        for code in ("change", "confirm", "decline")
    },
    "buendnisse_personerasure_propose": lambda r: r.juror.pk,
    **{
        f"buendnisse_personerasure_{code}": lambda r: erasure_of(r).pk
        for code in ("change", "confirm", "decline")
    },
    "funding_tranche_change": lambda r: r.propose_money(Decimal("1000.00")).pk,
    "funding_tranche_confirm": lambda r: r.propose_money(Decimal("1000.00")).pk,
    "funding_tranche_decline": lambda r: r.propose_money(Decimal("1000.00")).pk,
    "funding_tranche_increase": lambda r: Tranche.objects.get(programme_year=r.year).pk,
    "funding_tranche_reduce": lambda r: Tranche.objects.get(programme_year=r.year).pk,
    **{
        f"funding_tranchechange_{code}": lambda r: tranche_change_of(r).pk
        for code in ("change", "document", "confirm", "decline")
    },
    **{
        f"funding_budgetfreeze_{code}": lambda r: freeze_of(r).pk
        for code in ("change", "confirm", "decline")
    },
    "funding_budgetfreeze_lift": lambda r: r.year.pk,
    **{
        f"funding_awardchange_{code}": lambda r: award_change_of(r).pk
        for code in ("change", "confirm", "decline")
    },
    "funding_awardchange_propose": lambda r: r.case(State.AWARDED, announced=True).award_id,
    "applications_application_export": lambda _r: ("antraege", "excel"),
    "buendnisse_changerecord_export": lambda _r: ("protokoll", "excel"),
    "buendnisse_changerecord_change": lambda r: (
        ChangeRecord.objects.filter(subject_id=r.year.pk).earliest("pk").pk
    ),
    "funding_award_export": lambda _r: ("zuwendungen", "excel"),
    "funding_ledgerentry_export": lambda _r: ("buchungen", "excel"),
    "funding_year_money": lambda r: r.year.year,
    "funding_programmeyear_change": lambda r: r.year.pk,
    "funding_programmeyear_edit": lambda r: r.year.pk,
    "funding_programmeyear_criteria": lambda r: r.year.pk,
}
IDS: dict[str, Callable[[Round], object]] = {
    "applications_application_assign": lambda r: r.case(State.ELIGIBLE).pk,
    "applications_assign_officer": lambda r: r.case(State.SUBMITTED).pk,
    "applications_take_up_many": lambda r: r.case(State.SUBMITTED).pk,
    "applications_approve_many": lambda r: open_decision(r.case(State.PROPOSED)).pk,
    "buendnisse_outgoingmail_posted_many": lambda r: letter_of(r).pk,
}


def address(route: str, round_: Round) -> str:
    name = f"admin:{route}"
    code = route.removeprefix("applications_application_")
    if code in STATE_OF:
        return reverse(name, args=[round_.case(STATE_OF[code]).pk])
    if route in IDS:
        return f"{reverse(name)}?ids={IDS[route](round_)}"
    if route not in NAMED:
        return reverse(name)
    named = NAMED[route](round_)
    return reverse(name, args=named if isinstance(named, tuple) else [named])


@pytest.mark.parametrize("route", ROUTES)
def test_route_is_open_to_its_roles_alone(route: str) -> None:
    round_ = Round()
    path = address(route, round_)
    for role in Role:
        response = client_of(UserFactory(roles=[role])).get(path)
        expected = 200 if role in ROUTES[route] else 302 if role == Role.JUROR else 403
        assert response.status_code == expected, (route, role)
        content = response.getvalue()  # to its end, so that a file is closed
        if role == Role.AUDITOR and "text/html" in response.headers["Content-Type"]:
            # Whoever reads everything changes nothing, and finds nothing to press for it.
            main = content.partition(b"<main")[2]
            pressed = [form for form in POST_FORM.findall(main) if BUTTON.search(form)]
            assert pressed == [], route
    for user in (None, UserFactory()):
        client = client_of(user) if user else Client()
        response = client.get(path)
        assert response.status_code == 302
        assert response.headers["Location"].startswith(reverse("admin:login"))


# What one role alone may open is there to act; what the auditor alone may open is there to read.
@pytest.mark.parametrize(
    "route",
    [name for name, roles in ROUTES.items() if len(roles) == 1 and Role.AUDITOR not in roles],
)
def test_a_superuser_without_role_changes_nothing(route: str) -> None:
    path = address(route, Round())
    superuser = User.objects.create_superuser("root@example.org", "geheim")
    assert client_of(superuser).get(path).status_code == 403
    assert client_of(superuser).post(path).status_code == 403


def test_the_login_is_the_same_login(client: Client) -> None:
    queue = reverse("admin:applications_application_changelist")
    response = client.get(queue, follow=True)
    assert response.redirect_chain[-1][0].startswith(reverse("account_login"))
    assert "next=/verwaltung/applications/application/" in response.redirect_chain[-1][0]


def test_people_without_access_are_told_so() -> None:
    response = client_of(UserFactory()).get(reverse("admin:index"), follow=True)
    assert response.status_code == 403
    assert "Mit Ihrem Konto dürfen Sie diese Seite nicht öffnen" in response.content.decode()


@pytest.mark.parametrize("name", ["logout", "password_change"])
def test_leaving_and_passwords_are_the_sites_own(name: str) -> None:
    client = client_of(UserFactory(roles=[Role.AUDITOR]))
    response = client.post(reverse(f"admin:{name}"))
    target = {"logout": "account_logout", "password_change": "account_change_password"}[name]
    assert response.headers["Location"] == reverse(target)


def test_drafts_do_not_exist_for_staff() -> None:
    round_ = Round()
    draft = round_.draft()
    client = client_of(round_.officer)
    for code in ("change", *STATE_OF):
        path = reverse(f"admin:applications_application_{code}", args=[draft.pk])
        if code not in ("approve", "send_back", "take_back"):
            assert client.get(path).status_code == 404, code
            assert client.post(path).status_code in (403, 404), code
    page = client.get(reverse("admin:applications_application_changelist"))
    assert list(page.context["cl"].queryset) == []
    Application.objects.filter(pk=draft.pk).update(shared_with_ministry_at=draft.created_at)
    page = client.get(reverse("admin:applications_application_change", args=[draft.pk]))
    assert "zur Hilfe freigegeben" in page.content.decode()


@pytest.mark.parametrize("state", [s for s in State if s not in (State.DRAFT, State.WITHDRAWN)])
def test_the_auditor_finds_no_button(state: State) -> None:
    round_ = Round()
    application = round_.case(state)
    client = client_of(UserFactory(roles=[Role.AUDITOR]))
    page = client.get(reverse("admin:applications_application_change", args=[application.pk]))
    assert page.context["offers"] == []
    html = page.content.decode().split("<main", 1)[1]
    assert "<form" not in html
    assert "<button" not in html


def test_staff_of_the_alliance_are_kept_out_of_its_case() -> None:
    round_ = Round()
    application = round_.case(State.SUBMITTED)
    member = round_.member_of(application, MembershipRole.EDITOR)
    officer = UserFactory(roles=[Role.CASE_OFFICER])
    member_membership = application.alliance.memberships.get(user=member)
    member_membership.user = officer
    member_membership.save()
    client = client_of(officer)
    page = client.get(reverse("admin:applications_application_change", args=[application.pk]))
    assert "Sie gehören diesem Bündnis an" in page.content.decode()
    take_up = reverse("admin:applications_application_take_up", args=[application.pk])
    page = client.post(take_up, follow=True)
    assert "Sie gehören diesem Bündnis an" in page.content.decode()
    application.refresh_from_db()
    assert application.state == State.SUBMITTED

"""Asking organisations whether they take part: who was asked, who answered, in which words."""

import hashlib
import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from buendnisse.models import (
    Alliance,
    ConfirmationAnswer,
    ConfirmationRequest,
    LegalForm,
    MemberOrganisation,
    MembershipRole,
    OrganisationKind,
    OutgoingMail,
    User,
)
from buendnisse.refusals import NotAllowed
from buendnisse.services import alliances, confirmations, mailed_questions, memberships
from buendnisse.standings import Standing, standings_of
from buendnisse.tokens import token_digest
from tests.factories.buendnisse import (
    NOW,
    AllianceFactory,
    ConfirmationRequestFactory,
    LeadOrganisationFactory,
    MemberOrganisationFactory,
    MembershipFactory,
    UserFactory,
)

A_DAY = timedelta(days=1)
LATER = NOW + timedelta(hours=1)
_LINK = re.compile(r"/bestaetigung/([^/\s\"]+)/")
WORDS = (
    "Freundeskreis Asyl – Ohne eigene Rechtsform (zum Beispiel Initiative) – wirkt im lokalen "
    "Bündnis „Bündnis am See“ mit. Das Bündnis darf die Organisation in seinen Anträgen im "
    "Programm „Gemeinsam in Vielfalt – Lokale Bündnisse für Flüchtlingshilfe“ des Landes "
    "Baden-Württemberg als Bündnispartner nennen. Ich darf das für die Organisation erklären."
)


@pytest.fixture
def alliance(db: None) -> Alliance:
    return AllianceFactory(owner=True, name="Bündnis am See")


@pytest.fixture
def owner(alliance: Alliance) -> User:
    return alliance.created_by


@pytest.fixture
def partner(alliance: Alliance) -> MemberOrganisation:
    return MemberOrganisationFactory(
        alliance=alliance, name="Freundeskreis Asyl", email="kreis@example.org"
    )


def ask(partner: MemberOrganisation, by: User, now: object = NOW) -> ConfirmationRequest:
    return confirmations.ask_for_confirmation(organisation_id=partner.pk, acting_user=by, now=now)


def answer(
    request: ConfirmationRequest,
    given: ConfirmationAnswer = ConfirmationAnswer.CONFIRMED,
    **changes: object,
) -> ConfirmationRequest:
    values = {
        "person_name": "Demo-Person Asyl",
        "person_function": "Sprecherin",
        "remark": "",
        "now": LATER,
        **changes,
    }
    return confirmations.record_answer(request_id=request.pk, answer=given, **values)


def newest_token() -> str:
    mail = OutgoingMail.objects.filter(kind="link.confirmation").latest("pk")
    found = _LINK.search(mail.body_text)
    assert found
    return found[1]


def standing(alliance: Alliance, now: object = LATER) -> Standing:
    [found] = standings_of(alliance, now=now)
    return found.standing


def test_an_organisation_is_asked_in_words_that_are_kept(
    partner: MemberOrganisation, owner: User
) -> None:
    request = ask(partner, owner)
    mail = OutgoingMail.objects.get()

    assert request.words == WORDS
    assert request.words_digest == hashlib.sha256(WORDS.encode()).hexdigest()
    assert request.token_digest == token_digest(newest_token())
    assert (mail.recipient, mail.recipient_user) == ("kreis@example.org", None)
    assert WORDS in mail.body_text
    assert WORDS in mail.body_html
    assert newest_token() in mail.body_html


def test_the_applicant_confirms_more(alliance: Alliance, owner: User) -> None:
    request = ask(LeadOrganisationFactory(alliance=alliance), owner)
    assert "erhält die Organisation die Zuwendung und ist für sie verantwortlich" in request.words


@pytest.mark.parametrize(
    "given, shown",
    [(ConfirmationAnswer.CONFIRMED, "confirmed"), (ConfirmationAnswer.DECLINED, "declined")],
)
def test_what_was_answered_is_a_record_and_the_asker_hears_of_it(
    given: ConfirmationAnswer,
    shown: str,
    alliance: Alliance,
    partner: MemberOrganisation,
    owner: User,
) -> None:
    request = answer(ask(partner, owner), given, remark=" So. ")

    request.refresh_from_db()
    assert (request.answer, request.answered_at) == (given, LATER)
    assert (request.person_name, request.person_function) == ("Demo-Person Asyl", "Sprecherin")
    assert request.remark == "So."
    assert standing(alliance) == shown
    mail = OutgoingMail.objects.get(kind="confirmation_answered")
    assert mail.recipient == owner.email
    assert "Demo-Person Asyl (Sprecherin)" in mail.body_text


def test_who_has_left_hears_of_no_answer(alliance: Alliance, partner: MemberOrganisation) -> None:
    editor = MembershipFactory(alliance=alliance, role=MembershipRole.EDITOR).user
    request = ask(partner, editor)
    memberships.leave_alliance(alliance_id=alliance.pk, acting_user=editor, now=NOW)
    answer(request)
    assert not OutgoingMail.objects.filter(kind="confirmation_answered").exists()


def test_an_answer_is_given_once(partner: MemberOrganisation, owner: User) -> None:
    request = answer(ask(partner, owner))
    with pytest.raises(mailed_questions.AnswerClosed) as refused:
        answer(request, ConfirmationAnswer.DECLINED)
    assert refused.value.code == "answered"
    request.refresh_from_db()
    assert request.is_confirmed


@pytest.mark.parametrize("field", ["person_name", "person_function"])
def test_an_answer_has_a_person(field: str, partner: MemberOrganisation, owner: User) -> None:
    request = ask(partner, owner)
    with pytest.raises(mailed_questions.NameMissing):
        answer(request, **{field: " "})
    values = {"person_name": "A", "person_function": "B", field: ""}
    with pytest.raises(IntegrityError), transaction.atomic():
        ConfirmationRequest.objects.update(answer="confirmed", answered_at=NOW, **values)


def test_a_reminder_comes_a_day_later_with_a_new_link(
    partner: MemberOrganisation, owner: User
) -> None:
    request = ask(partner, owner)
    first = newest_token()
    with pytest.raises(confirmations.TooSoon):
        ask(partner, owner, NOW + A_DAY - timedelta(seconds=1))

    again = ask(partner, owner, NOW + A_DAY)

    assert again == request
    assert again.reminded_at == NOW + A_DAY
    assert confirmations.find_request(first) is None
    assert confirmations.find_request(newest_token()) == request
    assert OutgoingMail.objects.latest("pk").subject.startswith("Erinnerung")
    with pytest.raises(confirmations.TooSoon):
        ask(partner, owner, NOW + A_DAY + timedelta(hours=1))


def test_all_others_are_asked_at_once(
    alliance: Alliance, partner: MemberOrganisation, owner: User
) -> None:
    second = MemberOrganisationFactory(alliance=alliance, email="zwei@example.org")
    MemberOrganisationFactory(alliance=alliance, email="")
    answer(ask(partner, owner))

    count = confirmations.ask_all_for_confirmation(
        alliance_id=alliance.pk, acting_user=owner, now=LATER
    )

    assert count == 1
    assert ConfirmationRequest.objects.open().get().organisation == second
    assert (
        confirmations.ask_all_for_confirmation(
            alliance_id=alliance.pk, acting_user=owner, now=LATER
        )
        == 0
    )


def test_who_may_only_read_asks_nobody(alliance: Alliance, partner: MemberOrganisation) -> None:
    viewer = MembershipFactory(alliance=alliance, role=MembershipRole.VIEWER).user
    for person in (viewer, UserFactory()):
        with pytest.raises(NotAllowed):
            ask(partner, person)
        with pytest.raises(NotAllowed):
            confirmations.ask_all_for_confirmation(
                alliance_id=alliance.pk, acting_user=person, now=NOW
            )


def test_there_has_to_be_something_to_ask(
    alliance: Alliance, partner: MemberOrganisation, owner: User
) -> None:
    silent = MemberOrganisationFactory(alliance=alliance, email="")
    answer(ask(partner, owner))
    for organisation, code in ((silent, "no_address"), (partner, "confirmed")):
        with pytest.raises(confirmations.NothingToAsk) as refused:
            ask(organisation, owner, NOW + 2 * A_DAY)
        assert refused.value.code == code


def test_an_alliance_sends_so_many_questions_a_day(
    monkeypatch: pytest.MonkeyPatch, alliance: Alliance, partner: MemberOrganisation, owner: User
) -> None:
    monkeypatch.setattr(confirmations, "MAILS_A_DAY", 1)
    ask(partner, owner)
    other = MemberOrganisationFactory(alliance=alliance, email="zwei@example.org")
    with pytest.raises(confirmations.TooSoon) as refused:
        ask(other, owner, LATER)
    assert refused.value.code == "too_many"
    with pytest.raises(confirmations.TooSoon):
        confirmations.ask_all_for_confirmation(
            alliance_id=alliance.pk, acting_user=owner, now=LATER
        )
    assert OutgoingMail.objects.count() == 1


# --- When something changes -------------------------------------------------------------------

CHANGES = [
    {"name": "Freundeskreis Asyl Nord"},
    {"kind": OrganisationKind.CHURCH},
    {"legal_form": LegalForm.REGISTERED_ASSOCIATION},
]


def change(partner: MemberOrganisation, owner: User, changes: dict[str, str]) -> None:
    for name, value in changes.items():
        setattr(partner, name, value)
    alliances.save_organisation(organisation=partner, acting_user=owner, now=LATER)


@pytest.mark.parametrize("changes", CHANGES, ids=lambda changes: next(iter(changes)))
def test_who_answered_before_a_change_is_asked_anew(
    changes: dict[str, str], alliance: Alliance, partner: MemberOrganisation, owner: User
) -> None:
    first = answer(ask(partner, owner))
    change(partner, owner, changes)

    assert standing(alliance) == Standing.OUTDATED
    second = ask(partner, owner, LATER)
    assert second.words_digest != first.words_digest or "kind" in changes
    first.refresh_from_db()
    assert first.is_confirmed


@pytest.mark.parametrize(
    "changes", [*CHANGES, {"email": "neu@example.org"}], ids=lambda changes: next(iter(changes))
)
def test_an_open_question_is_withdrawn_by_a_change(
    changes: dict[str, str], alliance: Alliance, partner: MemberOrganisation, owner: User
) -> None:
    request = ask(partner, owner)
    change(partner, owner, changes)

    assert standing(alliance) == Standing.NOT_ASKED
    with pytest.raises(mailed_questions.AnswerClosed) as refused:
        answer(request)
    assert refused.value.code == "withdrawn"


@pytest.mark.parametrize(
    "changes", [{"name": "freundeskreis ASYL e. V."}, {"street": "Weg 1"}, {"contact_name": "X"}]
)
def test_another_spelling_changes_nothing(
    changes: dict[str, str], alliance: Alliance, partner: MemberOrganisation, owner: User
) -> None:
    answer(ask(partner, owner))
    change(partner, owner, changes)
    assert standing(alliance) == Standing.CONFIRMED


def test_another_name_of_the_alliance_and_another_part_are_asked_anew(
    alliance: Alliance, owner: User
) -> None:
    lead = LeadOrganisationFactory(alliance=alliance)
    answer(ask(lead, owner))
    alliances.rename_alliance(
        alliance_id=alliance.pk, name="Anders", website="", acting_user=owner, now=LATER
    )
    alliance.refresh_from_db()
    assert standing(alliance) == Standing.OUTDATED

    answer(ask(lead, owner, LATER))
    assert standing(alliance) == Standing.CONFIRMED
    other = MemberOrganisationFactory(
        alliance=alliance, legal_form=LegalForm.REGISTERED_ASSOCIATION
    )
    alliances.change_lead(organisation_id=other.pk, acting_user=owner, now=LATER)
    found = {s.organisation.pk: s.standing for s in standings_of(alliance, now=LATER)}
    assert found[lead.pk] == Standing.OUTDATED


def test_what_an_organisation_confirmed_outlives_its_leaving(
    partner: MemberOrganisation, owner: User
) -> None:
    done = answer(ask(partner, owner))
    change(partner, owner, {"name": "Neuer Name"})
    waiting = ask(partner, owner, LATER)

    alliances.remove_organisation(organisation_id=partner.pk, acting_user=owner, now=LATER)

    done.refresh_from_db()
    waiting.refresh_from_db()
    assert (done.organisation, done.organisation_name) == (None, "Freundeskreis Asyl")
    assert (waiting.organisation, waiting.withdrawn_at) == (None, LATER)


# --- What the database refuses ----------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"words": "Anders."},
        {"words_digest": "e" * 64},
        {"organisation_name": "Anders"},
        {"asked_at": LATER},
        {"answer": "declined"},
        {"answered_at": NOW},
        {"answer": "", "answered_at": None},
        {"person_name": "Jemand anderes"},
        {"person_function": "Anders"},
        {"remark": "Anders"},
        {"token_digest": "f" * 64},
    ],
)
def test_an_answered_question_never_changes(
    change: dict[str, object], partner: MemberOrganisation, owner: User
) -> None:
    answer(ask(partner, owner))
    with pytest.raises(IntegrityError), transaction.atomic():
        ConfirmationRequest.objects.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        ConfirmationRequest.objects.all().delete()


def test_retention_may_erase_who_it_was(partner: MemberOrganisation, owner: User) -> None:
    answer(ask(partner, owner))
    ConfirmationRequest.objects.update(person_name="", person_function="", remark="", email="")
    assert ConfirmationRequest.objects.get().is_confirmed


@pytest.mark.parametrize(
    "change",
    [
        {"answered_at": NOW, "answer": "confirmed", "person_name": "A", "person_function": "B"},
        {"answer": "confirmed"},
        {"person_name": "A"},
        {"words": ""},
        {"organisation": None},
    ],
)
def test_a_question_begins_open_and_whole(change: dict[str, object], alliance: Alliance) -> None:
    organisation = MemberOrganisationFactory(alliance=alliance)
    request = ConfirmationRequestFactory(organisation=organisation)
    request.withdrawn_at = NOW
    request.save()
    values = {
        field.attname: getattr(request, field.attname)
        for field in ConfirmationRequest._meta.concrete_fields
        if field.attname not in ("id", "withdrawn_at", "token_digest")
    }
    values.update({"organisation_id": None} if "organisation" in change else change)
    with pytest.raises(IntegrityError), transaction.atomic():
        ConfirmationRequest.objects.create(**values, token_digest="g" * 64)


def test_an_organisation_has_one_open_question(partner: MemberOrganisation) -> None:
    ConfirmationRequestFactory(organisation=partner)
    with pytest.raises(IntegrityError), transaction.atomic():
        ConfirmationRequestFactory(organisation=partner)


@pytest.mark.parametrize("count", [1, 3])
def test_standings_take_two_queries(
    count: int, alliance: Alliance, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        organisation = MemberOrganisationFactory(alliance=alliance, email="a@example.org")
        ConfirmationRequestFactory(organisation=organisation)
    with django_assert_num_queries(2):
        assert len(standings_of(alliance, now=NOW)) == count

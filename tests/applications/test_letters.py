"""Letters: sent by post, noted as sent with the day, by whom, and taken back with a trace."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from applications.models import Application
from buendnisse.models import LetterPosting, MailState, OutgoingMail
from buendnisse.refusals import NotAllowed
from buendnisse.roles import Role
from buendnisse.services.letters import LetterRefused, mark_posted, take_posting_back
from buendnisse.services.outbox import deliver_due
from tests.factories.buendnisse import OutgoingMailFactory, UserFactory
from tests.factories.cases import Round
from tests.factories.entry import ENTERED_AT, letter_of
from tests.pdf import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]

LIST = reverse("admin:buendnisse_outgoingmail_changelist")
TO_POST = f"{LIST}?state__exact=by_post"
# The letter is written on 5 July 2016.
WRITTEN, NEXT_DAY = date(2016, 7, 5), date(2016, 7, 6)
NEXT_DAY_AT = ENTERED_AT + timedelta(days=1)


@pytest.fixture
def letter(round_: Round) -> OutgoingMail:
    return letter_of(round_)


@pytest.fixture
def client(round_: Round) -> Client:
    client = Client()
    client.force_login(round_.officer)
    return client


def post(round_: Round, letter: OutgoingMail, **values: Any) -> LetterPosting:
    return mark_posted(
        **{
            "mail_id": letter.pk,
            "posted_date": WRITTEN,
            "acting_user": round_.officer,
            "now": NEXT_DAY_AT,
            **values,
        }
    )


def letters(round_: Round, number: int) -> list[OutgoingMail]:
    return [
        OutgoingMailFactory(
            recipient="",
            state=MailState.BY_POST,
            subject=f"Brief {each}",
            created_at=ENTERED_AT + timedelta(hours=each),
        )
        for each in range(number)
    ]


def page(code: str, *keys: object) -> str:
    return reverse(f"admin:buendnisse_outgoingmail_{code}", args=keys)


def shown(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_a_letter_is_noted_as_sent_with_its_day_and_by_whom(
    round_: Round, letter: OutgoingMail
) -> None:
    posting = post(round_, letter)
    letter.refresh_from_db()
    assert (letter.state, letter.posted_date, letter.sent_at) == (MailState.POSTED, WRITTEN, None)
    assert (posting.noted_by, posting.noted_at) == (round_.officer, NEXT_DAY_AT)
    assert not OutgoingMail.objects.to_post().exists()
    assert deliver_due(clock=lambda: NEXT_DAY_AT) == 0


def test_who_comes_second_is_told_who_was_first(round_: Round, letter: OutgoingMail) -> None:
    post(round_, letter)
    with pytest.raises(LetterRefused) as refused:
        post(round_, letter, acting_user=UserFactory(roles=[Role.CASE_OFFICER]))
    assert refused.value.code == "already_posted"
    assert str(refused.value) == (
        f"Diesen Brief hat schon {round_.officer} als versandt eingetragen, mit dem 5. Juli 2016."
    )
    assert letter.postings.count() == 1


@pytest.mark.parametrize(
    ("posted_date", "code"),
    [(date(2016, 7, 7), "in_the_future"), (date(2016, 7, 4), "too_early")],
)
def test_a_letter_is_sent_neither_tomorrow_nor_before_it_was_written(
    round_: Round, letter: OutgoingMail, posted_date: date, code: str
) -> None:
    with pytest.raises(LetterRefused) as refused:
        post(round_, letter, posted_date=posted_date)
    assert refused.value.code == code
    post(round_, letter, posted_date=NEXT_DAY)


def test_the_text_of_a_letter_has_no_gaps(letter: OutgoingMail) -> None:
    assert "\n\n\n" not in letter.body_text


def test_mails_are_no_letters(round_: Round) -> None:
    mail = OutgoingMailFactory()
    with pytest.raises(LetterRefused) as refused:
        post(round_, mail)
    assert refused.value.code == "no_letter"


def test_only_who_checks_notes_letters(round_: Round, letter: OutgoingMail) -> None:
    for role in set(Role) - {Role.CASE_OFFICER}:
        with pytest.raises(NotAllowed):
            post(round_, letter, acting_user=UserFactory(roles=[role]))
    post(round_, letter)
    with pytest.raises(NotAllowed):
        take_posting_back(
            mail_id=letter.pk,
            reason="Irrtum.",
            acting_user=UserFactory(roles=[Role.APPROVER]),
            now=NEXT_DAY_AT,
        )


def test_what_was_noted_by_mistake_is_taken_back_with_a_trace(
    round_: Round, letter: OutgoingMail
) -> None:
    back = {"mail_id": letter.pk, "acting_user": round_.officer, "now": NEXT_DAY_AT}
    with pytest.raises(LetterRefused) as refused:
        take_posting_back(**back, reason="Irrtum.")
    assert refused.value.code == "not_posted"
    post(round_, letter)
    with pytest.raises(LetterRefused) as refused:
        take_posting_back(**back, reason=" ")
    assert refused.value.code == "reason_missing"
    take_posting_back(**back, reason="Falscher Brief.")
    letter.refresh_from_db()
    assert (letter.state, letter.posted_date) == (MailState.BY_POST, None)
    post(round_, letter, posted_date=NEXT_DAY)
    assert [
        (each.posted_date, each.taken_back_by, each.take_back_reason)
        for each in letter.postings.all()
    ] == [(WRITTEN, round_.officer, "Falscher Brief."), (NEXT_DAY, None, "")]


def test_the_database_keeps_what_was_noted(round_: Round, letter: OutgoingMail) -> None:
    posting = post(round_, letter)
    rows = LetterPosting.objects.filter(pk=posting.pk)
    for values in ({"posted_date": NEXT_DAY}, {"noted_by": UserFactory()}):
        with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
            rows.update(**values)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        rows.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(taken_back_at=NEXT_DAY_AT)
    for values in ({"state": MailState.BY_POST}, {"posted_date": None}, {"recipient": "a@b.de"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            OutgoingMail.objects.filter(pk=letter.pk).update(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        LetterPosting.objects.create(
            mail=letter, posted_date=WRITTEN, noted_by=round_.officer, noted_at=NEXT_DAY_AT
        )


# Pages ----------------------------------------------------------------------------------------


def test_an_officer_notes_a_letter_and_takes_it_back_on_its_page(
    round_: Round, letter: OutgoingMail, client: Client
) -> None:
    found = shown(client.get(page("change", letter.pk)))
    assert "Noch nicht versandt." in found
    assert "Verein Papier e. V. <br> Frau Papier <br> Hauptstraße 1 <br> 73430 Aalen" in found
    assert page("posted", letter.pk) in found
    assert page("letter", letter.pk) in found
    assert "73430 Aalen" in shown(client.get(page("posted", letter.pk)))
    wrong = client.post(page("posted", letter.pk), {"posted_date": "01.07.2016"})
    assert "kann nicht früher versandt sein" in shown(wrong)
    done = client.post(page("posted", letter.pk), {"posted_date": "5.7.2016"}, follow=True)
    assert "Der Brief ist eingetragen als versandt am 5. Juli 2016." in shown(done)
    assert f"Versandt am 5. Juli 2016, eingetragen von {round_.officer}" in shown(done)
    assert page("posted", letter.pk) not in shown(done)
    # An old tab: the page leads back and says what is so.
    late = client.get(page("posted", letter.pk), follow=True)
    assert "Dieser Brief ist schon als versandt eingetragen." in shown(late)
    late = client.post(page("posted", letter.pk), {"posted_date": "5.7.2016"})
    assert f"Diesen Brief hat schon {round_.officer} als versandt eingetragen" in shown(late)
    back = client.post(page("posting_back", letter.pk), {"reason": "Falscher Brief."}, follow=True)
    assert "Zurückgenommen: Der Brief ist wieder per Post zu senden." in shown(back)
    assert f"Zurückgenommen von {round_.officer}" in shown(back)
    assert "Falscher Brief." in shown(back)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            "31.12.2099",
            "Der Tag des Versands liegt in der Zukunft. Bitte prüfen Sie ihn.",
        ),
        (
            "4.7.2016",
            "Der Brief ist erst am 5. Juli 2016 geschrieben und kann nicht früher versandt sein.",
        ),
    ],
)
def test_what_is_wrong_with_the_day_stands_at_the_day(
    round_: Round, letter: OutgoingMail, typed: str, said: str
) -> None:
    client = Client()
    client.force_login(round_.officer)
    answer = client.post(page("posted", letter.pk), {"posted_date": typed})
    assert answer.context["form"].errors == {"posted_date": [said]}


def test_who_only_reads_prints_a_letter_and_notes_nothing(letter: OutgoingMail) -> None:
    client = Client()
    client.force_login(UserFactory(roles=[Role.AUDITOR]))
    found = shown(client.get(page("change", letter.pk)))
    assert page("letter", letter.pk) in found
    assert page("posted", letter.pk) not in found
    assert client.get(page("posted", letter.pk)).status_code == 403
    assert client.get(page("letter", letter.pk)).status_code == 200


def test_a_mail_has_no_steps_of_a_letter(client: Client) -> None:
    mail = OutgoingMailFactory()
    assert "brief.pdf" not in shown(client.get(page("change", mail.pk)))
    for code in ("letter", "posted", "posting_back"):
        assert client.get(page(code, mail.pk)).status_code == 404
    secret = OutgoingMailFactory(kind="link.consent", recipient="", state=MailState.BY_POST)
    assert client.get(page("letter", secret.pk)).status_code == 404


@pytest.mark.pdf
def test_the_printed_letter_has_address_day_and_text(
    round_: Round, letter: OutgoingMail, client: Client
) -> None:
    post(round_, letter)
    response = client.get(page("letter", letter.pk))
    assert response.headers["Content-Type"] == "application/pdf"
    found = text_of(response.content)
    address = "Verein Papier e. V. Frau Papier Hauptstraße 1 73430 Aalen"
    assert found.index(address) < found.index("5. Juli 2016") < found.index("Guten Tag,")
    assert "am 30. Juni 2016 bei uns eingegangen" in found


def test_the_case_says_that_the_letter_has_gone(
    round_: Round, letter: OutgoingMail, client: Client
) -> None:
    post(round_, letter)
    case = reverse(
        "admin:applications_application_change", args=[letter.about.removeprefix("application:")]
    )
    found = shown(client.get(case))
    assert "Per Post versandt am 5. Juli 2016" in found
    assert "<strong>Kein E-Mail-Kontakt: bitte per Post</strong>" not in found


# Lists and the desk ---------------------------------------------------------------------------


def test_the_desk_counts_the_letters_that_the_link_lists(
    round_: Round, letter: OutgoingMail, client: Client
) -> None:
    second = letters(round_, 1)[0]
    OutgoingMailFactory()
    # What nobody may read is in neither.
    OutgoingMailFactory(kind="link.consent", recipient="", state=MailState.BY_POST)
    desk = shown(client.get(reverse("admin:index")))
    assert (
        f'<a href="{TO_POST}"><span class="desk-waiting__count">2</span> '
        "Briefe per Post zu senden</a>"
    ) in desk
    listed = client.get(TO_POST).context["cl"].result_list
    assert {each.pk for each in listed} == {letter.pk, second.pk}
    post(round_, letter)
    desk = shown(client.get(reverse("admin:index")))
    assert "1</span> Brief per Post zu senden" in desk
    posted = client.get(f"{LIST}?state__exact=posted").context["cl"].result_list
    assert [each.pk for each in posted] == [letter.pk]


def test_the_desk_of_others_has_no_letters(letter: OutgoingMail) -> None:
    client = Client()
    client.force_login(UserFactory(roles=set(Role) - {Role.CASE_OFFICER}))
    assert "per Post zu senden" not in shown(client.get(reverse("admin:index")))


def test_many_letters_are_noted_at_once(round_: Round, client: Client) -> None:
    first, second, gone = letters(round_, 3)
    post(round_, gone)
    mail = OutgoingMailFactory()
    chosen = client.post(
        TO_POST,
        {
            "action": "note_posted",
            "_selected_action": [first.pk, second.pk, gone.pk, mail.pk],
            "index": "0",
        },
    )
    # The filter of the list leaves out what has gone.
    assert f"ids={second.pk}%2C{first.pk}&" in chosen.headers["Location"]
    keys = ",".join(str(each.pk) for each in (first, second, gone, mail))
    address = f"{page('posted_many')}?ids={keys}"
    found = shown(client.get(address))
    assert "2 Briefe werden als versandt eingetragen, mit Ihrem Namen und diesem Tag." in found
    assert "2 Einträge bleiben, wie sie sind" in found
    assert "Das ist eine E-Mail und kein Brief." in found
    done = shown(client.post(address, {"posted_date": "06.07.2016"}, follow=True))
    assert "2 Briefe sind als versandt eingetragen: „Brief 0“, „Brief 1“." in done
    assert "2 Einträge bleiben, wie sie waren:<br>" in done
    assert "<br>„Brief 2“. Schon als versandt eingetragen." in done
    assert not OutgoingMail.objects.to_post().exists()
    assert LetterPosting.objects.filter(noted_by=round_.officer, posted_date=NEXT_DAY).count() == 2


def test_a_letter_written_later_than_the_day_is_left_and_named(
    round_: Round, client: Client
) -> None:
    first, second = letters(round_, 2)
    OutgoingMail.objects.filter(pk=second.pk).update(created_at=NEXT_DAY_AT)
    address = f"{page('posted_many')}?ids={first.pk},{second.pk}"
    done = shown(client.post(address, {"posted_date": "05.07.2016"}, follow=True))
    assert "1 Brief ist als versandt eingetragen: „Brief 0“." in done
    assert "1 Eintrag bleibt, wie er war: „Brief 1“. Der Brief ist erst am 6. Juli 2016" in done


def test_who_does_not_check_has_no_action_in_the_list(letter: OutgoingMail) -> None:
    client = Client()
    client.force_login(UserFactory(roles=[Role.APPROVER]))
    assert "note_posted" not in shown(client.get(TO_POST))
    assert client.get(f"{page('posted_many')}?ids={letter.pk}").status_code == 403


@pytest.mark.parametrize("number", [1, 3])
def test_letters_are_listed_by_as_many_queries_however_many(
    round_: Round, client: Client, number: int, django_assert_num_queries: Any
) -> None:
    letters(round_, number)
    with django_assert_num_queries(7):
        found = client.get(TO_POST)
    assert len(found.context["cl"].result_list) == number


def test_the_list_says_where_a_letter_goes_and_the_letter_leads_to_its_case(
    round_: Round, client: Client, letter: OutgoingMail
) -> None:
    client.force_login(round_.officer)
    shown = client.get(reverse("admin:buendnisse_outgoingmail_changelist")).content.decode()
    assert "Verein Papier e. V., Frau Papier, Hauptstraße 1, 73430 Aalen" in shown
    page = client.get(reverse("admin:buendnisse_outgoingmail_change", args=[letter.pk]))
    application = Application.objects.get(alliance__name="Bündnis Papier")
    case = reverse("admin:applications_application_change", args=[application.pk])
    assert f'<a href="{case}">Zum Antrag {application.reference}</a>' in page.content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_addresses_are_found_for_all_letters_of_a_page_at_once(
    round_: Round, client: Client, number: int, django_assert_num_queries: Any
) -> None:
    for _ in range(number):
        letter_of(round_)
    client.force_login(round_.officer)
    with django_assert_num_queries(9):
        page = client.get(reverse("admin:buendnisse_outgoingmail_changelist"))
    assert page.content.decode().count("Hauptstraße 1, 73430 Aalen") == number


def test_several_letters_are_printed_as_one_file(round_: Round, client: Client) -> None:
    chosen = [letter_of(round_), letter_of(round_)]
    mail = OutgoingMailFactory()
    client.force_login(round_.officer)
    address = reverse("admin:buendnisse_outgoingmail_changelist")
    ticked = [each.pk for each in [*chosen, mail]]
    data = {"action": "print_letters", "index": "0", "_selected_action": ticked}
    response = client.post(address, data)
    assert response.headers["Content-Type"] == "application/pdf"
    text = text_of(response.content)
    assert text.count("Hauptstraße 1") == 2
    assert [letter.subject in text for letter in chosen] == [True, True]
    # Each begins anew.
    assert text.count("Seite 1") == 2
    only_mail = client.post(address, {**data, "_selected_action": [mail.pk]}, follow=True)
    assert "Zu drucken ist davon nichts." in only_mail.content.decode()

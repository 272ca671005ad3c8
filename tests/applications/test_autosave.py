"""Saving by itself, and two people in one section: what is stored, refused and asked."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from applications.enums import LineKind, State
from applications.models import Application
from applications.sections import SECTIONS
from applications.services.drafting import (
    Outcome,
    PlanLine,
    Seen,
    fingerprint,
    merge_section,
    outcome,
)
from applications.views.autosave import MOST_A_MINUTE
from buendnisse.models import MembershipRole, User
from tests.applications.applicant_pages import plan_data, url
from tests.factories.applications import ApplicationFactory, BudgetLineFactory, DraftFactory
from tests.factories.buendnisse import MembershipFactory, TerritoryFactory, UserFactory
from tests.factories.cases import DRAFTED_AT, Round, reload
from tests.factories.funding import OpenYearFactory

pytestmark = pytest.mark.django_db


def autosave(client: Client, application: Application, section: str, **data: str) -> Any:
    return client.post(url(application, "autosave", section), data)


def seen(**values: object) -> dict[str, str]:
    """What a page carries that was opened when these values were stored."""
    return {f"seen-{name}": fingerprint(value) for name, value in values.items()}


# --- The rule -------------------------------------------------------------------------------

A, B, C = "a", "b", "c"


@pytest.mark.parametrize(
    "stored, typed, known, expected",
    [
        (A, A, None, Outcome.SAME),
        (A, A, Seen(B), Outcome.SAME),
        (A, B, Seen(A), Outcome.WRITE),
        (A, B, Seen(C, frozenset([A])), Outcome.WRITE),
        # Back to what it was, after a save whose answer never came.
        (A, B, Seen(B, frozenset([A])), Outcome.WRITE),
        (A, B, Seen(B), Outcome.LEAVE),
        (A, B, Seen(C), Outcome.CONFLICT),
        (A, B, Seen(C, frozenset([B])), Outcome.CONFLICT),
        (A, B, None, Outcome.CONFLICT),
    ],
)
def test_nobodys_words_are_overwritten(
    stored: str, typed: str, known: Seen | None, expected: Outcome
) -> None:
    assert outcome(stored=stored, typed=typed, seen=known) == expected


def test_a_fingerprint_is_equal_for_equal_values_alone() -> None:
    line = PlanLine(LineKind.COST, "Miete", Decimal("1.00"))
    other = PlanLine(LineKind.OWN_FUNDS, "Miete", Decimal("1.00"))
    values: list[object] = [
        "",
        "Text",
        "text",
        "\udc00",
        True,
        Decimal("1.00"),
        Decimal("10.00"),
        date(2027, 3, 1),
        TerritoryFactory.build(code="x"),
        [line],
        [line, line],
        [line, other],
    ]

    assert len({fingerprint(value) for value in values}) == len(values)
    assert fingerprint(None) == fingerprint(False) == fingerprint([]) == fingerprint("")
    assert fingerprint(Decimal(1)) == fingerprint(Decimal("1.00"))
    assert fingerprint([line, other]) == fingerprint([other, line])


def test_two_people_in_two_fields_do_not_disturb_one_another() -> None:
    round_ = Round(money=None)
    application = round_.draft()
    opened = {name: Seen(fingerprint(getattr(application, name))) for name in ("title", "goals")}

    def merge(**values: object) -> Any:
        return merge_section(
            application_id=application.pk,
            acting_user=round_.owner_of(application),
            now=DRAFTED_AT,
            version=application.version,
            values=values,
            seen=opened,
        )

    first = merge(title="Garten", goals=application.goals)
    second = merge(title=application.title, goals="Alle reden mit.")
    third = merge(title="Werkstatt", goals=application.goals)

    assert [(merged.written, merged.conflicts) for merged in (first, second, third)] == [
        (("title",), ()),
        (("goals",), ()),
        ((), ("title",)),
    ]
    stored = reload(application)
    assert (stored.title, stored.goals) == ("Garten", "Alle reden mit.")
    assert stored.version == application.version + 2


# --- The page without scripts ---------------------------------------------------------------


def test_a_page_carries_what_it_showed(applicant: Client, owner: User) -> None:
    application = DraftFactory(owner=owner, title="Garten")

    content = applicant.get(url(application, "section", "project")).content.decode()

    for name in SECTIONS["project"]:
        sign = fingerprint(getattr(application, name))
        assert f'<input type="hidden" name="seen-{name}" value="{sign}">' in content


def test_of_two_in_one_field_the_later_one_sees_both_and_chooses(
    applicant: Client, owner: User
) -> None:
    application = DraftFactory(owner=owner, title="Von der anderen", version=3)
    address = url(application, "section", "project")
    data = {"version": "2", "title": "Von mir", "goals": "Neu", **seen(title="", goals="")}

    content = applicant.post(address, data).content.decode()

    assert 'name="choice-title"' in content
    assert 'name="choice-goals"' not in content
    assert "Von der anderen" in content
    assert 'value="Von mir"' in content
    application.refresh_from_db()
    assert (application.title, application.goals) == ("Von der anderen", "Neu")
    # Saved once more without a choice, it is asked again.
    again = {**data, "version": "4", **seen(goals="Neu")}
    theirs = {"theirs-title": fingerprint("Von der anderen")}
    assert 'name="choice-title"' in applicant.post(address, again | theirs).content.decode()
    assert applicant.post(address, again | theirs | {"choice-title": "theirs"}).status_code == 302
    assert reload(application).title == "Von der anderen"
    assert applicant.post(address, again | theirs | {"choice-title": "mine"}).status_code == 302
    assert reload(application).title == "Von mir"


def test_who_chose_the_own_version_is_asked_again_about_a_third(
    applicant: Client, owner: User
) -> None:
    application = DraftFactory(owner=owner, title="Die dritte", version=3)

    content = applicant.post(
        url(application, "section", "project"),
        {
            "version": "2",
            "title": "Von mir",
            "choice-title": "mine",
            "theirs-title": fingerprint("Die zweite"),
            **seen(title=""),
        },
    ).content.decode()

    assert "Die dritte" in content
    assert reload(application).title == "Die dritte"


def test_a_wrong_field_keeps_what_its_page_had_seen(applicant: Client, owner: User) -> None:
    application = DraftFactory(owner=owner, version=3, period_start=date(2027, 1, 1))

    content = applicant.post(
        url(application, "section", "project"),
        {"version": "3", "period_start": "31.02.2027", **seen(period_start=None)},
    ).content.decode()

    # Mended and saved, it is a conflict with the day that somebody else has entered meanwhile.
    assert f'name="seen-period_start" value="{fingerprint(None)}"' in content


def test_the_other_version_stands_in_a_form_that_comes_back(applicant: Client, owner: User) -> None:
    application = DraftFactory(owner=owner, title="Von der anderen", version=3)

    content = applicant.post(
        url(application, "section", "project"),
        {
            "version": "3",
            "title": "Von mir",
            "choice-title": "theirs",
            "period_start": "bald",
            **seen(title=""),
        },
    ).content.decode()

    assert 'value="Von der anderen"' in content
    assert 'value="Von mir"' not in content


# --- Saving by itself -----------------------------------------------------------------------


def test_an_autosave_stores_and_says_when(applicant: Client, owner: User) -> None:
    application = DraftFactory(owner=owner)

    answer = autosave(applicant, application, "project", version="0", title="Garten")

    assert answer.status_code == 200
    said = answer.json()
    assert said["said"].startswith("Gespeichert um ")
    assert (said["version"], said["errors"], said["conflicts"]) == (1, {}, "")
    assert said["fields"]["title"] == {"seen": fingerprint("Garten")}
    assert reload(application).title == "Garten"


def test_an_autosave_stores_what_is_right_and_names_what_is_not(
    applicant: Client, owner: User
) -> None:
    application = DraftFactory(owner=owner)
    plan = plan_data(cost=[("Miete", "100"), ("Honorare", "ca. 300")], income=[("", "etwas")])

    project = autosave(
        applicant, application, "project", version="0", title="Garten", period_start="bald"
    )
    finances = autosave(
        applicant, application, "finances", version="1", requested_amount="1.234,50", **plan
    )

    assert [answer.status_code for answer in (project, finances)] == [200, 200]
    assert sorted(project.json()["errors"]) == ["id_period_start"]
    wrong = finances.json()["errors"]
    assert sorted(wrong) == ["id_cost-1-amount", "id_income-0-amount"]
    assert wrong["id_cost-1-amount"].startswith("Ausgaben, Zeile 2, Betrag in Euro: Bitte")
    # Never plain: what is not on the server is named.
    said = [re.sub(r"\d\d:\d\d:\d\d", "…", answer.json()["said"]) for answer in (project, finances)]
    assert said == [
        "Gespeichert um … Uhr, außer: Beginn des Vorhabens.",
        "Gespeichert um … Uhr, außer: Ausgaben, Zeile 2; Einnahmen, Zeile 1.",
    ]
    assert [answer.json()["isWhole"] for answer in (project, finances)] == [False, False]
    # The page has seen what is stored, and keeps what is not.
    kept = [("Miete", Decimal("100.00")), ("Honorare", Decimal("0.00"))]
    lines = [PlanLine(LineKind.COST, *line) for line in kept]
    assert finances.json()["fields"]["budget_lines"] == {
        "seen": fingerprint(lines),
        "partly": True,
    }
    stored = reload(application)
    assert (stored.title, stored.period_start) == ("Garten", None)
    assert stored.requested_amount == Decimal("1234.50")
    assert list(stored.budget_lines.values_list("description", "amount")) == kept


def test_an_autosave_of_the_territory_answers_with_its_cap(applicant: Client, owner: User) -> None:
    application = DraftFactory(owner=owner)
    town = TerritoryFactory()

    chosen = autosave(applicant, application, "place", version="0", territory=town.code).json()
    emptied = autosave(applicant, application, "place", version="1", territory="").json()
    project = autosave(applicant, application, "project", version="2", title="Garten").json()

    assert "Für Ihr Gebiet gilt ein Höchstbetrag von" in chosen["cap"]
    assert "Sobald Sie Ihr Gebiet gewählt haben" in emptied["cap"]
    assert project["cap"] == ""


def test_an_autosave_leaves_a_plan_whose_words_cannot_be_stored(
    applicant: Client, owner: User
) -> None:
    application = DraftFactory(owner=owner)
    BudgetLineFactory(application=application, kind=LineKind.COST, description="Miete", amount=10)
    plan = plan_data(cost=[("Miete", "20"), ("H" * 201, "ca. 300")])

    answer = autosave(applicant, application, "finances", version="0", **plan).json()

    assert answer["said"].endswith(" Uhr, außer: Kosten- und Finanzierungsplan.")
    assert sorted(answer["errors"]) == ["id_cost-1-amount", "id_cost-1-description"]
    assert "budget_lines" not in answer["fields"]
    assert reload(application).budget_lines.get().amount == Decimal("10.00")


def test_a_line_is_mended_after_it_was_stored_in_part(applicant: Client, owner: User) -> None:
    application = DraftFactory(owner=owner)

    def save(amount: str, seen_before: list[PlanLine]) -> Any:
        return autosave(
            applicant,
            application,
            "finances",
            version="0",
            **plan_data(cost=[("Miete", "100"), ("Honorare", amount)]),
            **seen(budget_lines=seen_before),
        )

    rent = PlanLine(LineKind.COST, "Miete", Decimal("100.00"))
    open_fees = PlanLine(LineKind.COST, "Honorare", Decimal("0.00"))
    first = save("ca. 300", [])
    second = save("300", [rent, open_fees])

    assert [answer.status_code for answer in (first, second)] == [200, 200]
    assert second.json()["isWhole"] is True
    assert list(application.budget_lines.values_list("description", "amount")) == [
        ("Miete", Decimal("100.00")),
        ("Honorare", Decimal("300.00")),
    ]


def test_an_autosave_into_anothers_words_answers_with_both(applicant: Client, owner: User) -> None:
    application = DraftFactory(owner=owner, title="Von <der> anderen", goals="Ihre", version=3)
    data = {"version": "2", "title": "Von mir", "summary": "Neu", "goals": ""}

    answer = autosave(
        applicant, application, "project", **data, **seen(title="", summary="", goals="")
    )

    assert answer.status_code == 409
    said = answer.json()
    assert said["inConflict"] == ["title"]
    assert "Von &lt;der&gt; anderen" in said["conflicts"]
    assert "Von mir" in said["conflicts"]
    assert "title" not in said["fields"]
    assert said["fields"]["summary"] == {"seen": fingerprint("Neu")}
    # Somebody else has filled in what this person has not touched: the page takes it over.
    assert said["fields"]["goals"] == {
        "seen": fingerprint("Ihre"),
        "value": "Ihre",
        "chosen": False,
    }
    assert (reload(application).title, reload(application).summary) == ("Von <der> anderen", "Neu")


def test_what_was_sent_without_an_answer_is_no_strangers(applicant: Client, owner: User) -> None:
    application = DraftFactory(owner=owner, title="Gart", version=1)
    BudgetLineFactory(application=application, kind=LineKind.COST, description="Miet", amount=10)
    tried = "&".join(f"{k}={v}" for k, v in plan_data(cost=[("Miet", "10")]).items())

    project = autosave(
        applicant,
        application,
        "project",
        version="0",
        title="Garten",
        **{"tried-title": "Gart", **seen(title="")},
    )
    finances = autosave(
        applicant,
        application,
        "finances",
        version="0",
        **plan_data(cost=[("Miete", "10")]),
        **{"tried-budget_lines": tried, **seen(budget_lines=[])},
    )

    assert [answer.status_code for answer in (project, finances)] == [200, 200]
    assert reload(application).title == "Garten"
    assert reload(application).budget_lines.get().description == "Miete"


def test_a_plan_is_chosen_as_a_whole(applicant: Client, owner: User) -> None:
    application = DraftFactory(owner=owner, version=1)
    BudgetLineFactory(application=application, kind=LineKind.COST, description="Miete", amount=10)
    mine = plan_data(cost=[("Honorare", "20")])

    asked = autosave(
        applicant, application, "finances", version="0", **mine, **seen(budget_lines=[])
    )
    chosen = {"choice-budget_lines": "theirs", **seen(budget_lines=[])}
    left = autosave(applicant, application, "finances", version="0", **mine, **chosen)

    assert asked.status_code == 409
    assert "Miete, 10" in asked.json()["conflicts"]
    assert left.json()["fields"]["budget_lines"]["reload"] is True
    assert reload(application).budget_lines.get().description == "Miete"


@pytest.mark.parametrize("section, count", [("project", 8), ("finances", 10)])
def test_an_autosave_takes_few_queries(
    section: str,
    count: int,
    applicant: Client,
    owner: User,
    django_assert_num_queries: Any,
) -> None:
    application = ApplicationFactory(owner=owner, plan=False)
    data = plan_data(cost=[("Miete", "10"), ("Honorare", "20")]) if section == "finances" else {}

    # Session, person, application; savepoint, lock, part, update, savepoint. The plan besides is
    # read under the lock and compared, and then a changed line is updated, or those that changed
    # are deleted and inserted.
    with django_assert_num_queries(count):
        answer = autosave(applicant, application, section, version="0", title="Anders", **data)

    assert answer.status_code == 200


def test_an_autosave_writes_the_lines_alone_that_changed(
    applicant: Client, owner: User, django_assert_num_queries: Any
) -> None:
    application = ApplicationFactory(owner=owner, plan=False)

    def save(count: int, *lines: tuple[str, str]) -> list[int]:
        version = str(reload(application).version)
        with django_assert_num_queries(count):
            answer = autosave(
                applicant,
                application,
                "finances",
                version=version,
                **plan_data(cost=list(lines)),
            )
        assert answer.status_code == 200
        stored = list(application.budget_lines.all())
        assert [(line.description, str(int(line.amount))) for line in stored] == list(lines)
        return [line.pk for line in stored]

    rent, fees = save(10, ("Miete", "10"), ("Honorare", "20"))
    # One changed line is updated where it is.
    assert save(10, ("Miete", "10"), ("Honorare", "30")) == [rent, fees]
    # One more leaves those before it alone, one less leaves the rest.
    assert save(10, ("Miete", "10"), ("Honorare", "30"), ("Druck", "5"))[:2] == [rent, fees]
    assert save(10, ("Miete", "10")) == [rent]
    # The most there is: what changed goes, and comes anew.
    assert len(save(11, ("Saal", "10"), ("Druck", "5"))) == 2


def test_an_autosave_is_refused_with_codes_that_a_script_can_tell_apart(
    client: Client, owner: User
) -> None:
    application = ApplicationFactory(owner=owner, programme_year=OpenYearFactory())
    viewer = MembershipFactory(alliance=application.alliance, role=MembershipRole.VIEWER).user
    data = {"version": "0", "title": "Anders"}
    codes = {"nobody": autosave(client, application, "project", **data).status_code}
    for name, user in {"viewer": viewer, "stranger": UserFactory(), "owner": owner}.items():
        client.force_login(user)
        codes[name] = autosave(client, application, "project", **data).status_code
    codes["without a version"] = autosave(client, application, "project").status_code
    Application.objects.filter(pk=application.pk).update(
        state=State.SUBMITTED, sequence=1, reference="GIV-1", submitted_at=DRAFTED_AT
    )
    codes["submitted"] = autosave(client, application, "project", **data).status_code

    assert codes == {
        "nobody": 401,
        "viewer": 403,
        "stranger": 404,
        "owner": 200,
        "without a version": 400,
        "submitted": 403,
    }


def test_who_saves_without_end_is_told_to_wait(applicant: Client, owner: User) -> None:
    application = DraftFactory(owner=owner)
    address = url(application, "autosave", "place")

    codes = [applicant.post(address).status_code for _ in range(MOST_A_MINUTE + 1)]

    assert codes == [400] * MOST_A_MINUTE + [429]


# --- Anything at all ------------------------------------------------------------------------

HOSTILE = {
    "empty": "",
    "far too long": "ä" * 50_000,
    "emoji": "👩🏽‍🌾🏳️‍🌈" * 100,
    "right-to-left": "\u202eمرحبا\u202c שלום",
    "null byte": "vor\x00nach",
    "markup": "<script>alert(1)</script>{{ 7*7 }}' OR 1=1 --",
    "huge": "9" * 400,
    "negative, in digits of another script": "-١٢٣٤",
    "not finite": "NaN",
    "exponent": "1e999999",
    "half a character": "\ud800",
}
PLAN_NAMES = ("cost-0-description", "cost-0-amount", "cost-TOTAL_FORMS", "cost-INITIAL_FORMS")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("way", ["section", "autosave"])
def test_no_field_takes_the_page_down(
    way: str, section: str, text: str, applicant: Client, owner: User
) -> None:
    application = DraftFactory(owner=owner)
    plan = plan_data(cost=[("Miete", "10")]) if section == "finances" else {}
    names = [name for name in SECTIONS[section] if name != "budget_lines"]
    # What only our own page sends goes all at once.
    around = [
        [f"{prefix}-{name}" for name in SECTIONS[section]]
        for prefix in ("seen", "tried", "theirs", "choice")
    ]
    extra = ["version", "one_more", *(PLAN_NAMES if plan else ())]

    for group in (*around, *([name] for name in (*names, *extra))):
        # As a browser would send it; a half of a character cannot be sent at all.
        sent = text.encode("utf-8", "replace").decode()
        data = {"version": str(reload(application).version), **plan, **dict.fromkeys(group, sent)}
        answer = applicant.post(url(application, way, section), data)
        assert answer.status_code in {200, 302, 400, 409}, (group, answer.status_code)


@pytest.mark.parametrize("way", ["section", "autosave"])
def test_markup_comes_back_as_words(way: str, applicant: Client, owner: User) -> None:
    application = DraftFactory(owner=owner, title="<b>die andere</b>", version=1)

    answer = applicant.post(
        url(application, way, "project"),
        {"version": "0", "title": "<img src=x onerror=alert(1)>", **seen(title="")},
    )

    content = answer.content.decode()
    assert "<b>die andere</b>" not in content
    assert "<img src=x" not in content
    assert "&lt;img src=x" in content


def test_the_pages_say_the_rules_before_they_bite(applicant: Client, owner: User) -> None:
    year = OpenYearFactory(
        min_own_share_percent=Decimal("10.00"), max_grant_share_percent=Decimal("87.50")
    )
    application = DraftFactory(owner=owner, programme_year=year)

    finances = applicant.get(url(application, "section", "finances")).content.decode()
    project = applicant.get(url(application, "section", "project")).content.decode()

    assert "Die Eigenmittel sind mindestens 10 Prozent der Ausgaben." in finances
    assert "Die Zuwendung ist höchstens 87,5 Prozent der Ausgaben." in finances
    assert "Ihr Vorhaben kann frühestens am" in project
    assert "Einreichen können Sie den Antrag bis" in project


def test_every_question_has_help_or_an_example(applicant: Client, owner: User) -> None:
    application = DraftFactory(owner=owner)

    counts = {
        section: applicant.get(url(application, "section", section))
        .content.decode()
        .count("site-example__button")
        for section in SECTIONS
    }

    assert counts == {"place": 2, "project": 7, "finances": 5, "contact": 5, "declarations": 0}

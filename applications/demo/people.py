"""Who acts in the story: the demo's logins, and technical persons beside them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress

from buendnisse.models import User
from buendnisse.roles import Role
from buendnisse.services.role_grants import (
    appoint_first_administrators,
    confirm_role_grant,
    propose_roles,
)

PASSWORD = "demo"  # noqa: S105 - the demo's public password
DOMAIN = "demo.example"
APPLICANT_ACCOUNTS = 4


@dataclass(frozen=True)
class Person:
    login: str
    name: str
    roles: tuple[Role, ...] = ()
    organisation: str = ""

    @property
    def is_staff(self) -> bool:
        """Jurors work on pages of their own and need no access to the ministry's."""
        return bool(set(self.roles) - {Role.JUROR})


PEOPLE: tuple[Person, ...] = (
    Person("antrag", "Demo-Antragstellerin"),
    Person("sachbearbeitung", "Demo-Sachbearbeitung", (Role.CASE_OFFICER,)),
    Person("sachbearbeitung2", "Demo-Sachbearbeitung 2", (Role.CASE_OFFICER,)),
    Person("jury", "Demo-Jurymitglied 1", (Role.JUROR,)),
    Person("jury2", "Demo-Jurymitglied 2", (Role.JUROR,)),
    Person("jury3", "Demo-Jurymitglied 3", (Role.JUROR,)),
    Person("zeichnung", "Demo-Zeichnung 1", (Role.APPROVER,)),
    Person("zeichnung2", "Demo-Zeichnung 2", (Role.APPROVER,)),
    Person("haushalt", "Demo-Haushalt 1", (Role.BUDGET_OFFICER,)),
    Person("haushalt2", "Demo-Haushalt 2", (Role.BUDGET_OFFICER,)),
    Person("pruefung", "Demo-Prüfung", (Role.AUDITOR,)),
    Person("admin", "Demo-Administration 1", (Role.ADMINISTRATOR,)),
    Person("admin2", "Demo-Administration 2", (Role.ADMINISTRATOR,)),
    *(
        Person(f"buendnis-{number:03}", f"Demo-Person {number}")
        for number in range(1, APPLICANT_ACCOUNTS + 1)
    ),
)


class Cast:
    """The users by login: ``cast["jury"]``."""

    def __init__(self, users: Iterable[User]) -> None:
        self._users = {user.email.partition("@")[0]: user for user in users}

    def __getitem__(self, login: str) -> User:
        return self._users[login]

    @property
    def jurors(self) -> tuple[User, User]:
        """The two who score every application of the past."""
        return self["jury2"], self["jury3"]

    def applicant(self, number: int) -> User:
        """The shared account that acts for the alliance of this number."""
        return self[f"buendnis-{number % APPLICANT_ACCOUNTS + 1:03}"]


def create_cast(*, now: datetime) -> Cast:
    """Create everybody with a confirmed address and the demo's password; roles by two persons."""
    users = []
    for person in PEOPLE:
        user = User(
            email=f"{person.login}@{DOMAIN}",
            name=person.name,
            organisation=person.organisation,
            is_staff=person.is_staff,
            date_joined=now,
        )
        user.set_password(PASSWORD)
        user.save()
        users.append(user)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, primary=True, verified=True) for user in users
    )
    cast = Cast(users)
    _give_roles(cast, now=now)
    return cast


def _give_roles(cast: Cast, *, now: datetime) -> None:
    administrators = [person.login for person in PEOPLE if Role.ADMINISTRATOR in person.roles]
    first, second = (cast[login] for login in administrators)
    appoint_first_administrators(
        emails=[first.email, second.email], reason="Einrichtung der Demo", now=now
    )
    for person in PEOPLE:
        if not person.roles or person.login in administrators:
            continue
        grants = propose_roles(
            person_id=cast[person.login].pk,
            roles=person.roles,
            reason="Aufgabe in der Demo",
            acting_user=first,
            now=now,
        )
        for grant in grants:
            confirm_role_grant(grant_id=grant.pk, acting_user=second, now=now)

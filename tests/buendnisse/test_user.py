"""People: one account for one address, and roles by group alone."""

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError

from buendnisse.models import User
from buendnisse.roles import Right, Role
from tests.factories.buendnisse import UserFactory


def test_user_address_is_kept_in_lower_case(db: None) -> None:
    user = User.objects.create_user(" Antrag@Example.ORG ", "ein langes Passwort")
    assert user.email == "antrag@example.org"
    assert user.check_password("ein langes Passwort")
    assert User.objects.get_by_natural_key("ANTRAG@example.org") == user


def test_user_address_is_unique_whatever_its_case(db: None) -> None:
    UserFactory(email="antrag@example.org")
    with pytest.raises(IntegrityError):
        User.objects.create_user("Antrag@example.org")


def test_user_without_a_password_cannot_sign_in(db: None) -> None:
    assert not User.objects.create_user("antrag@example.org").has_usable_password()


@pytest.mark.parametrize(
    ("name", "shown", "short"),
    [
        ("Ada Beispiel", "Ada Beispiel", "Ada"),
        ("", "antrag@example.org", "antrag@example.org"),
    ],
)
def test_user_is_shown_by_name_or_address(name: str, shown: str, short: str) -> None:
    user = User(email="antrag@example.org", name=name)
    assert (str(user), user.get_full_name(), user.get_short_name()) == (shown, shown, short)


def test_user_organisation_is_compared_by_its_key(db: None) -> None:
    assert UserFactory(organisation="Wabe gGmbH").organisation_key == "wabe"


def test_user_roles_are_their_groups(db: None) -> None:
    user = UserFactory(roles=[Role.JUROR, Role.AUDITOR])
    user.groups.add(Group.objects.create(name="Gäste"))
    assert user.get_roles() == {Role.JUROR, Role.AUDITOR}
    assert [user.may(right) for right in (Right.SCORE, Right.DECIDE)] == [True, False]
    assert not user.may(Right.CHECK)


def test_superuser_holds_no_role(db: None) -> None:
    superuser = User.objects.create_superuser("technik@example.org", "ein langes Passwort")
    assert (superuser.is_staff, superuser.is_superuser) == (True, True)
    assert superuser.get_roles() == frozenset()
    assert not any(superuser.may(right) for right in Right)


def test_inactive_user_holds_no_role(db: None) -> None:
    assert UserFactory(roles=[Role.APPROVER], is_active=False).get_roles() == frozenset()


@pytest.mark.parametrize(
    ("roles", "is_staff"),
    [([], False), ([Role.JUROR], False), ([Role.JUROR, Role.AUDITOR], True)],
)
def test_factory_gives_staff_access_with_roles_of_the_ministry(
    db: None, roles: list[Role], is_staff: bool
) -> None:
    assert User.objects.get(pk=UserFactory(roles=roles).pk).is_staff is is_staff

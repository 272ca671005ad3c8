"""The rows of the ministry's lists say what Django's own would, cell by cell."""

import re

import pytest
from django.contrib import admin
from django.contrib.admin.templatetags.admin_list import results
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from buendnisse.models import User
from buendnisse.roles import Role
from tests.applications.test_admin_access import NAMED
from tests.buendnisse.page import Page
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import Round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]

LISTS = [pytest.param(model, id=model._meta.label) for model in admin.site._registry]
_LABEL = re.compile(r' data-label="[^"]*"')


@pytest.mark.parametrize("model", LISTS)
def test_a_list_says_what_django_would_say(model: type[Model]) -> None:
    round_ = Round()
    name = f"{model._meta.app_label}_{model._meta.model_name}"
    if maker := NAMED.get(f"{name}_change"):
        maker(round_)
    client = Client()
    client.force_login(UserFactory(roles=set(Role)))
    page = client.get(reverse(f"admin:{name}_changelist"))
    django_s = ["".join(cells) for cells in results(page.context["cl"])]
    assert django_s
    for cells in django_s:
        assert f"<tr>{cells}</tr>" in _LABEL.sub("", page.content.decode())


def test_an_empty_value_a_sign_and_a_hostile_name() -> None:
    """Of a person: text that is missing, a yes or no, and what a browser would run."""
    UserFactory(name='<b title="x">Ada</b>', organisation=" ", email="ada@example.org")
    client = Client()
    client.force_login(UserFactory(roles=[Role.AUDITOR]))
    page = client.get(reverse("admin:buendnisse_user_changelist"), {"q": "ada@example.org"})
    (row,) = [row for row in Page(page.content.decode()).all("tr") if "ada@" in row.text]
    assert '<b title="x">Ada</b>' in row.text
    html = page.content.decode()
    assert 'data-label="Organisation" class="field-organisation">–</td>' in html
    assert 'data-label="Aktiv" class="field-is_active"><img' in html
    assert User.objects.get(email="ada@example.org").organisation == " "

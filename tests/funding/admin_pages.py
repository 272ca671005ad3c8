"""Where money and its steps are in the ministry's admin, and a freeze to show there."""

from django.http import HttpResponse
from django.urls import reverse

from funding.models import BudgetFreeze
from funding.services.freezes import impose_freeze
from tests.factories.cases import MONEY_AT, Round

FOUR_EYES = "aus dem Haushalt (Vier-Augen-Prinzip)"


def url(name: str, *args: object) -> str:
    return reverse(f"admin:funding_{name}", args=args)


def text(response: HttpResponse) -> str:
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def impose(round_: Round) -> BudgetFreeze:
    return impose_freeze(
        programme_year_id=round_.year.pk,
        reason="Haushaltslage.",
        acting_user=round_.budget_officer,
        now=MONEY_AT,
    )

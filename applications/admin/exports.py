"""The files that the queue offers, of exactly the rows that its filter shows."""

from collections.abc import Iterator
from typing import Final

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from applications.models import Application
from applications.services import application_list, plan_list
from buendnisse.admin_exports import Export
from buendnisse.exports.columns import Row


def _applications(request: HttpRequest, applications: QuerySet[Application]) -> Iterator[Row]:
    return application_list.application_rows(
        applications,
        user=request.user,  # type: ignore[arg-type]
    )


def _plans(_request: HttpRequest, applications: QuerySet[Application]) -> Iterator[Row]:
    return plan_list.plan_rows(applications)


APPLICATION_EXPORTS: Final = (
    Export(
        "antraege",
        _("Anträge"),
        application_list.FILE_STEM,
        application_list.SHEET,
        application_list.COLUMNS,
        _applications,
    ),
    Export(
        "plaene",
        _("Kosten- und Finanzierungspläne"),
        plan_list.FILE_STEM,
        plan_list.SHEET,
        plan_list.COLUMNS,
        _plans,
    ),
)

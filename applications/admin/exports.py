"""The files that the queue offers: the rows that its filter shows, but for cases of a conflict.

A row in the list is no more than that there is a case; the files hold all of it.
"""

from collections.abc import Iterator
from typing import Final

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from applications.models import Application
from applications.services import application_list, plan_list
from applications.services.conflicts import without_conflicts
from buendnisse.admin_exports import Export
from buendnisse.exports.columns import Row
from buendnisse.models import User

_WITHOUT: Final = _("Nicht dabei sind Anträge, bei denen Sie befangen sind.")


def _applications(request: HttpRequest, applications: QuerySet[Application]) -> Iterator[Row]:
    user: User = request.user  # type: ignore[assignment]
    return application_list.application_rows(without_conflicts(applications, user), user=user)


def _plans(request: HttpRequest, applications: QuerySet[Application]) -> Iterator[Row]:
    user: User = request.user  # type: ignore[assignment]
    return plan_list.plan_rows(without_conflicts(applications, user))


APPLICATION_EXPORTS: Final = (
    Export(
        "antraege",
        _("Anträge"),
        application_list.FILE_STEM,
        application_list.SHEET,
        application_list.COLUMNS,
        _applications,
        _WITHOUT,
    ),
    Export(
        "plaene",
        _("Kosten- und Finanzierungspläne"),
        plan_list.FILE_STEM,
        plan_list.SHEET,
        plan_list.COLUMNS,
        _plans,
        _WITHOUT,
    ),
)

"""The ways to the pages of this app from those of others: from the desk, and from an award."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from applications.enums import UNDER_WAY
from applications.models import Application, Decision
from applications.own_cases import is_applicant
from buendnisse.admin_pages import change_url
from buendnisse.desk import YEARS_ON_DESK, Shortcut, shortcut_on_desk
from buendnisse.models import User
from funding.admin.award_page import linked_from_award
from funding.admin.desk import keeps_years_on_desk
from funding.models import Award, ProgrammeYear


@shortcut_on_desk
def selection_of_years(user: User, now: datetime) -> Iterator[Shortcut]:  # noqa: ARG001
    """For whoever may see the applications."""
    if not user.has_perm("applications.view_application") or is_applicant(user):
        return
    for year in ProgrammeYear.objects.values_list("year", flat=True)[:YEARS_ON_DESK]:
        for name, label in (
            ("selection", _("Rangliste %(year)s")),
            ("simulation", _("Simulation %(year)s")),
        ):
            url = reverse(f"admin:applications_{name}", args=[year])
            yield Shortcut(year, label % {"year": year}, url)


@keeps_years_on_desk
def years_at_work() -> Iterable[int]:
    """Where something is submitted and its end not announced. One query."""
    cases = Application.objects.filter(programme_year=OuterRef("pk"), state__in=UNDER_WAY)
    waiting = Decision.objects.awaiting_announcement().filter(
        application__programme_year=OuterRef("pk")
    )
    years = ProgrammeYear.objects.filter(Exists(cases) | Exists(waiting))
    return years.order_by().values_list("pk", flat=True)


@linked_from_award
def case_of_award(award: Award, user: User) -> tuple[str, str] | None:
    """The application that the award was made for; none any more once it has been taken back."""
    if not user.has_perm("applications.view_application"):
        return None
    application = Application.objects.filter(award=award).first()
    if application is None:
        return None
    return change_url(application), _("Zum Antrag %(reference)s") % {"reference": application}

"""What the pages of the budget office have in common."""

from django.core.files import File
from django.http import FileResponse, Http404

from buendnisse.admin_two_persons import SecondPersonPage
from buendnisse.models import User
from buendnisse.roles import Right


def may_book(user: User) -> bool:
    return user.may(Right.KEEP_BUDGET)


class BudgetStepPage(SecondPersonPage):
    """Confirming or declining: for budget officers alone."""

    def may_open(self) -> bool:
        return may_book(self.user)


def pdf_download(document: "File[bytes] | None", name: str) -> FileResponse:
    """A stored document, always as a download; 404 where there is none."""
    if not document:
        raise Http404
    response = FileResponse(
        document.open(), as_attachment=True, filename=name, content_type="application/pdf"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response

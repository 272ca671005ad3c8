"""Taking over what an earlier application of the same alliance said, into a new draft."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications.enums import State
from applications.models import Application
from applications.queries import earlier_applications
from applications.sections import FREE_TEXTS
from applications.services.drafting import NotEditable, save_section, stored_lines
from applications.services.lifecycle import lock_application
from buendnisse.acts import recorded
from buendnisse.models import User
from buendnisse.refusals import Refusal

# Texts, place, people and money. Days, declarations and the municipality's consent belong to one
# application alone: they are given anew.
COPIED_FIELDS: Final = (
    "territory",
    "place",
    *FREE_TEXTS,
    "requested_amount",
    "contact_name",
    "contact_email",
    "contact_phone",
    "signatory_name",
    "signatory_function",
)


class NothingToCopy(Refusal):
    """The earlier application is not one of this alliance's, or says nothing that is missing."""

    code = "nothing_to_copy"


@recorded
@transaction.atomic
def copy_from_earlier(
    *, application_id: int, source: UUID, acting_user: User, now: datetime
) -> Application:
    """Fill what is still empty in a draft with what an earlier application said.

    What somebody has typed already stays, so a second click changes nothing. Refuses who may not
    edit (`NotAllowed`), what is no draft (`NotEditable`), and an application that has nothing to
    give or is not of the same alliance (`NothingToCopy`).
    """
    application = lock_application(application_id)
    if application.state != State.DRAFT:
        raise NotEditable(_("Übernehmen lässt sich nur in einen Entwurf."))
    earlier = earlier_applications(application).filter(public_id=source).first()
    values, lines = {}, None
    if earlier is not None:
        values = {
            name: getattr(earlier, name)
            for name in COPIED_FIELDS
            if not getattr(application, name) and getattr(earlier, name)
        }
        lines = None if application.budget_lines.exists() else stored_lines(earlier) or None
    if not values and lines is None:
        raise NothingToCopy(_("Hier gibt es nichts zu übernehmen, was noch fehlt."))
    return save_section(
        application_id=application.pk,
        acting_user=acting_user,
        now=now,
        version=application.version,
        values=values,
        lines=lines,
    )

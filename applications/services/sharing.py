"""Letting the ministry look into a draft, to be helped, and taking that back."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications.enums import State
from applications.models import Application, SharingChange
from applications.services.lifecycle import WrongState, lock_application
from applications.services.search_text import renew_search_text
from buendnisse.acts import recorded
from buendnisse.models import MembershipRole, User
from buendnisse.queries import membership_role
from buendnisse.refusals import NotAllowed


@recorded
@transaction.atomic
def share_with_ministry(*, application_id: int, acting_user: User, now: datetime) -> Application:
    """Let the ministry read this draft; it can change nothing in it.

    Once more is once: a second click records nothing. Refuses with ``NotAllowed`` who does not
    answer for the alliance, and with ``WrongState`` what is no draft any more.
    """
    return _turn(application_id, acting_user, now, is_shared=True)


@recorded
@transaction.atomic
def stop_sharing(*, application_id: int, acting_user: User, now: datetime) -> Application:
    """Keep the draft to the alliance again. Refuses like ``share_with_ministry``."""
    return _turn(application_id, acting_user, now, is_shared=False)


def _turn(application_id: int, user: User, now: datetime, *, is_shared: bool) -> Application:
    application = lock_application(application_id)
    if membership_role(application.alliance_id, user) != MembershipRole.OWNER:
        raise NotAllowed(
            _(
                "Ob das Ministerium den Entwurf lesen darf, bestimmt, wer für das Bündnis "
                "verantwortlich ist. Bitten Sie diese Person darum."
            )
        )
    if application.state != State.DRAFT:
        raise WrongState(_("Freigeben lässt sich nur ein Entwurf. Dieser Antrag ist keiner mehr."))
    if (application.shared_with_ministry_at is not None) != is_shared:
        application.shared_with_ministry_at = now if is_shared else None
        application.save(update_fields=["shared_with_ministry_at"])
        renew_search_text(application.pk)
        SharingChange.objects.create(
            application=application, is_shared=is_shared, actor=user, at=now
        )
    return application

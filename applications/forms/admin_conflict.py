"""What staff type about a conflict of interest: of whom, and why."""

from functools import partial
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.forms.admin_check import reason_field
from applications.models import ConflictRecord
from applications.services.conflicts import WORKING_RIGHTS
from buendnisse.models import User
from buendnisse.roles import RIGHTS

_LONGEST: Final = ConflictRecord._meta.get_field("reason").max_length or 0
_WORKING_ROLES: Final = {role.value for right in WORKING_RIGHTS for role in RIGHTS[right]}


class ConflictRecordForm(forms.Form):
    person = forms.ModelChoiceField(
        label=_("Wer ist befangen?"),
        queryset=User.objects.none(),
        error_messages={"required": _("Bitte wählen Sie die Person.")},
    )
    reason = reason_field(
        _("Worin besteht die Befangenheit?"),
        max_length=_LONGEST,
        help_text=_("Die Person liest das, und es bleibt auf Dauer im Verlauf des Antrags."),
        error_messages={"required": _("Bitte sagen Sie in einem Satz, warum.")},
    )

    def __init__(self, *args: Any, acting_user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        workers = User.objects.filter(groups__name__in=_WORKING_ROLES, is_active=True)
        self.fields["person"].queryset = workers.distinct().order_by("name", "email")  # type: ignore[attr-defined]
        self.fields["person"].label_from_instance = partial(_label, acting_user)  # type: ignore[attr-defined]


def _label(acting_user: User, person: User) -> str:
    if person == acting_user:
        return str(_("%(person)s (ich selbst)") % {"person": person})
    return str(person)


class LiftConflictForm(forms.Form):
    reason = reason_field(
        _("Warum darf die Person trotzdem mitwirken?"),
        max_length=_LONGEST,
        help_text=_("Das bleibt auf Dauer im Verlauf des Antrags."),
        error_messages={"required": _("Bitte sagen Sie in einem Satz, warum.")},
    )

"""What is typed to share out the cases: an officer, a deputy, a period."""

from datetime import date
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from buendnisse.forms.days import DayField
from buendnisse.keys import read_key
from buendnisse.models import User
from buendnisse.roles import RIGHTS, Right


def case_officers() -> QuerySet[User]:
    """Whoever may look after a case, by name."""
    roles = [role.value for role in RIGHTS[Right.CHECK]]
    # Staff are few and have an index of their own; the other people are not looked through.
    staff = User.objects.filter(is_active=True, is_staff=True)
    return staff.filter(groups__name__in=roles).order_by("name", "email")


class _PersonField(forms.ModelChoiceField):
    def clean(self, value: Any) -> Any:
        """Refuse a key that no row can have before the database stumbles over it."""
        if value not in self.empty_values and read_key(str(value)) is None:
            raise forms.ValidationError(self.error_messages["invalid_choice"], "invalid_choice")
        return super().clean(value)


# In forms and addresses: that the cases are nobody's.
NOBODY: Final = "niemand"


class OfficerForm(forms.Form):
    """Nobody is chosen beforehand: one click must not take an assignment away."""

    officer = forms.ChoiceField(
        label=_("Sachbearbeitung"),
        error_messages={
            "required": _("Bitte wählen Sie, wem der Fall zugeteilt wird."),
            "invalid_choice": _("Bitte wählen Sie eine Person aus der Liste."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._officers = {str(officer.pk): officer for officer in case_officers()}
        self.fields["officer"].choices = [  # type: ignore[attr-defined]
            ("", _("Bitte wählen")),
            (NOBODY, _("niemandem (die Zuteilung aufheben)")),
            *self._officers.items(),
        ]

    def chosen(self) -> User | None:
        """Who looks after the cases from here on; None for nobody any more."""
        return self._officers.get(self.cleaned_data["officer"])


class DeputyForm(forms.Form):
    deputy = _PersonField(
        label=_("Vertretung"),
        queryset=User.objects.none(),
        empty_label=_("Bitte wählen"),
        error_messages={"required": _("Bitte wählen Sie, wer Sie vertritt.")},
    )
    first_day = DayField(label=_("Erster Tag"))
    last_day = DayField(label=_("Letzter Tag"))

    def __init__(self, *args: Any, acting_user: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first_day"].initial = today
        others = case_officers().exclude(pk=acting_user.pk)
        self.fields["deputy"].queryset = others  # type: ignore[attr-defined]

"""What the mails about alliances are called in the ministry's list of them."""

from django.utils.translation import gettext_lazy as _

from buendnisse.mail_kinds import name_mail_kinds

name_mail_kinds(
    {
        "membership_ended": _("Mitarbeit im Bündnis beendet"),
        "ownership_received": _("Verantwortung für das Bündnis übernommen"),
        "confirmation_answered": _("Antwort einer Organisation"),
    }
)

"""What the mails about applications are called in the ministry's list of them."""

from django.utils.translation import gettext_lazy as _

from buendnisse.mail_kinds import name_mail_kinds

name_mail_kinds(
    {
        "acknowledgement": _("Eingangsbestätigung"),
        "late_admission": _("Verspätete Zulassung"),
        "late_admission_declined": _("Verspätete Zulassung abgelehnt"),
        "correction_requested": _("Nachforderung"),
        "correction_reminder": _("Erinnerung an eine Nachforderung"),
        "correction_extended": _("Längere Frist einer Nachforderung"),
        "correction_received": _("Eingang der Ergänzungen"),
        "attachment_infected": _("Schadsoftware in einer Anlage"),
        "consent_answered": _("Antwort der Kommune"),
        "message": _("Nachricht der Sachbearbeitung"),
        "awarded": _("Bewilligung"),
        "rejected": _("Ablehnung"),
        "waitlisted": _("Warteliste"),
        "award_changed": _("Änderung einer Zuwendung"),
        "withdrawal_confirmed": _("Rücknahme des Antrags"),
    }
)

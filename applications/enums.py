"""The words that the state machine, the rules and the tables share."""

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    DRAFT = "draft", _("Entwurf")
    SUBMITTED = "submitted", _("Eingereicht")
    IN_REVIEW = "in_review", _("In Prüfung")
    CHANGES_REQUESTED = "changes_requested", _("Nachforderung")
    ELIGIBLE = "eligible", _("Förderfähig")
    PROPOSED = "proposed", _("Zur Entscheidung")
    AWARDED = "awarded", _("Bewilligt")
    REJECTED = "rejected", _("Abgelehnt")
    WAITLISTED = "waitlisted", _("Nachrückliste")
    WITHDRAWN = "withdrawn", _("Zurückgezogen")


# Over by a decision or by the applicant: the jury's result of such an application stays as it was.
OVER: Final = (State.AWARDED, State.REJECTED, State.WITHDRAWN)
# Still somebody's work.
UNDER_WAY: Final = tuple(state for state in State if state not in (State.DRAFT, *OVER))


class Action(TextChoices):
    SUBMIT = "submit", _("Einreichen")
    ENTER = "enter", _("Für andere erfassen")
    TAKE_UP = "take_up", _("In Prüfung nehmen")
    REQUEST_CHANGES = "request_changes", _("Nachfordern")
    RESUBMIT = "resubmit", _("Nachgebessert einreichen")
    ENTER_CORRECTION = "enter_correction", _("Nachbesserung erfassen")
    RESUME = "resume", _("Prüfung fortsetzen")
    DECLARE_ELIGIBLE = "declare_eligible", _("Förderfähigkeit feststellen")
    PROPOSE_AWARD = "propose_award", _("Bewilligung vorschlagen")
    PROPOSE_REJECTION = "propose_rejection", _("Ablehnung vorschlagen")
    PROPOSE_WAITING_LIST = "propose_waiting_list", _("Nachrückliste vorschlagen")
    SEND_BACK = "send_back", _("Zurückgeben")
    APPROVE = "approve", _("Entscheiden")
    TAKE_BACK = "take_back", _("Entscheidung zurücknehmen")
    CLOSE_YEAR = "close_year", _("Nachrückliste schließen")
    WITHDRAW = "withdraw", _("Zurückziehen")


class DecisionKind(TextChoices):
    AWARD = "award", _("Bewilligung")
    REJECTION = "rejection", _("Ablehnung")
    WAITING_LIST = "waiting_list", _("Nachrückliste")


class DecisionOutcome(TextChoices):
    OPEN = "open", _("Offen")
    APPROVED = "approved", _("Entschieden")
    SENT_BACK = "sent_back", _("Zurückgegeben")
    TAKEN_BACK = "taken_back", _("Zurückgenommen")
    LAPSED = "lapsed", _("Erledigt durch Rücknahme des Antrags")


class LateOutcome(TextChoices):
    """What became of a request to be admitted late."""

    OPEN = "open", _("Offen")
    ADMITTED = "admitted", _("Zugelassen")
    DECLINED = "declined", _("Nicht zugelassen")
    LAPSED = "lapsed", _("Erledigt")


class Intake(TextChoices):
    ONLINE = "online", _("Online")
    PAPER = "paper", _("Auf Papier, vom Ministerium erfasst")


class LineKind(TextChoices):
    COST = "cost", _("Ausgaben")
    OWN_FUNDS = "own_funds", _("Eigenmittel")
    THIRD_PARTY = "third_party", _("Drittmittel")
    INCOME = "income", _("Einnahmen")


class CheckAnswer(TextChoices):
    YES = "yes", _("Ja")
    NO = "no", _("Nein")
    NOT_APPLICABLE = "not_applicable", _("Entfällt")


class AttachmentKind(TextChoices):
    """What an attachment is, as its applicants say; they may leave it open."""

    COOPERATION = "cooperation", _("Vereinbarung oder Zusage von Bündnispartnern")
    CONSENT = "consent", _("Einverständnis der Gemeinde oder Stadt")
    STATUTES = "statutes", _("Satzung oder Registerauszug")
    OFFER = "offer", _("Angebot oder Kostenschätzung")
    CONCEPT = "concept", _("Konzept oder Zeitplan")
    PICTURE = "picture", _("Bild oder Plan")
    OTHER = "other", _("Anderes")


class ScanState(TextChoices):
    """Whether a virus scanner has looked at a file."""

    NOT_SCANNED = "not_scanned", _("Ohne Virenprüfung")
    WAITING = "waiting", _("Wird geprüft")
    CLEAN = "clean", _("Geprüft")
    INFECTED = "infected", _("Gesperrt")

"""What happened to an application, kept as it happened. The database refuses to change it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.enums import Action, State
from applications.models.application import Application
from buendnisse.models import Recorded, RecordedQuerySet


class StatusChange(models.Model):
    """One step in the life of an application; append-only."""

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="status_changes", db_index=False
    )
    action = models.CharField(_("Schritt"), max_length=25, choices=Action)
    from_state = models.CharField(_("Von"), max_length=20, choices=State)
    to_state = models.CharField(_("Nach"), max_length=20, choices=State)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Durch"),
    )
    at = models.DateTimeField(_("Zeitpunkt"))
    reason = models.TextField(_("Grund"), blank=True)

    class Meta:
        verbose_name = _("Schritt")
        verbose_name_plural = _("Verlauf")
        ordering = ("at", "pk")
        indexes = [
            models.Index(fields=["at"], name="status_change_at_idx"),
            # The steps of a case, and whether somebody has checked it.
            models.Index(fields=["application", "actor", "action"], name="status_change_case_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.action}"


class Submission(models.Model):
    """That something was submitted, when, by whom, and its salted digest; append-only.

    The words themselves are in ``SubmissionContent``, which retention may erase: the digest then
    still stands, and gives nothing away.
    """

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="submissions"
    )
    number = models.PositiveSmallIntegerField(_("Fassung"))
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField(_("Eingereicht"))
    # Of what came on paper: the day it arrived, which is the day that counts.
    received_date = models.DateField(_("Auf Papier eingegangen"), null=True, blank=True)
    digest = models.CharField(_("Prüfsumme"), max_length=64)

    class Meta:
        verbose_name = _("Einreichung")
        verbose_name_plural = _("Einreichungen")
        ordering = ("application", "number")
        constraints = [
            models.UniqueConstraint(
                fields=["application", "number"], name="submission_number_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}/{self.number}"


class SubmissionContent(models.Model):
    """What was submitted, word for word. Never changed; erased only when retention says so."""

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="content")
    salt = models.CharField(max_length=64)
    data = models.JSONField(_("Inhalt"))

    class Meta:
        verbose_name = _("Inhalt einer Einreichung")
        verbose_name_plural = _("Inhalte von Einreichungen")

    def __str__(self) -> str:
        return str(self.submission)


class CorrectionRequest(Recorded):
    # What was asked never changes, and that it is done is a step of the application.
    history_leaves_out = frozenset(
        {"application", "fields", "message", "requested_by", "requested_at", "closed_at"}
    )

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="correction_requests"
    )
    fields = models.JSONField(_("Felder"), help_text=_("Namen der Felder, die nachzubessern sind."))
    message = models.TextField(_("Was fehlt oder zu ändern ist"), max_length=4000)
    # Words to single fields, by name: the applicants read them at the very field.
    words = models.JSONField(_("Worte zu einzelnen Feldern"), default=dict, blank=True)
    due_at = models.DateTimeField(_("Frist"))
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField(_("Gestellt"))
    reminded_at = models.DateTimeField(_("Erinnert"), null=True, blank=True)
    closed_at = models.DateTimeField(_("Erledigt"), null=True, blank=True)

    objects = RecordedQuerySet["CorrectionRequest"].as_manager()

    class Meta:
        verbose_name = _("Nachforderung")
        verbose_name_plural = _("Nachforderungen")
        ordering = ("requested_at", "pk")
        indexes = [
            # Which deadlines have run out, and which are about to.
            models.Index(
                fields=["due_at", "application"],
                condition=models.Q(closed_at=None),
                name="correction_request_due_idx",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=models.Q(closed_at=None),
                name="correction_request_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(requested_at__lt=models.F("due_at")),
                name="correction_request_due_later",
                violation_error_message=_("Die Frist liegt in der Zukunft."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.due_at:%Y-%m-%d}"

    def history_subject(self) -> Application:
        return self.application

    def history_name(self) -> str:
        return ""


class CorrectionExtension(models.Model):
    """That the deadline of a correction was put off, by whom and why; append-only."""

    request = models.ForeignKey(
        CorrectionRequest, on_delete=models.PROTECT, related_name="extensions"
    )
    previous_due_at = models.DateTimeField(_("Bisherige Frist"))
    due_at = models.DateTimeField(_("Neue Frist"))
    reason = models.CharField(_("Grund"), max_length=500, blank=True)
    extended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    extended_at = models.DateTimeField(_("Verlängert"))

    class Meta:
        verbose_name = _("Fristverlängerung")
        verbose_name_plural = _("Fristverlängerungen")
        ordering = ("extended_at", "pk")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(previous_due_at__lt=models.F("due_at")),
                name="correction_extension_is_longer",
                violation_error_message=_("Die neue Frist liegt nach der bisherigen."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.due_at:%Y-%m-%d}"

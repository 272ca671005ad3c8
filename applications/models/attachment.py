"""A file that belongs to an application."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.enums import AttachmentKind, ScanState
from applications.models.application import Application
from applications.models.review import Review
from applications.models.trail import Submission
from buendnisse.files.media_types import MediaType
from buendnisse.models import User
from buendnisse.roles import Right

FOLDER = "attachments"


def storage_name(attachment: "Attachment", filename: str) -> str:  # noqa: ARG001 - Django's call
    """A random name: nothing that somebody has typed is ever part of a path."""
    name = uuid.uuid4().hex
    return f"{FOLDER}/{name[:2]}/{name}"


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def current(self) -> "AttachmentQuerySet":
        """What belongs to the application as it stands: all that nobody has taken out."""
        return self.filter(removed_at=None)

    def submitted(self) -> "AttachmentQuerySet":
        """What has been part of a submission, taken out since or not."""
        return self.exclude(submission=None)

    def downloadable(self) -> "AttachmentQuerySet":
        """Neither held back for the virus scanner nor locked by it nor erased."""
        return self.filter(scan_state__in=[ScanState.NOT_SCANNED, ScanState.CLEAN]).exclude(file="")

    def readable_by(self, user: User, *, as_staff: bool) -> "AttachmentQuerySet":
        """The files of applications that this person may see.

        Members of the alliance and, where they may act ``as_staff``, people at the ministry who
        may see the case have those that were taken out of it again, too. Jurors have what they are
        to judge: not with a conflict of interest.
        """
        seen = models.Q(application__in=Application.objects.of(user))
        if as_staff and user.has_perm("applications.view_application"):
            seen |= models.Q(application__in=Application.objects.visible_to_staff())
        if as_staff and user.may(Right.SCORE):
            assigned = Review.objects.filter(juror=user, conflict_declared_at=None)
            seen |= models.Q(application__in=assigned.values("application"), removed_at=None)
        return self.filter(seen)

    def waiting_for_scan(self) -> "AttachmentQuerySet":
        return self.filter(scan_state=ScanState.WAITING).exclude(file="")


class Attachment(models.Model):
    """The file, and what is known of it. ``applications.services`` alone writes it.

    A file is never replaced: another one is another attachment. What has been submitted is never
    deleted, only taken out of the versions that follow. Under the rules of retention ``file``,
    ``preview``, both digests, ``name`` and ``description`` may become empty.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="attachments"
    )
    file = models.FileField(_("Datei"), upload_to=storage_name, blank=True)
    # A small picture of ours, made of a picture of theirs.
    preview = models.FileField(upload_to=storage_name, blank=True, editable=False)
    name = models.CharField(_("Dateiname"), max_length=150, blank=True)
    kind = models.CharField(_("Art"), max_length=20, choices=AttachmentKind, blank=True)
    description = models.CharField(_("Beschreibung"), max_length=200, blank=True)
    media_type = models.CharField(_("Format"), max_length=100, choices=MediaType)
    size = models.PositiveIntegerField(_("Größe in Byte"))
    # SHA-256 of the file as it is kept, and as it came: pictures are kept without their metadata.
    digest = models.CharField(_("Prüfsumme"), max_length=64, blank=True)
    received_digest = models.CharField(max_length=64, blank=True, editable=False)
    scan_state = models.CharField(_("Virenprüfung"), max_length=15, choices=ScanState)
    scanned_at = models.DateTimeField(_("Auf Viren geprüft"), null=True, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Hochgeladen von"),
    )
    uploaded_at = models.DateTimeField(_("Hochgeladen"))
    # The first version that it was a part of.
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    removed_at = models.DateTimeField(_("Entfernt"), null=True, blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("Anlage")
        verbose_name_plural = _("Anlagen")
        ordering = ("uploaded_at", "pk")
        indexes = [
            models.Index(
                fields=["uploaded_at"],
                condition=models.Q(scan_state=ScanState.WAITING),
                name="attachment_waiting_idx",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "received_digest"],
                condition=models.Q(removed_at=None) & ~models.Q(received_digest=""),
                name="attachment_each_file_once",
                violation_error_message=_("Diese Datei gehört schon zu Ihrem Antrag."),
            ),
            models.CheckConstraint(
                condition=models.Q(scan_state__in=ScanState.values),
                name="attachment_scan_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    scan_state__in=[ScanState.CLEAN, ScanState.INFECTED], scanned_at__isnull=False
                )
                | models.Q(
                    scan_state__in=[ScanState.NOT_SCANNED, ScanState.WAITING], scanned_at=None
                ),
                name="attachment_scanned_means_scanned_at",
            ),
            models.CheckConstraint(
                condition=models.Q(media_type__in=MediaType.values),
                name="attachment_media_type_known",
            ),
            models.CheckConstraint(condition=models.Q(size__gt=0), name="attachment_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_downloadable(self) -> bool:
        return bool(self.file) and self.scan_state in (ScanState.NOT_SCANNED, ScanState.CLEAN)

    @property
    def is_waiting(self) -> bool:
        return self.scan_state == ScanState.WAITING

    @property
    def is_locked(self) -> bool:
        """The virus scanner has found something in it."""
        return self.scan_state == ScanState.INFECTED

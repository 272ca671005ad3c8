"""The history: what was changed, field by field, by whom, when and why. The database keeps it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ChangeKind(models.TextChoices):
    ADDED = "added", _("Angelegt")
    CHANGED = "changed", _("Geändert")
    REMOVED = "removed", _("Entfernt")


class ChangeRecord(models.Model):
    """One field of one row, before and after; append-only.

    The ``subject`` is what the page is about that shows it (an application), the ``row`` what was
    changed (an answer of its checklist); often they are the same. People are keys: whoever is
    erased leaves "gelöschte Person 17" behind. The words can be erased under the retention rules,
    and nothing else: their salted digest stays.
    """

    at = models.DateTimeField(_("Zeitpunkt"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Person"),
    )
    subject_model = models.CharField(_("Bereich"), max_length=60)
    subject_id = models.BigIntegerField()
    # As it was called then: a file number, an alliance, a tranche. Empty for people. Searched by
    # its beginning, which the index of PostgreSQL for patterns finds among a million.
    subject_name = models.CharField(_("Gegenstand"), max_length=200, blank=True, db_index=True)
    row_model = models.CharField(max_length=60)
    row_id = models.BigIntegerField()
    row_name = models.CharField(max_length=300, blank=True)
    row_person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Betrifft"),
    )
    kind = models.CharField(_("Änderung"), max_length=10, choices=ChangeKind)
    field = models.CharField(_("Feld"), max_length=60, blank=True)
    person_before = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    person_after = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # BEFORE and AFTER are words of SQL, which the triggers would have to quote.
    before = models.TextField(_("Vorher"), blank=True, db_column="value_before")
    after = models.TextField(_("Nachher"), blank=True, db_column="value_after")
    reason = models.TextField(_("Grund"), blank=True)
    salt = models.CharField(max_length=32, blank=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = _("Protokolleintrag")
        verbose_name_plural = _("Protokolleinträge")
        ordering = ("-pk",)
        indexes = [
            models.Index(fields=["subject_model", "subject_id", "id"], name="change_subject_idx"),
            models.Index(fields=["-at", "-id"], name="change_at_idx"),
            # Nearly all are changes; the others are looked for among them.
            models.Index(
                fields=["kind", "-id"],
                condition=~models.Q(kind=ChangeKind.CHANGED),
                name="change_rare_kind_idx",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=ChangeKind.values), name="change_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(kind=ChangeKind.ADDED) | ~models.Q(field=""),
                name="change_names_its_field",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_model} {self.subject_id}: {self.field}"

    @property
    def is_erased(self) -> bool:
        """Whether its words were erased under the retention rules."""
        return not self.salt

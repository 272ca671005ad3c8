"""Local alliances, the organisations in them, and the people who act for them."""

import uuid
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from buendnisse.models.recorded import Recorded, RecordedQuerySet, RecordedRows
from buendnisse.models.user import User
from buendnisse.names import name_key


class OrganisationKind(models.TextChoices):
    INITIATIVE = "initiative", _("Flüchtlingsinitiative")
    ASSOCIATION = "association", _("Verein")
    CHURCH = "church", _("Kirche oder Religionsgemeinschaft")
    WELFARE = "welfare", _("Wohlfahrtsverband")
    MUNICIPALITY = "municipality", _("Gemeinde oder Stadt")
    DISTRICT = "district", _("Landkreis oder Stadtkreis")
    OTHER = "other", _("Andere Organisation")


class LegalForm(models.TextChoices):
    """The legal form decides which ancillary conditions an award carries (ANBest-K or ANBest-P)."""

    MUNICIPALITY = "municipality", _("Gemeinde oder Stadt")
    DISTRICT = "district", _("Landkreis")
    REGISTERED_ASSOCIATION = "ev", _("Eingetragener Verein (e. V.)")
    NONPROFIT_COMPANY = "ggmbh", _("Gemeinnützige GmbH (gGmbH)")
    PUBLIC_BODY = "public_body", _("Kirche oder andere Körperschaft des öffentlichen Rechts")
    WELFARE_ASSOCIATION = "welfare", _("Wohlfahrtsverband")
    FOUNDATION = "foundation", _("Stiftung")
    NONE = "none", _("Ohne eigene Rechtsform (zum Beispiel Initiative)")


# Municipal recipients get ANBest-K, and need nobody's consent but their own.
MUNICIPAL_FORMS = (LegalForm.MUNICIPALITY, LegalForm.DISTRICT)


class MembershipRole(models.TextChoices):
    OWNER = "owner", _("Verantwortlich")
    EDITOR = "editor", _("Bearbeiten")
    VIEWER = "viewer", _("Nur lesen")


class AllianceQuerySet(RecordedRows, models.QuerySet["Alliance"]):
    def of(self, user: User) -> "AllianceQuerySet":
        """The alliances this person belongs to, in whatever part."""
        return self.filter(memberships__user=user)

    def standing(self) -> "AllianceQuerySet":
        """Without those that were discarded with the only application they were entered for."""
        return self.filter(discarded_at=None)


class Alliance(Recorded):
    """Its history begins when its first application is submitted; before, it is its people's own.

    ``recorded_since`` stands for that, and stays; ``fixed_since`` comes and goes with applications.
    """

    history_leaves_out = frozenset(
        {
            *("public_id", "created_at", "created_by", "fixed_since", "recorded_since"),
            "search_text",
        }
    )

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("Name des Bündnisses"), max_length=200)
    website = models.URLField(_("Internetseite"), blank=True)
    created_at = models.DateTimeField(_("Gegründet"))
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="founded_alliances")
    # Its name and its organisations, folded (`buendnisse.search`); written by the services.
    search_text = models.TextField(editable=False, default="", blank=True)
    # While an application of it is being decided on, the alliance stays as it was submitted.
    fixed_since = models.DateTimeField(_("Unveränderlich seit"), null=True, blank=True)
    recorded_since = models.DateTimeField(_("Protokolliert seit"), null=True, blank=True)
    # It was entered for an application alone, and that was discarded: no list has it any more.
    discarded_at = models.DateTimeField(_("Verworfen"), null=True, blank=True)

    objects = AllianceQuerySet.as_manager()

    class Meta:
        verbose_name = _("Lokales Bündnis")
        verbose_name_plural = _("Lokale Bündnisse")
        ordering = ("name", "pk")
        # The order of the list.
        indexes = [models.Index(fields=["name", "id"], name="alliance_name_idx")]

    def __str__(self) -> str:
        return self.name

    def is_in_history(self, field: str) -> bool:  # noqa: ARG002
        return self.recorded_since is not None


class _OfAlliance(Recorded):
    """What the page of the alliance shows the changes of."""

    alliance: Alliance

    class Meta:
        abstract = True

    def history_subject(self) -> Alliance:
        return self.alliance

    def is_in_history(self, field: str) -> bool:
        return self.alliance.is_in_history(field)


class Membership(_OfAlliance):
    history_leaves_out = frozenset({"alliance", "user", "joined_at"})

    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("Aufgabe"), max_length=10, choices=MembershipRole)
    joined_at = models.DateTimeField(_("Seit"))

    objects = RecordedQuerySet["Membership"].as_manager()

    class Meta:
        verbose_name = _("Mitwirkende Person")
        verbose_name_plural = _("Mitwirkende Personen")
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "user"],
                name="membership_unique",
                violation_error_message=_("Diese Person wirkt in dem Bündnis schon mit."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"

    def history_name(self) -> str:
        return ""

    def history_person_id(self) -> int:
        return self.user_id


class MemberOrganisation(_OfAlliance):
    history_leaves_out = frozenset({"alliance", "name_key"})

    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, related_name="organisations")
    name = models.CharField(_("Name der Organisation"), max_length=200)
    name_key = models.CharField(max_length=200, editable=False, db_index=True)
    kind = models.CharField(_("Art der Organisation"), max_length=15, choices=OrganisationKind)
    legal_form = models.CharField(_("Rechtsform"), max_length=15, choices=LegalForm)
    is_lead = models.BooleanField(_("Antragsteller"), default=False)
    street = models.CharField(_("Straße und Hausnummer"), max_length=200, blank=True)
    postal_code = models.CharField(_("Postleitzahl"), max_length=5, blank=True)
    city = models.CharField(_("Ort"), max_length=100, blank=True)
    contact_name = models.CharField(_("Ansprechperson"), max_length=150, blank=True)
    email = models.EmailField(_("E-Mail-Adresse der Organisation"), blank=True)

    objects = RecordedQuerySet["MemberOrganisation"].as_manager()

    class Meta:
        verbose_name = _("Bündnispartner")
        verbose_name_plural = _("Bündnispartner")
        ordering = ("-is_lead", "name", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "name_key"],
                name="member_organisation_once_per_alliance",
                violation_error_message=_("Diese Organisation gehört dem Bündnis schon an."),
            ),
            models.UniqueConstraint(
                fields=["alliance"],
                condition=models.Q(is_lead=True),
                name="member_organisation_one_lead",
                violation_error_message=_(
                    "Ein Bündnis hat genau einen Antragsteller. Ändern Sie zuerst den bisherigen."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=[OrganisationKind.MUNICIPALITY, OrganisationKind.DISTRICT],
                    legal_form__in=MUNICIPAL_FORMS,
                )
                | (
                    ~models.Q(kind__in=[OrganisationKind.MUNICIPALITY, OrganisationKind.DISTRICT])
                    & ~models.Q(legal_form__in=MUNICIPAL_FORMS)
                ),
                name="member_organisation_municipal_by_kind_and_form",
                violation_error_message=_(
                    "Art und Rechtsform passen nicht zusammen: Eine Gemeinde, eine Stadt oder ein "
                    "Landkreis hat auch diese Rechtsform, und niemand sonst. Bitte ändern Sie eine "
                    "der beiden Angaben."
                ),
            ),
            # The applicant in law is a legal person: an initiative without a form cannot be it.
            models.CheckConstraint(
                condition=models.Q(is_lead=False) | ~models.Q(legal_form=LegalForm.NONE),
                name="member_organisation_lead_is_legal_person",
                violation_error_message=_(
                    "Antragsteller kann nur sein, wer eine eigene Rechtsform hat, zum Beispiel ein "
                    "eingetragener Verein oder die Gemeinde. Bitten Sie eine solche Organisation "
                    "in Ihrem Bündnis, den Antrag zu stellen."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key = name_key(self.name)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        # Before the constraints are checked, so that a second spelling is found in the form too.
        self.name_key = name_key(self.name)

    @property
    def has_postal_address(self) -> bool:
        return bool(self.street and self.postal_code and self.city)

    @property
    def is_municipal(self) -> bool:
        return self.legal_form in MUNICIPAL_FORMS

"""The places of Baden-Württemberg: 44 districts, and the territories an alliance can stand for."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from buendnisse.models.sort_name import SortNameField


class DistrictType(models.TextChoices):
    STADTKREIS = "stadtkreis", _("Stadtkreis")
    LANDKREIS = "landkreis", _("Landkreis")


class TerritoryKind(models.TextChoices):
    STADTKREIS = "stadtkreis", _("Stadtkreis")
    LANDKREIS = "landkreis", _("Landkreis")
    TOWN = "town", _("Stadt")
    MUNICIPALITY = "municipality", _("Gemeinde")


class Region(models.TextChoices):
    """Regierungsbezirk, by the first three digits of the official key."""

    STUTTGART = "081", _("Stuttgart")
    KARLSRUHE = "082", _("Karlsruhe")
    FREIBURG = "083", _("Freiburg")
    TUEBINGEN = "084", _("Tübingen")


class District(models.Model):
    ags = models.CharField(_("Amtlicher Gemeindeschlüssel"), max_length=5, unique=True)
    type = models.CharField(_("Art"), max_length=10, choices=DistrictType)
    name = models.CharField(_("Name"), max_length=100)
    sort_name = SortNameField(default="")
    region = models.CharField(_("Regierungsbezirk"), max_length=3, choices=Region)
    population = models.PositiveIntegerField(_("Einwohner"))
    seat = models.CharField(_("Sitz"), max_length=100)
    latitude = models.DecimalField(max_digits=7, decimal_places=4)
    longitude = models.DecimalField(max_digits=7, decimal_places=4)

    class Meta:
        verbose_name = _("Stadt- oder Landkreis")
        verbose_name_plural = _("Stadt- und Landkreise")
        ordering = ("sort_name", "type")
        constraints = [
            models.UniqueConstraint(fields=["name", "type"], name="district_name_type_unique"),
        ]

    def __str__(self) -> str:
        # Heilbronn and Karlsruhe are both: the type is always shown. A name that says it already
        # ("Bodenseekreis") is not doubled.
        if self.type == DistrictType.LANDKREIS and self.name.lower().endswith("kreis"):
            return self.name
        # Lists name hundreds of districts; `get_type_display` looks through all types for each.
        return f"{DistrictType(self.type).label} {self.name}"


class Territory(models.Model):
    """What an alliance can stand for, and what its cap follows from.

    Towns that the reference data does not list are one row per district ("other municipality in
    ..."); the application then carries the municipality's name in its own words.
    """

    code = models.CharField(_("Schlüssel"), max_length=12, unique=True)
    kind = models.CharField(_("Art"), max_length=12, choices=TerritoryKind)
    name = models.CharField(_("Name"), max_length=100, blank=True)
    sort_name = SortNameField(default="")
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="territories")
    population = models.PositiveIntegerField(_("Einwohner"), null=True, blank=True)

    class Meta:
        verbose_name = _("Gebiet")
        verbose_name_plural = _("Gebiete")
        ordering = ("district__sort_name", "district__type", "kind", "sort_name")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind=TerritoryKind.MUNICIPALITY, name="", population=None)
                | (
                    ~models.Q(kind=TerritoryKind.MUNICIPALITY)
                    & ~models.Q(name="")
                    & models.Q(population__isnull=False)
                ),
                name="territory_named_with_population_unless_collective",
            ),
        ]

    def __str__(self) -> str:
        match self.kind:
            case TerritoryKind.STADTKREIS | TerritoryKind.LANDKREIS:
                return str(self.district)
            case TerritoryKind.TOWN:
                return self.name
            case _:
                return str(_("Andere Gemeinde im %(district)s") % {"district": self.district})

    @property
    def needs_place_name(self) -> bool:
        return self.kind == TerritoryKind.MUNICIPALITY

    def label(self, place: str = "") -> str:
        """The territory as the award list names it, by a municipality's own name if need be."""
        if self.needs_place_name:
            return place or str(self)
        return str(self)

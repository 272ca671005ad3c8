"""People with an account: applicants, jurors and staff alike sign in at one door."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buendnisse.models.recorded import Recorded, RecordedQuerySet
from buendnisse.models.searchable import Searchable
from buendnisse.names import name_key
from buendnisse.roles import RIGHTS, Right, Role


class UserManager(BaseUserManager["User"].from_queryset(RecordedQuerySet["User"])):  # type: ignore[misc]
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a person; the address is stored in lower case, as nobody types it twice alike."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Only for setting up a machine; daily work needs no superuser."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(Searchable, Recorded, AbstractBaseUser, PermissionsMixin):
    SEARCHED = ("email", "name", "organisation")

    history_leaves_out = frozenset(
        {"password", "last_login", "date_joined", "organisation_key", "language", "search_text"}
    )
    history_words: ClassVar = {"roles": _("Rollen")}

    email = models.EmailField(
        _("E-Mail-Adresse"),
        max_length=254,
        unique=True,
        error_messages={"unique": _("Mit dieser E-Mail-Adresse gibt es schon ein Konto.")},
    )
    name = models.CharField(_("Name"), max_length=150, blank=True)
    organisation = models.CharField(
        _("Organisation"),
        max_length=200,
        blank=True,
        help_text=_(
            "Wo die Person sich außerhalb des Ministeriums engagiert oder arbeitet: Verein, "
            "Kirche, Kommune … Daran wird Befangenheit erkannt. Leer, wenn es nichts gibt."
        ),
    )
    organisation_key = models.CharField(max_length=200, blank=True, editable=False)
    language = models.CharField(
        _("Sprache"), max_length=5, choices=[("de", "Deutsch"), ("en", "English")], default="de"
    )
    is_active = models.BooleanField(_("Aktiv"), default=True)
    is_staff = models.BooleanField(
        _("Zugang zur Verwaltung"),
        default=False,
        help_text=_("Darf die Seiten des Ministeriums öffnen."),
    )
    erased_at = models.DateTimeField(_("Gelöscht"), null=True, blank=True, editable=False)
    date_joined = models.DateTimeField(_("Angelegt"), default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("Person")
        verbose_name_plural = _("Personen")
        ordering = ("email",)
        indexes = [
            models.Index(
                fields=["name", "email"],
                condition=models.Q(is_staff=True, is_active=True),
                name="user_staff_idx",
            ),
            # What the list is sorted by besides the address, and those whom its filters find.
            models.Index(fields=["name", "email"], name="user_name_idx"),
            models.Index(
                fields=["email"], condition=models.Q(is_staff=True), name="user_all_staff_idx"
            ),
            models.Index(
                fields=["email"], condition=models.Q(is_active=False), name="user_inactive_idx"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique",
                violation_error_message=_("Mit dieser E-Mail-Adresse gibt es schon ein Konto."),
            ),
            models.CheckConstraint(
                condition=models.Q(erased_at=None)
                | models.Q(is_active=False, is_staff=False, organisation=""),
                name="user_erased_is_nobody",
                violation_error_message=_("Diese Person ist gelöscht; ihr Konto bleibt leer."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.strip().lower()
        self.organisation_key = name_key(self.organisation)
        super().save(*args, **kwargs)

    def history_person_id(self) -> int:
        return self.pk

    def history_has_beginning(self) -> bool:
        """People make their accounts themselves; what becomes of them is history."""
        return False

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email

    def get_roles(self) -> frozenset[Role]:
        """The roles this person holds; asked of the database once per loaded object."""
        if not hasattr(self, "_roles"):
            in_an_alliance = models.Exists(self.memberships.all())
            found = list(self.groups.values_list("name", in_an_alliance)) if self.is_active else []
            names = {name for name, _ in found}
            self._roles = frozenset(role for role in Role if role.value in names)
            self._works_in_an_alliance = any(works for _, works in found)
        return self._roles

    def works_in_an_alliance(self) -> bool:
        """Whether somebody with a role at the ministry belongs to an alliance as well."""
        self.get_roles()
        return self._works_in_an_alliance

    def may(self, right: Right) -> bool:
        """Whether one of this person's roles gives the right. Being superuser gives none."""
        return not self.get_roles().isdisjoint(RIGHTS[right])

import uuid

import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import buendnisse.exports.columns
import buendnisse.models.sort_name


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                ("search_text", models.TextField(blank=True, default="", editable=False)),
                (
                    "email",
                    models.EmailField(
                        error_messages={
                            "unique": "Mit dieser E-Mail-Adresse gibt es schon ein Konto."
                        },
                        max_length=254,
                        unique=True,
                        verbose_name="E-Mail-Adresse",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=150, verbose_name="Name")),
                (
                    "organisation",
                    models.CharField(
                        blank=True,
                        help_text="Wo die Person sich außerhalb des Ministeriums engagiert oder arbeitet: Verein, Kirche, Kommune … Daran wird Befangenheit erkannt. Leer, wenn es nichts gibt.",
                        max_length=200,
                        verbose_name="Organisation",
                    ),
                ),
                ("organisation_key", models.CharField(blank=True, editable=False, max_length=200)),
                (
                    "language",
                    models.CharField(
                        choices=[("de", "Deutsch"), ("en", "English")],
                        default="de",
                        max_length=5,
                        verbose_name="Sprache",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="Aktiv")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Darf die Seiten des Ministeriums öffnen.",
                        verbose_name="Zugang zur Verwaltung",
                    ),
                ),
                (
                    "erased_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="Gelöscht"
                    ),
                ),
                (
                    "date_joined",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="Angelegt"
                    ),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "Person",
                "verbose_name_plural": "Personen",
                "ordering": ("email",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_active", True), ("is_staff", True)),
                        fields=["name", "email"],
                        name="user_staff_idx",
                    ),
                    models.Index(fields=["name", "email"], name="user_name_idx"),
                    models.Index(
                        condition=models.Q(("is_staff", True)),
                        fields=["email"],
                        name="user_all_staff_idx",
                    ),
                    models.Index(
                        condition=models.Q(("is_active", False)),
                        fields=["email"],
                        name="user_inactive_idx",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("email"),
                        name="user_email_unique",
                        violation_error_message="Mit dieser E-Mail-Adresse gibt es schon ein Konto.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("erased_at", None),
                            models.Q(
                                ("is_active", False), ("is_staff", False), ("organisation", "")
                            ),
                            _connector="OR",
                        ),
                        name="user_erased_is_nobody",
                        violation_error_message="Diese Person ist gelöscht; ihr Konto bleibt leer.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChangeRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="Zeitpunkt")),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Person",
                    ),
                ),
                ("subject_model", models.CharField(max_length=60, verbose_name="Bereich")),
                ("subject_id", models.BigIntegerField()),
                (
                    "subject_name",
                    models.CharField(
                        blank=True, db_index=True, max_length=200, verbose_name="Gegenstand"
                    ),
                ),
                ("row_model", models.CharField(max_length=60)),
                ("row_id", models.BigIntegerField()),
                ("row_name", models.CharField(blank=True, max_length=300)),
                (
                    "row_person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Betrifft",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("added", "Angelegt"),
                            ("changed", "Geändert"),
                            ("removed", "Entfernt"),
                        ],
                        max_length=10,
                        verbose_name="Änderung",
                    ),
                ),
                ("field", models.CharField(blank=True, max_length=60, verbose_name="Feld")),
                (
                    "person_before",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person_after",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "before",
                    models.TextField(blank=True, db_column="value_before", verbose_name="Vorher"),
                ),
                (
                    "after",
                    models.TextField(blank=True, db_column="value_after", verbose_name="Nachher"),
                ),
                ("reason", models.TextField(blank=True, verbose_name="Grund")),
                ("salt", models.CharField(blank=True, editable=False, max_length=32)),
                ("digest", models.CharField(editable=False, max_length=64)),
            ],
            options={
                "verbose_name": "Protokolleintrag",
                "verbose_name_plural": "Protokolleinträge",
                "ordering": ("-pk",),
                "indexes": [
                    models.Index(
                        fields=["subject_model", "subject_id", "id"], name="change_subject_idx"
                    ),
                    models.Index(fields=["-at", "-id"], name="change_at_idx"),
                    models.Index(
                        condition=models.Q(("kind", "changed"), _negated=True),
                        fields=["kind", "-id"],
                        name="change_rare_kind_idx",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["added", "changed", "removed"])),
                        name="change_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "added"),
                            models.Q(("field", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="change_names_its_field",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Alliance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=200, verbose_name="Name des Bündnisses")),
                ("website", models.URLField(blank=True, verbose_name="Internetseite")),
                ("created_at", models.DateTimeField(verbose_name="Gegründet")),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="founded_alliances",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("search_text", models.TextField(blank=True, default="", editable=False)),
                (
                    "fixed_since",
                    models.DateTimeField(blank=True, null=True, verbose_name="Unveränderlich seit"),
                ),
                (
                    "recorded_since",
                    models.DateTimeField(blank=True, null=True, verbose_name="Protokolliert seit"),
                ),
                (
                    "discarded_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="Verworfen"),
                ),
            ],
            options={
                "verbose_name": "Lokales Bündnis",
                "verbose_name_plural": "Lokale Bündnisse",
                "ordering": ("name", "pk"),
                "indexes": [models.Index(fields=["name", "id"], name="alliance_name_idx")],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "alliance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="buendnisse.alliance",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "Verantwortlich"),
                            ("editor", "Bearbeiten"),
                            ("viewer", "Nur lesen"),
                        ],
                        max_length=10,
                        verbose_name="Aufgabe",
                    ),
                ),
                ("joined_at", models.DateTimeField(verbose_name="Seit")),
            ],
            options={
                "verbose_name": "Mitwirkende Person",
                "verbose_name_plural": "Mitwirkende Personen",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("alliance", "user"),
                        name="membership_unique",
                        violation_error_message="Diese Person wirkt in dem Bündnis schon mit.",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="MemberOrganisation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "alliance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="organisations",
                        to="buendnisse.alliance",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="Name der Organisation")),
                ("name_key", models.CharField(db_index=True, editable=False, max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("initiative", "Flüchtlingsinitiative"),
                            ("association", "Verein"),
                            ("church", "Kirche oder Religionsgemeinschaft"),
                            ("welfare", "Wohlfahrtsverband"),
                            ("municipality", "Gemeinde oder Stadt"),
                            ("district", "Landkreis oder Stadtkreis"),
                            ("other", "Andere Organisation"),
                        ],
                        max_length=15,
                        verbose_name="Art der Organisation",
                    ),
                ),
                (
                    "legal_form",
                    models.CharField(
                        choices=[
                            ("municipality", "Gemeinde oder Stadt"),
                            ("district", "Landkreis"),
                            ("ev", "Eingetragener Verein (e. V.)"),
                            ("ggmbh", "Gemeinnützige GmbH (gGmbH)"),
                            (
                                "public_body",
                                "Kirche oder andere Körperschaft des öffentlichen Rechts",
                            ),
                            ("welfare", "Wohlfahrtsverband"),
                            ("foundation", "Stiftung"),
                            ("none", "Ohne eigene Rechtsform (zum Beispiel Initiative)"),
                        ],
                        max_length=15,
                        verbose_name="Rechtsform",
                    ),
                ),
                ("is_lead", models.BooleanField(default=False, verbose_name="Antragsteller")),
                (
                    "street",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="Straße und Hausnummer"
                    ),
                ),
                (
                    "postal_code",
                    models.CharField(blank=True, max_length=5, verbose_name="Postleitzahl"),
                ),
                ("city", models.CharField(blank=True, max_length=100, verbose_name="Ort")),
                (
                    "contact_name",
                    models.CharField(blank=True, max_length=150, verbose_name="Ansprechperson"),
                ),
                (
                    "email",
                    models.EmailField(
                        blank=True, max_length=254, verbose_name="E-Mail-Adresse der Organisation"
                    ),
                ),
            ],
            options={
                "verbose_name": "Bündnispartner",
                "verbose_name_plural": "Bündnispartner",
                "ordering": ("-is_lead", "name", "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("alliance", "name_key"),
                        name="member_organisation_once_per_alliance",
                        violation_error_message="Diese Organisation gehört dem Bündnis schon an.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_lead", True)),
                        fields=("alliance",),
                        name="member_organisation_one_lead",
                        violation_error_message="Ein Bündnis hat genau einen Antragsteller. Ändern Sie zuerst den bisherigen.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind__in", ["municipality", "district"]),
                                ("legal_form__in", ("municipality", "district")),
                            ),
                            models.Q(
                                models.Q(("kind__in", ["municipality", "district"]), _negated=True),
                                models.Q(
                                    ("legal_form__in", ("municipality", "district")), _negated=True
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="member_organisation_municipal_by_kind_and_form",
                        violation_error_message="Art und Rechtsform passen nicht zusammen: Eine Gemeinde, eine Stadt oder ein Landkreis hat auch diese Rechtsform, und niemand sonst. Bitte ändern Sie eine der beiden Angaben.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_lead", False),
                            models.Q(("legal_form", "none"), _negated=True),
                            _connector="OR",
                        ),
                        name="member_organisation_lead_is_legal_person",
                        violation_error_message="Antragsteller kann nur sein, wer eine eigene Rechtsform hat, zum Beispiel ein eingetragener Verein oder die Gemeinde. Bitten Sie eine solche Organisation in Ihrem Bündnis, den Antrag zu stellen.",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="ConfirmationRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="E-Mail-Adresse")),
                ("words", models.TextField(verbose_name="Wortlaut")),
                (
                    "words_digest",
                    models.CharField(max_length=64, verbose_name="Prüfsumme des Wortlauts"),
                ),
                ("token_digest", models.CharField(editable=False, max_length=64, unique=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="Gefragt")),
                (
                    "reminded_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="Erinnert"),
                ),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[("confirmed", "Bestätigt"), ("declined", "Nicht bestätigt")],
                        max_length=10,
                        verbose_name="Antwort",
                    ),
                ),
                (
                    "answered_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="Beantwortet"),
                ),
                (
                    "person_name",
                    models.CharField(blank=True, max_length=150, verbose_name="Vor- und Nachname"),
                ),
                (
                    "person_function",
                    models.CharField(blank=True, max_length=150, verbose_name="Funktion"),
                ),
                ("remark", models.CharField(blank=True, max_length=500, verbose_name="Anmerkung")),
                (
                    "withdrawn_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="Zurückgenommen"),
                ),
                (
                    "alliance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="confirmation_requests",
                        to="buendnisse.alliance",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="confirmation_requests",
                        to="buendnisse.memberorganisation",
                    ),
                ),
                ("alliance_name", models.CharField(max_length=200, verbose_name="Lokales Bündnis")),
                (
                    "organisation_name",
                    models.CharField(max_length=200, verbose_name="Organisation"),
                ),
                (
                    "organisation_kind",
                    models.CharField(
                        choices=[
                            ("initiative", "Flüchtlingsinitiative"),
                            ("association", "Verein"),
                            ("church", "Kirche oder Religionsgemeinschaft"),
                            ("welfare", "Wohlfahrtsverband"),
                            ("municipality", "Gemeinde oder Stadt"),
                            ("district", "Landkreis oder Stadtkreis"),
                            ("other", "Andere Organisation"),
                        ],
                        max_length=15,
                    ),
                ),
                (
                    "organisation_legal_form",
                    models.CharField(
                        choices=[
                            ("municipality", "Gemeinde oder Stadt"),
                            ("district", "Landkreis"),
                            ("ev", "Eingetragener Verein (e. V.)"),
                            ("ggmbh", "Gemeinnützige GmbH (gGmbH)"),
                            (
                                "public_body",
                                "Kirche oder andere Körperschaft des öffentlichen Rechts",
                            ),
                            ("welfare", "Wohlfahrtsverband"),
                            ("foundation", "Stiftung"),
                            ("none", "Ohne eigene Rechtsform (zum Beispiel Initiative)"),
                        ],
                        max_length=15,
                    ),
                ),
                ("as_lead", models.BooleanField(verbose_name="Als Antragsteller")),
            ],
            options={
                "verbose_name": "Bestätigung",
                "verbose_name_plural": "Bestätigungen",
                "ordering": ("-asked_at", "-pk"),
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at", None)),
                            models.Q(
                                ("answer__in", ["confirmed", "declined"]),
                                ("answered_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="confirmationrequest_answer_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answered_at", None), ("withdrawn_at", None), _connector="OR"
                        ),
                        name="confirmationrequest_answered_or_withdrawn",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answered_at__isnull", False),
                            models.Q(("person_function", ""), ("person_name", ""), ("remark", "")),
                            _connector="OR",
                        ),
                        name="confirmationrequest_nobody_before_the_answer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("words", ""), _negated=True),
                            models.Q(("words_digest", ""), _negated=True),
                        ),
                        name="confirmationrequest_has_words",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("answered_at", None), ("withdrawn_at", None)),
                        fields=("organisation",),
                        name="confirmationrequest_one_open_per_organisation",
                        violation_error_message="Diese Organisation ist schon gefragt.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("organisation__isnull", False),
                            ("answered_at__isnull", False),
                            ("withdrawn_at__isnull", False),
                            _connector="OR",
                        ),
                        name="confirmationrequest_open_has_an_organisation",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="ExportRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Person",
                    ),
                ),
                ("list_name", models.CharField(max_length=50, verbose_name="Liste")),
                (
                    "form",
                    models.CharField(
                        choices=[
                            (buendnisse.exports.columns.ListFormat["XLSX"], "Excel-Arbeitsmappe"),
                            (buendnisse.exports.columns.ListFormat["EXCEL"], "CSV für Excel"),
                            (buendnisse.exports.columns.ListFormat["MACHINE"], "CSV für Programme"),
                        ],
                        max_length=10,
                        verbose_name="Form",
                    ),
                ),
                ("filter_words", models.TextField(blank=True, verbose_name="Filter")),
                ("query", models.TextField(blank=True, verbose_name="Filter in der Adresse")),
                ("started_at", models.DateTimeField(verbose_name="Begonnen")),
                (
                    "finished_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="Beendet"),
                ),
                ("rows", models.PositiveIntegerField(blank=True, null=True, verbose_name="Zeilen")),
                ("is_whole", models.BooleanField(default=False, verbose_name="Vollständig")),
            ],
            options={
                "verbose_name": "Export",
                "verbose_name_plural": "Exporte",
                "ordering": ("-started_at", "-pk"),
                "indexes": [
                    models.Index(fields=["-started_at", "-id"], name="export_record_started_idx")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at", None), ("is_whole", False), ("rows", None)),
                            models.Q(("finished_at__isnull", False), ("rows__isnull", False)),
                            _connector="OR",
                        ),
                        name="export_record_finished_with_rows",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FormerMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "alliance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="former_members",
                        to="buendnisse.alliance",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="former_memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "Verantwortlich"),
                            ("editor", "Bearbeiten"),
                            ("viewer", "Nur lesen"),
                        ],
                        max_length=10,
                        verbose_name="Aufgabe",
                    ),
                ),
                ("joined_at", models.DateTimeField(verbose_name="Seit")),
                ("left_at", models.DateTimeField(verbose_name="Bis")),
                (
                    "ended_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "Frühere mitwirkende Person",
                "verbose_name_plural": "Frühere mitwirkende Personen",
                "ordering": ("-left_at", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("left_at__gte", models.F("joined_at"))),
                        name="former_member_left_after_joining",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "alliance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="buendnisse.alliance",
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="E-Mail-Adresse")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "Verantwortlich"),
                            ("editor", "Bearbeiten"),
                            ("viewer", "Nur lesen"),
                        ],
                        max_length=10,
                        verbose_name="Aufgabe",
                    ),
                ),
                ("token_digest", models.CharField(editable=False, max_length=64, unique=True)),
                (
                    "invited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("invited_at", models.DateTimeField(verbose_name="Eingeladen")),
                ("expires_at", models.DateTimeField(verbose_name="Gültig bis")),
                (
                    "accepted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "accepted_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="Angenommen"),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "withdrawn_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="Zurückgenommen"),
                ),
            ],
            options={
                "verbose_name": "Einladung",
                "verbose_name_plural": "Einladungen",
                "ordering": ("-invited_at", "-pk"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("accepted_at", None), ("withdrawn_at", None)),
                        fields=("alliance", "email"),
                        name="invitation_one_open_per_address",
                        violation_error_message="An diese Adresse ist schon eine Einladung unterwegs. Sie können sie in der Liste erneut senden oder zurücknehmen.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted_at", None), ("accepted_by", None)),
                            models.Q(
                                ("accepted_at__isnull", False), ("accepted_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="invitation_accepted_by_whom_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("withdrawn_at", None), ("withdrawn_by", None)),
                            models.Q(
                                ("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="invitation_withdrawn_by_whom_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("accepted_at", None), ("withdrawn_at", None), _connector="OR"
                        ),
                        name="invitation_accepted_or_withdrawn",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("invited_at"))),
                        name="invitation_expires_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["owner", "editor", "viewer"])),
                        name="invitation_role_known",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="OutgoingMail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("search_text", models.TextField(blank=True, default="", editable=False)),
                ("kind", models.CharField(max_length=50, verbose_name="Anlass")),
                ("dedupe_key", models.CharField(max_length=200, unique=True)),
                ("recipient", models.EmailField(blank=True, max_length=254, verbose_name="An")),
                (
                    "recipient_user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "about",
                    models.CharField(
                        blank=True, db_index=True, max_length=50, verbose_name="Betrifft"
                    ),
                ),
                ("subject", models.CharField(max_length=200, verbose_name="Betreff")),
                ("body_text", models.TextField(verbose_name="Text")),
                ("body_html", models.TextField(blank=True, verbose_name="Text (HTML)")),
                (
                    "attachment",
                    models.CharField(
                        blank=True, editable=False, max_length=50, verbose_name="Anlage"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Wartet"),
                            ("sent", "Gesendet"),
                            ("failed", "Fehlgeschlagen"),
                            ("cancelled", "Zurückgenommen"),
                            ("by_post", "Per Post zu senden"),
                            ("posted", "Per Post versandt"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="Stand",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="Angelegt")),
                ("not_before", models.DateTimeField(verbose_name="Frühestens")),
                ("leased_until", models.DateTimeField(blank=True, editable=False, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="Versuche")),
                (
                    "last_error",
                    models.CharField(blank=True, max_length=500, verbose_name="Letzter Fehler"),
                ),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="Gesendet")),
                (
                    "posted_date",
                    models.DateField(blank=True, null=True, verbose_name="Per Post versandt am"),
                ),
            ],
            options={
                "verbose_name": "E-Mail oder Brief",
                "verbose_name_plural": "E-Mails und Briefe",
                "ordering": ("-created_at", "-pk"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "queued")),
                        fields=["not_before"],
                        name="mail_due_idx",
                    ),
                    models.Index(
                        condition=models.Q(("state", "by_post")),
                        fields=["-created_at", "-id", "kind"],
                        name="mail_by_post_idx",
                    ),
                    models.Index(fields=["-created_at", "-id", "kind"], name="mail_created_idx"),
                    models.Index(fields=["kind", "-created_at", "-id"], name="mail_kind_idx"),
                    models.Index(
                        fields=["state", "-created_at", "-id", "kind"], name="mail_state_idx"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sent_at__isnull", False), ("state", "sent")),
                            models.Q(models.Q(("state", "sent"), _negated=True), ("sent_at", None)),
                            _connector="OR",
                        ),
                        name="mail_sent_means_sent_at",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("recipient", ""), ("state__in", ("by_post", "posted"))),
                            models.Q(
                                models.Q(("state__in", ("by_post", "posted")), _negated=True),
                                models.Q(("recipient", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="mail_without_recipient_is_by_post",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("posted_date__isnull", False), ("state", "posted")),
                            models.Q(
                                models.Q(("state", "posted"), _negated=True), ("posted_date", None)
                            ),
                            _connector="OR",
                        ),
                        name="mail_posted_means_posted_date",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LetterPosting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "mail",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="postings",
                        to="buendnisse.outgoingmail",
                    ),
                ),
                ("posted_date", models.DateField(verbose_name="Versandt am")),
                (
                    "noted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Eingetragen von",
                    ),
                ),
                ("noted_at", models.DateTimeField(verbose_name="Eingetragen")),
                (
                    "taken_back_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Zurückgenommen von",
                    ),
                ),
                (
                    "taken_back_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="Zurückgenommen"),
                ),
                (
                    "take_back_reason",
                    models.CharField(blank=True, max_length=500, verbose_name="Grund"),
                ),
            ],
            options={
                "verbose_name": "Versand eines Briefs",
                "verbose_name_plural": "Versand von Briefen",
                "ordering": ("noted_at", "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("taken_back_at", None)),
                        fields=("mail",),
                        name="letter_posting_one_stands",
                        violation_error_message="Dieser Brief ist schon als versandt eingetragen.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("take_back_reason", ""),
                                ("taken_back_at", None),
                                ("taken_back_by", None),
                            ),
                            models.Q(
                                ("taken_back_at__isnull", False),
                                ("taken_back_by__isnull", False),
                                models.Q(("take_back_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="letter_posting_taken_back_with_reason",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="PersonErasure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Vorgeschlagen von",
                    ),
                ),
                ("proposed_at", models.DateTimeField(verbose_name="Vorgeschlagen")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Bestätigt von",
                    ),
                ),
                (
                    "confirmed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="Bestätigt"),
                ),
                (
                    "declined_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Verworfen von",
                    ),
                ),
                (
                    "declined_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="Verworfen"),
                ),
                (
                    "decline_reason",
                    models.CharField(
                        blank=True, max_length=500, verbose_name="Grund der Verwerfung"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="erasures",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Person",
                    ),
                ),
                ("reason", models.CharField(max_length=400, verbose_name="Grund")),
            ],
            options={
                "verbose_name": "Löschung einer Person",
                "verbose_name_plural": "Löschungen von Personen",
                "ordering": ("-proposed_at", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="person_erasure_reasoned",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("confirmed_at", None), ("declined_at", None)),
                        fields=("person",),
                        name="person_erasure_one_open",
                        violation_error_message="Für diese Person ist die Löschung schon vorgeschlagen.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("proposed_by", models.F("person")), _negated=True),
                            models.Q(
                                ("confirmed_by", None),
                                models.Q(("confirmed_by", models.F("person")), _negated=True),
                                _connector="OR",
                            ),
                        ),
                        name="person_erasure_not_of_oneself",
                        violation_error_message="Niemand löscht sich hier selbst.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at", None), ("confirmed_by", None)),
                            models.Q(
                                ("confirmed_at__isnull", False), ("confirmed_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="person_erasure_confirmed_by_whom_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("declined_at", None), ("declined_by", None)),
                            models.Q(
                                ("declined_at__isnull", False), ("declined_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="person_erasure_declined_by_whom_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_at", None), ("declined_at", None), _connector="OR"
                        ),
                        name="person_erasure_confirmed_or_declined",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by", None),
                            models.Q(("confirmed_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="person_erasure_four_eyes",
                        violation_error_message="Wer die Löschung vorgeschlagen hat, bestätigt sie nicht. Bitten Sie eine andere Person aus der Administration darum.",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="RoleGrant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Vorgeschlagen von",
                    ),
                ),
                ("proposed_at", models.DateTimeField(verbose_name="Vorgeschlagen")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Bestätigt von",
                    ),
                ),
                (
                    "confirmed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="Bestätigt"),
                ),
                (
                    "declined_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Verworfen von",
                    ),
                ),
                (
                    "declined_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="Verworfen"),
                ),
                (
                    "decline_reason",
                    models.CharField(
                        blank=True, max_length=500, verbose_name="Grund der Verwerfung"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="role_grants",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Person",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("case_officer", "Sachbearbeitung"),
                            ("juror", "Jury"),
                            ("approver", "Zeichnungsberechtigte/-r"),
                            ("budget_officer", "Haushalt"),
                            ("auditor", "Prüfung"),
                            ("administrator", "Administration"),
                        ],
                        max_length=20,
                        verbose_name="Rolle",
                    ),
                ),
                ("reason", models.CharField(max_length=400, verbose_name="Grund")),
            ],
            options={
                "verbose_name": "Rollenvergabe",
                "verbose_name_plural": "Rollenvergaben",
                "ordering": ("-proposed_at", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    "case_officer",
                                    "juror",
                                    "approver",
                                    "budget_officer",
                                    "auditor",
                                    "administrator",
                                ],
                            )
                        ),
                        name="role_grant_role_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="role_grant_reasoned",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("confirmed_at", None), ("declined_at", None)),
                        fields=("person", "role"),
                        name="role_grant_one_open",
                        violation_error_message="Diese Rolle ist für diese Person schon vorgeschlagen.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("proposed_by", models.F("person")), _negated=True),
                            models.Q(
                                ("confirmed_by", None),
                                models.Q(("confirmed_by", models.F("person")), _negated=True),
                                _connector="OR",
                            ),
                        ),
                        name="role_grant_not_for_oneself",
                        violation_error_message="Niemand gibt sich selbst eine Rolle.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at", None), ("confirmed_by", None)),
                            models.Q(
                                ("confirmed_at__isnull", False), ("confirmed_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="role_grant_confirmed_by_whom_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("declined_at", None), ("declined_by", None)),
                            models.Q(
                                ("declined_at__isnull", False), ("declined_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="role_grant_declined_by_whom_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_at", None), ("declined_at", None), _connector="OR"
                        ),
                        name="role_grant_confirmed_or_declined",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by", None),
                            models.Q(("confirmed_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="role_grant_four_eyes",
                        violation_error_message="Wer die Rolle vorgeschlagen hat, bestätigt sie nicht. Bitten Sie eine andere Person aus der Administration darum.",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="saved_views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("list_name", models.CharField(max_length=60)),
                ("name", models.CharField(max_length=60, verbose_name="Name der Ansicht")),
                ("query", models.CharField(blank=True, max_length=1000)),
            ],
            options={
                "verbose_name": "Gespeicherte Ansicht",
                "verbose_name_plural": "Gespeicherte Ansichten",
                "ordering": ("name", "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "list_name", "name"), name="saved_view_name_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="saved_view_has_name"
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="SearchedWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("word", models.TextField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("word",), name="searched_word_unique")
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="District",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ags",
                    models.CharField(
                        max_length=5, unique=True, verbose_name="Amtlicher Gemeindeschlüssel"
                    ),
                ),
                (
                    "type",
                    models.CharField(
                        choices=[("stadtkreis", "Stadtkreis"), ("landkreis", "Landkreis")],
                        max_length=10,
                        verbose_name="Art",
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="Name")),
                (
                    "sort_name",
                    buendnisse.models.sort_name.SortNameField(
                        blank=True, default="", editable=False, max_length=100
                    ),
                ),
                (
                    "region",
                    models.CharField(
                        choices=[
                            ("081", "Stuttgart"),
                            ("082", "Karlsruhe"),
                            ("083", "Freiburg"),
                            ("084", "Tübingen"),
                        ],
                        max_length=3,
                        verbose_name="Regierungsbezirk",
                    ),
                ),
                ("population", models.PositiveIntegerField(verbose_name="Einwohner")),
                ("seat", models.CharField(max_length=100, verbose_name="Sitz")),
                ("latitude", models.DecimalField(decimal_places=4, max_digits=7)),
                ("longitude", models.DecimalField(decimal_places=4, max_digits=7)),
            ],
            options={
                "verbose_name": "Stadt- oder Landkreis",
                "verbose_name_plural": "Stadt- und Landkreise",
                "ordering": ("sort_name", "type"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("name", "type"), name="district_name_type_unique"
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Territory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=12, unique=True, verbose_name="Schlüssel")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("stadtkreis", "Stadtkreis"),
                            ("landkreis", "Landkreis"),
                            ("town", "Stadt"),
                            ("municipality", "Gemeinde"),
                        ],
                        max_length=12,
                        verbose_name="Art",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=100, verbose_name="Name")),
                (
                    "sort_name",
                    buendnisse.models.sort_name.SortNameField(
                        blank=True, default="", editable=False, max_length=100
                    ),
                ),
                (
                    "district",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="territories",
                        to="buendnisse.district",
                    ),
                ),
                (
                    "population",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="Einwohner"),
                ),
            ],
            options={
                "verbose_name": "Gebiet",
                "verbose_name_plural": "Gebiete",
                "ordering": ("district__sort_name", "district__type", "kind", "sort_name"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "municipality"), ("name", ""), ("population", None)),
                            models.Q(
                                models.Q(("kind", "municipality"), _negated=True),
                                models.Q(("name", ""), _negated=True),
                                ("population__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="territory_named_with_population_unless_collective",
                    )
                ],
                "indexes": [],
            },
        ),
    ]

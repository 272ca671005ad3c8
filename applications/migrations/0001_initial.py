import uuid
from decimal import Decimal

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import applications.models.attachment


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("buendnisse", "0001_initial"),
        ("buendnisse", "__first__"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("funding", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Application",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "programme_year",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="funding.programmeyear",
                        verbose_name="Programmjahr",
                    ),
                ),
                (
                    "alliance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="buendnisse.alliance",
                        verbose_name="Lokales Bündnis",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Entwurf"),
                            ("submitted", "Eingereicht"),
                            ("in_review", "In Prüfung"),
                            ("changes_requested", "Nachforderung"),
                            ("eligible", "Förderfähig"),
                            ("proposed", "Zur Entscheidung"),
                            ("awarded", "Bewilligt"),
                            ("rejected", "Abgelehnt"),
                            ("waitlisted", "Nachrückliste"),
                            ("withdrawn", "Zurückgezogen"),
                        ],
                        default="draft",
                        max_length=20,
                        verbose_name="Stand",
                    ),
                ),
                ("state_changed_at", models.DateTimeField(verbose_name="Stand seit")),
                (
                    "last_action",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("submit", "Einreichen"),
                            ("enter", "Für andere erfassen"),
                            ("take_up", "In Prüfung nehmen"),
                            ("request_changes", "Nachfordern"),
                            ("resubmit", "Nachgebessert einreichen"),
                            ("enter_correction", "Nachbesserung erfassen"),
                            ("resume", "Prüfung fortsetzen"),
                            ("declare_eligible", "Förderfähigkeit feststellen"),
                            ("propose_award", "Bewilligung vorschlagen"),
                            ("propose_rejection", "Ablehnung vorschlagen"),
                            ("propose_waiting_list", "Nachrückliste vorschlagen"),
                            ("send_back", "Zurückgeben"),
                            ("approve", "Entscheiden"),
                            ("take_back", "Entscheidung zurücknehmen"),
                            ("close_year", "Nachrückliste schließen"),
                            ("withdraw", "Zurückziehen"),
                        ],
                        editable=False,
                        max_length=25,
                    ),
                ),
                (
                    "intake",
                    models.CharField(
                        choices=[
                            ("online", "Online"),
                            ("paper", "Auf Papier, vom Ministerium erfasst"),
                        ],
                        default="online",
                        max_length=10,
                        verbose_name="Eingang",
                    ),
                ),
                (
                    "received_date",
                    models.DateField(blank=True, null=True, verbose_name="Eingegangen am"),
                ),
                (
                    "intake_reason",
                    models.CharField(blank=True, max_length=500, verbose_name="Warum erfasst"),
                ),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Angelegt von",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="Angelegt")),
                ("updated_at", models.DateTimeField(verbose_name="Zuletzt gespeichert")),
                (
                    "shared_with_ministry_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        null=True,
                        verbose_name="Für das Ministerium freigegeben",
                    ),
                ),
                (
                    "territory",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="buendnisse.territory",
                        verbose_name="Gebiet, für das Ihr Bündnis steht",
                    ),
                ),
                (
                    "place",
                    models.CharField(blank=True, max_length=100, verbose_name="Name der Gemeinde"),
                ),
                (
                    "title",
                    models.CharField(
                        blank=True, max_length=120, verbose_name="Titel des Vorhabens"
                    ),
                ),
                (
                    "summary",
                    models.TextField(blank=True, max_length=1000, verbose_name="Kurzbeschreibung"),
                ),
                ("goals", models.TextField(blank=True, max_length=4000, verbose_name="Ziele")),
                (
                    "activities",
                    models.TextField(blank=True, max_length=4000, verbose_name="Maßnahmen"),
                ),
                (
                    "participation",
                    models.TextField(
                        blank=True, max_length=4000, verbose_name="Beteiligung von Geflüchteten"
                    ),
                ),
                ("period_start", models.DateField(blank=True, null=True, verbose_name="Beginn")),
                ("period_end", models.DateField(blank=True, null=True, verbose_name="Ende")),
                (
                    "requested_amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=12,
                        null=True,
                        verbose_name="Beantragte Zuwendung",
                    ),
                ),
                (
                    "contact_name",
                    models.CharField(blank=True, max_length=150, verbose_name="Ansprechperson"),
                ),
                (
                    "contact_email",
                    models.EmailField(blank=True, max_length=254, verbose_name="E-Mail-Adresse"),
                ),
                (
                    "contact_phone",
                    models.CharField(blank=True, max_length=50, verbose_name="Telefon"),
                ),
                (
                    "signatory_name",
                    models.CharField(
                        blank=True, max_length=150, verbose_name="Vertretungsberechtigte Person"
                    ),
                ),
                (
                    "signatory_function",
                    models.CharField(blank=True, max_length=150, verbose_name="Funktion"),
                ),
                (
                    "consent_on_paper",
                    models.BooleanField(
                        default=False,
                        verbose_name="Die Zustimmung der Gemeinde liegt dem Bündnis schriftlich vor.",
                    ),
                ),
                (
                    "declares_not_begun",
                    models.BooleanField(
                        default=False, verbose_name="Das Vorhaben hat noch nicht begonnen."
                    ),
                ),
                (
                    "declares_data_protection",
                    models.BooleanField(
                        default=False,
                        verbose_name="Die Hinweise zum Datenschutz haben wir gelesen.",
                    ),
                ),
                (
                    "declares_truthful",
                    models.BooleanField(
                        default=False, verbose_name="Alle Angaben sind vollständig und richtig."
                    ),
                ),
                ("sequence", models.PositiveIntegerField(blank=True, editable=False, null=True)),
                (
                    "reference",
                    models.CharField(
                        blank=True, editable=False, max_length=30, verbose_name="Aktenzeichen"
                    ),
                ),
                (
                    "submitted_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="Eingereicht"),
                ),
                (
                    "admitted_late_until",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="Verspätet zugelassen bis"
                    ),
                ),
                (
                    "admitted_late_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Verspätet zugelassen von",
                    ),
                ),
                (
                    "admitted_late_reason",
                    models.CharField(
                        blank=True, max_length=500, verbose_name="Grund der Zulassung"
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Sachbearbeitung",
                    ),
                ),
                (
                    "confirmed_territory",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="buendnisse.territory",
                        verbose_name="Bestätigtes Gebiet",
                    ),
                ),
                (
                    "confirmed_place",
                    models.CharField(
                        blank=True, max_length=100, verbose_name="Bestätigte Gemeinde"
                    ),
                ),
                (
                    "eligible_amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=12,
                        null=True,
                        verbose_name="Anerkannter Betrag",
                    ),
                ),
                (
                    "reduction_reason",
                    models.TextField(blank=True, max_length=2000, verbose_name="Grund der Kürzung"),
                ),
                (
                    "checked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Geprüft von",
                    ),
                ),
                (
                    "score",
                    models.DecimalField(
                        blank=True,
                        decimal_places=12,
                        max_digits=14,
                        null=True,
                        verbose_name="Jurybewertung",
                    ),
                ),
                (
                    "participation_score",
                    models.DecimalField(
                        blank=True,
                        decimal_places=12,
                        max_digits=14,
                        null=True,
                        verbose_name="Bewertung der Beteiligung",
                    ),
                ),
                ("lot", models.PositiveIntegerField(blank=True, null=True, verbose_name="Los")),
                (
                    "award",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="application",
                        to="funding.award",
                        verbose_name="Zuwendung",
                    ),
                ),
                ("search_text", models.TextField(blank=True, default="", editable=False)),
            ],
            options={
                "verbose_name": "Antrag",
                "verbose_name_plural": "Anträge",
                "ordering": ("-programme_year__year", "reference", "pk"),
                "indexes": [
                    models.Index(
                        fields=["programme_year", "state", "reference"],
                        name="application_queue_idx",
                    ),
                    models.Index(
                        fields=[
                            "-programme_year",
                            "reference",
                            "id",
                            "state",
                            "intake",
                            "shared_with_ministry_at",
                            "submitted_at",
                            "territory",
                            "officer",
                        ],
                        name="application_order_idx",
                    ),
                    models.Index(
                        fields=["reference", "-programme_year", "id"],
                        name="application_reference_idx",
                    ),
                    models.Index(
                        fields=["state_changed_at", "-programme_year", "reference", "id"],
                        name="application_age_idx",
                    ),
                    models.Index(
                        fields=["requested_amount", "-programme_year", "reference", "id"],
                        name="application_requested_idx",
                    ),
                    models.Index(
                        fields=["score", "-programme_year", "reference", "id"],
                        name="application_score_idx",
                    ),
                    models.Index(
                        fields=["officer", "-programme_year", "reference", "id"],
                        name="application_caseload_idx",
                    ),
                    models.Index(
                        fields=[
                            "state",
                            "last_action",
                            "officer",
                            "intake",
                            "shared_with_ministry_at",
                            "submitted_at",
                            "score",
                            "id",
                        ],
                        name="application_task_idx",
                    ),
                    models.Index(fields=["officer", "state"], name="application_officer_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "withdrawn"), _negated=True),
                        fields=("alliance", "programme_year"),
                        name="application_one_per_alliance_and_year",
                        violation_error_message="Ihr Bündnis hat für dieses Programmjahr schon einen Antrag. Öffnen Sie ihn auf der Seite Ihres Bündnisses.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("reference", ""), _negated=True),
                        fields=("reference",),
                        name="application_reference_unique",
                    ),
                    models.UniqueConstraint(
                        fields=("programme_year", "sequence"), name="application_sequence_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "draft",
                                    "submitted",
                                    "in_review",
                                    "changes_requested",
                                    "eligible",
                                    "proposed",
                                    "awarded",
                                    "rejected",
                                    "waitlisted",
                                    "withdrawn",
                                ],
                            )
                        ),
                        name="application_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("reference", ""),
                                ("sequence", None),
                                ("state", "draft"),
                                ("submitted_at", None),
                            ),
                            ("state", "withdrawn"),
                            models.Q(
                                models.Q(("state__in", ["draft", "withdrawn"]), _negated=True),
                                ("sequence__isnull", False),
                                ("submitted_at__isnull", False),
                                models.Q(("reference", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="application_submitted_means_file_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("requested_amount", None),
                            ("requested_amount__gte", 0),
                            _connector="OR",
                        ),
                        name="application_requested_not_negative",
                        violation_error_message="Die beantragte Zuwendung kann nicht negativ sein.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("eligible_amount", None),
                            models.Q(
                                ("eligible_amount__gt", 0),
                                ("eligible_amount__lte", models.F("requested_amount")),
                            ),
                            _connector="OR",
                        ),
                        name="application_eligible_within_requested",
                        violation_error_message="Der anerkannte Betrag ist größer als 0 € und höchstens so hoch wie beantragt.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("eligible_amount", None),
                            ("eligible_amount", models.F("requested_amount")),
                            models.Q(("reduction_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="application_reduction_has_reason",
                        violation_error_message="Eine Kürzung braucht einen Grund.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ["eligible", "awarded", "waitlisted"]), _negated=True
                            ),
                            models.Q(
                                ("checked_by__isnull", False),
                                ("confirmed_territory__isnull", False),
                                ("eligible_amount__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="application_eligible_means_checked",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "awarded"), ("award__isnull", False)),
                            models.Q(
                                models.Q(("state", "awarded"), _negated=True), ("award", None)
                            ),
                            _connector="OR",
                        ),
                        name="application_awarded_means_award",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("admitted_late_by", None), ("admitted_late_until", None)),
                            models.Q(
                                ("admitted_late_by__isnull", False),
                                ("admitted_late_until__isnull", False),
                                models.Q(("admitted_late_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="application_late_admission_by_whom_and_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("intake", "online"), ("intake_reason", ""), ("received_date", None)
                            ),
                            models.Q(
                                ("intake", "paper"),
                                ("received_date__isnull", False),
                                models.Q(("intake_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="application_paper_means_day_and_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CheckResult",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="check_results",
                        to="applications.application",
                    ),
                ),
                ("item", models.CharField(max_length=40, verbose_name="Prüfpunkt")),
                (
                    "answer",
                    models.CharField(
                        choices=[("yes", "Ja"), ("no", "Nein"), ("not_applicable", "Entfällt")],
                        max_length=15,
                        verbose_name="Antwort",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=1000, verbose_name="Vermerk")),
                (
                    "answered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("answered_at", models.DateTimeField(verbose_name="Geprüft")),
                (
                    "replaced_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="Ersetzt"),
                ),
                (
                    "replaced_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "Prüfergebnis",
                "verbose_name_plural": "Prüfergebnisse",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("replaced_at", None)),
                        fields=("application", "item"),
                        name="check_result_one_current",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Criterion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "programme_year",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="criteria",
                        to="funding.programmeyear",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="Reihenfolge")),
                ("name", models.CharField(max_length=100, verbose_name="Name")),
                (
                    "description",
                    models.CharField(blank=True, max_length=500, verbose_name="Worum es geht"),
                ),
                ("weight", models.PositiveSmallIntegerField(verbose_name="Gewicht")),
                (
                    "is_participation",
                    models.BooleanField(default=False, verbose_name="Beteiligung von Geflüchteten"),
                ),
            ],
            options={
                "verbose_name": "Kriterium",
                "verbose_name_plural": "Kriterien",
                "ordering": ("programme_year", "position"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("programme_year", "position"), name="criterion_position_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("is_participation", True), ("position", 1)),
                            models.Q(
                                ("is_participation", False),
                                models.Q(("position", 1), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="criterion_participation_comes_first",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_participation", False),
                            ("name", "Beteiligung von Geflüchteten"),
                            _connector="OR",
                        ),
                        name="criterion_participation_keeps_its_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weight__gt", 0)), name="criterion_weight_positive"
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="applications.application",
                    ),
                ),
                (
                    "juror",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Jury",
                    ),
                ),
                (
                    "assigned_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("assigned_at", models.DateTimeField(verbose_name="Zugewiesen")),
                (
                    "score",
                    models.DecimalField(
                        blank=True,
                        decimal_places=12,
                        max_digits=14,
                        null=True,
                        verbose_name="Bewertung",
                    ),
                ),
                (
                    "participation_score",
                    models.DecimalField(blank=True, decimal_places=12, max_digits=14, null=True),
                ),
                (
                    "comment",
                    models.TextField(blank=True, max_length=4000, verbose_name="Begründung"),
                ),
                ("scored_at", models.DateTimeField(blank=True, null=True, verbose_name="Bewertet")),
                (
                    "taken_over_from",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "takeover_reason",
                    models.CharField(
                        blank=True, max_length=500, verbose_name="Grund der Übernahme"
                    ),
                ),
                (
                    "conflict_declared_at",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="Befangenheit erklärt"
                    ),
                ),
                (
                    "conflict_reason",
                    models.CharField(
                        blank=True, max_length=500, verbose_name="Grund der Befangenheit"
                    ),
                ),
            ],
            options={
                "verbose_name": "Bewertung",
                "verbose_name_plural": "Bewertungen",
                "ordering": ("application", "pk"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("conflict_declared_at", None)),
                        fields=["application"],
                        name="review_counted_idx",
                    ),
                    models.Index(
                        condition=models.Q(("conflict_declared_at", None), ("scored_at", None)),
                        fields=["application"],
                        name="review_open_idx",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("application", "juror"), name="review_unique"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("participation_score", None), ("score", None), ("scored_at", None)
                            ),
                            models.Q(
                                ("participation_score__isnull", False),
                                ("score__isnull", False),
                                ("scored_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="review_scored_means_scores",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("conflict_declared_at", None),
                            models.Q(("conflict_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="review_conflict_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("taken_over_from", None),
                            models.Q(("taken_over_from", models.F("juror")), _negated=True),
                            _connector="OR",
                        ),
                        name="review_taken_over_from_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CriterionScore",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="points",
                        to="applications.review",
                    ),
                ),
                (
                    "criterion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="applications.criterion",
                    ),
                ),
                (
                    "points",
                    models.DecimalField(decimal_places=1, max_digits=4, verbose_name="Punkte"),
                ),
            ],
            options={
                "verbose_name": "Punkte",
                "verbose_name_plural": "Punkte",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("review", "criterion"), name="criterion_score_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("points__gte", Decimal(0)), ("points__lte", Decimal(10))
                        ),
                        name="criterion_score_0_to_10",
                        violation_error_message="Vergeben Sie 0 bis 10 Punkte.",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="StatusChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="status_changes",
                        to="applications.application",
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("submit", "Einreichen"),
                            ("enter", "Für andere erfassen"),
                            ("take_up", "In Prüfung nehmen"),
                            ("request_changes", "Nachfordern"),
                            ("resubmit", "Nachgebessert einreichen"),
                            ("enter_correction", "Nachbesserung erfassen"),
                            ("resume", "Prüfung fortsetzen"),
                            ("declare_eligible", "Förderfähigkeit feststellen"),
                            ("propose_award", "Bewilligung vorschlagen"),
                            ("propose_rejection", "Ablehnung vorschlagen"),
                            ("propose_waiting_list", "Nachrückliste vorschlagen"),
                            ("send_back", "Zurückgeben"),
                            ("approve", "Entscheiden"),
                            ("take_back", "Entscheidung zurücknehmen"),
                            ("close_year", "Nachrückliste schließen"),
                            ("withdraw", "Zurückziehen"),
                        ],
                        max_length=25,
                        verbose_name="Schritt",
                    ),
                ),
                (
                    "from_state",
                    models.CharField(
                        choices=[
                            ("draft", "Entwurf"),
                            ("submitted", "Eingereicht"),
                            ("in_review", "In Prüfung"),
                            ("changes_requested", "Nachforderung"),
                            ("eligible", "Förderfähig"),
                            ("proposed", "Zur Entscheidung"),
                            ("awarded", "Bewilligt"),
                            ("rejected", "Abgelehnt"),
                            ("waitlisted", "Nachrückliste"),
                            ("withdrawn", "Zurückgezogen"),
                        ],
                        max_length=20,
                        verbose_name="Von",
                    ),
                ),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("draft", "Entwurf"),
                            ("submitted", "Eingereicht"),
                            ("in_review", "In Prüfung"),
                            ("changes_requested", "Nachforderung"),
                            ("eligible", "Förderfähig"),
                            ("proposed", "Zur Entscheidung"),
                            ("awarded", "Bewilligt"),
                            ("rejected", "Abgelehnt"),
                            ("waitlisted", "Nachrückliste"),
                            ("withdrawn", "Zurückgezogen"),
                        ],
                        max_length=20,
                        verbose_name="Nach",
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Durch",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="Zeitpunkt")),
                ("reason", models.TextField(blank=True, verbose_name="Grund")),
            ],
            options={
                "verbose_name": "Schritt",
                "verbose_name_plural": "Verlauf",
                "ordering": ("at", "pk"),
                "indexes": [
                    models.Index(fields=["at"], name="status_change_at_idx"),
                    models.Index(
                        fields=["application", "actor", "action"], name="status_change_case_idx"
                    ),
                ],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Submission",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submissions",
                        to="applications.application",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="Fassung")),
                (
                    "submitted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("submitted_at", models.DateTimeField(verbose_name="Eingereicht")),
                (
                    "received_date",
                    models.DateField(blank=True, null=True, verbose_name="Auf Papier eingegangen"),
                ),
                ("digest", models.CharField(max_length=64, verbose_name="Prüfsumme")),
            ],
            options={
                "verbose_name": "Einreichung",
                "verbose_name_plural": "Einreichungen",
                "ordering": ("application", "number"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("application", "number"), name="submission_number_unique"
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="SubmissionContent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="content",
                        to="applications.submission",
                    ),
                ),
                ("salt", models.CharField(max_length=64)),
                ("data", models.JSONField(verbose_name="Inhalt")),
            ],
            options={
                "verbose_name": "Inhalt einer Einreichung",
                "verbose_name_plural": "Inhalte von Einreichungen",
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="CorrectionRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="correction_requests",
                        to="applications.application",
                    ),
                ),
                (
                    "fields",
                    models.JSONField(
                        help_text="Namen der Felder, die nachzubessern sind.", verbose_name="Felder"
                    ),
                ),
                (
                    "message",
                    models.TextField(max_length=4000, verbose_name="Was fehlt oder zu ändern ist"),
                ),
                (
                    "words",
                    models.JSONField(
                        blank=True, default=dict, verbose_name="Worte zu einzelnen Feldern"
                    ),
                ),
                ("due_at", models.DateTimeField(verbose_name="Frist")),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("requested_at", models.DateTimeField(verbose_name="Gestellt")),
                (
                    "reminded_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="Erinnert"),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="Erledigt")),
            ],
            options={
                "verbose_name": "Nachforderung",
                "verbose_name_plural": "Nachforderungen",
                "ordering": ("requested_at", "pk"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at", None)),
                        fields=["due_at", "application"],
                        name="correction_request_due_idx",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("application",),
                        name="correction_request_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("requested_at__lt", models.F("due_at"))),
                        name="correction_request_due_later",
                        violation_error_message="Die Frist liegt in der Zukunft.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CorrectionExtension",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extensions",
                        to="applications.correctionrequest",
                    ),
                ),
                ("previous_due_at", models.DateTimeField(verbose_name="Bisherige Frist")),
                ("due_at", models.DateTimeField(verbose_name="Neue Frist")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="Grund")),
                (
                    "extended_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("extended_at", models.DateTimeField(verbose_name="Verlängert")),
            ],
            options={
                "verbose_name": "Fristverlängerung",
                "verbose_name_plural": "Fristverlängerungen",
                "ordering": ("extended_at", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("previous_due_at__lt", models.F("due_at"))),
                        name="correction_extension_is_longer",
                        violation_error_message="Die neue Frist liegt nach der bisherigen.",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="applications.application",
                    ),
                ),
                (
                    "file",
                    models.FileField(
                        blank=True,
                        upload_to=applications.models.attachment.storage_name,
                        verbose_name="Datei",
                    ),
                ),
                (
                    "preview",
                    models.FileField(
                        blank=True,
                        editable=False,
                        upload_to=applications.models.attachment.storage_name,
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=150, verbose_name="Dateiname")),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("cooperation", "Vereinbarung oder Zusage von Bündnispartnern"),
                            ("consent", "Einverständnis der Gemeinde oder Stadt"),
                            ("statutes", "Satzung oder Registerauszug"),
                            ("offer", "Angebot oder Kostenschätzung"),
                            ("concept", "Konzept oder Zeitplan"),
                            ("picture", "Bild oder Plan"),
                            ("other", "Anderes"),
                        ],
                        max_length=20,
                        verbose_name="Art",
                    ),
                ),
                (
                    "description",
                    models.CharField(blank=True, max_length=200, verbose_name="Beschreibung"),
                ),
                (
                    "media_type",
                    models.CharField(
                        choices=[
                            ("application/pdf", "PDF"),
                            ("image/jpeg", "Bild (JPEG)"),
                            ("image/png", "Bild (PNG)"),
                            ("image/webp", "Bild (WebP)"),
                            (
                                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                                "Word-Dokument",
                            ),
                            (
                                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                                "Excel-Tabelle",
                            ),
                            (
                                "application/vnd.openxmlformats-officedocument.presentationml.presentation",
                                "PowerPoint-Präsentation",
                            ),
                            (
                                "application/vnd.oasis.opendocument.text",
                                "Textdokument (OpenDocument)",
                            ),
                            (
                                "application/vnd.oasis.opendocument.spreadsheet",
                                "Tabelle (OpenDocument)",
                            ),
                            (
                                "application/vnd.oasis.opendocument.presentation",
                                "Präsentation (OpenDocument)",
                            ),
                        ],
                        max_length=100,
                        verbose_name="Format",
                    ),
                ),
                ("size", models.PositiveIntegerField(verbose_name="Größe in Byte")),
                ("digest", models.CharField(blank=True, max_length=64, verbose_name="Prüfsumme")),
                ("received_digest", models.CharField(blank=True, editable=False, max_length=64)),
                (
                    "scan_state",
                    models.CharField(
                        choices=[
                            ("not_scanned", "Ohne Virenprüfung"),
                            ("waiting", "Wird geprüft"),
                            ("clean", "Geprüft"),
                            ("infected", "Gesperrt"),
                        ],
                        max_length=15,
                        verbose_name="Virenprüfung",
                    ),
                ),
                (
                    "scanned_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="Auf Viren geprüft"),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Hochgeladen von",
                    ),
                ),
                ("uploaded_at", models.DateTimeField(verbose_name="Hochgeladen")),
                (
                    "submission",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="applications.submission",
                    ),
                ),
                (
                    "removed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="Entfernt"),
                ),
            ],
            options={
                "verbose_name": "Anlage",
                "verbose_name_plural": "Anlagen",
                "ordering": ("uploaded_at", "pk"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("scan_state", "waiting")),
                        fields=["uploaded_at"],
                        name="attachment_waiting_idx",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("removed_at", None), models.Q(("received_digest", ""), _negated=True)
                        ),
                        fields=("application", "received_digest"),
                        name="attachment_each_file_once",
                        violation_error_message="Diese Datei gehört schon zu Ihrem Antrag.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("scan_state__in", ["not_scanned", "waiting", "clean", "infected"])
                        ),
                        name="attachment_scan_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("scan_state__in", ["clean", "infected"]),
                                ("scanned_at__isnull", False),
                            ),
                            models.Q(
                                ("scan_state__in", ["not_scanned", "waiting"]), ("scanned_at", None)
                            ),
                            _connector="OR",
                        ),
                        name="attachment_scanned_means_scanned_at",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "media_type__in",
                                [
                                    "application/pdf",
                                    "image/jpeg",
                                    "image/png",
                                    "image/webp",
                                    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                                    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
                                    "application/vnd.oasis.opendocument.text",
                                    "application/vnd.oasis.opendocument.spreadsheet",
                                    "application/vnd.oasis.opendocument.presentation",
                                ],
                            )
                        ),
                        name="attachment_media_type_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("size__gt", 0)), name="attachment_is_not_empty"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BudgetLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="budget_lines",
                        to="applications.application",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("cost", "Ausgaben"),
                            ("own_funds", "Eigenmittel"),
                            ("third_party", "Drittmittel"),
                            ("income", "Einnahmen"),
                        ],
                        max_length=12,
                        verbose_name="Art",
                    ),
                ),
                ("description", models.CharField(max_length=200, verbose_name="Bezeichnung")),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=12, verbose_name="Betrag"),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "verbose_name": "Zeile des Kosten- und Finanzierungsplans",
                "verbose_name_plural": "Kosten- und Finanzierungsplan",
                "ordering": ("kind", "position", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0)),
                        name="budget_line_not_negative",
                        violation_error_message="Beträge im Plan sind nicht negativ.",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Deputyship",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deputyships",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Sachbearbeitung",
                    ),
                ),
                (
                    "deputy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stands_in",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Vertretung",
                    ),
                ),
                ("first_day", models.DateField(verbose_name="Erster Tag")),
                ("last_day", models.DateField(verbose_name="Letzter Tag")),
                ("named_at", models.DateTimeField(verbose_name="Eingetragen")),
                (
                    "ended_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="Vorzeitig beendet"),
                ),
            ],
            options={
                "verbose_name": "Vertretung",
                "verbose_name_plural": "Vertretungen",
                "ordering": ("first_day", "pk"),
                "indexes": [models.Index(fields=["last_day"], name="deputyship_last_day_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("officer", models.F("deputy")), _negated=True),
                        name="deputyship_two_persons",
                        violation_error_message="Niemand vertritt sich selbst.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("first_day__lte", models.F("last_day"))),
                        name="deputyship_ends_after_it_begins",
                        violation_error_message="Der letzte Tag liegt vor dem ersten. Bitte ändern Sie einen der beiden Tage.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InternalNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notes",
                        to="applications.application",
                    ),
                ),
                ("text", models.TextField(blank=True, max_length=4000, verbose_name="Vermerk")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Geschrieben von",
                    ),
                ),
                ("written_at", models.DateTimeField(verbose_name="Geschrieben")),
            ],
            options={
                "verbose_name": "Vermerk",
                "verbose_name_plural": "Vermerke",
                "ordering": ("written_at", "pk"),
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="follow_ups",
                        to="applications.application",
                    ),
                ),
                ("due_date", models.DateField(verbose_name="Wiedervorlage am")),
                ("words", models.CharField(max_length=300, verbose_name="Wozu")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="follow_ups",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Für",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="Angelegt")),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="Erledigt")),
            ],
            options={
                "verbose_name": "Wiedervorlage",
                "verbose_name_plural": "Wiedervorlagen",
                "ordering": ("due_date", "pk"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at", None)),
                        fields=["person", "due_date"],
                        name="follow_up_open_idx",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_at", None), ("done_by", None)),
                            models.Q(("done_at__isnull", False), ("done_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="follow_up_done_by_whom",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ApplicantMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="applications.application",
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=150, verbose_name="Betreff")),
                ("text", models.TextField(blank=True, max_length=4000, verbose_name="Nachricht")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Geschrieben von",
                    ),
                ),
                ("written_at", models.DateTimeField(verbose_name="Geschrieben")),
            ],
            options={
                "verbose_name": "Nachricht an das Bündnis",
                "verbose_name_plural": "Nachrichten an das Bündnis",
                "ordering": ("written_at", "pk"),
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="ConflictRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conflict_records",
                        to="applications.application",
                        verbose_name="Antrag",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conflict_records",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Person",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("declared", "Selbst erklärt"),
                            ("recorded", "Vom Ministerium eingetragen"),
                            ("lifted", "Mitwirkung zugelassen"),
                        ],
                        max_length=10,
                        verbose_name="Art",
                    ),
                ),
                ("reason", models.CharField(max_length=500, verbose_name="Grund")),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Eingetragen von",
                    ),
                ),
                ("recorded_at", models.DateTimeField(verbose_name="Eingetragen")),
            ],
            options={
                "verbose_name": "Befangenheit",
                "verbose_name_plural": "Befangenheiten",
                "ordering": ("application", "pk"),
                "indexes": [
                    models.Index(fields=["application", "person"], name="conflict_of_person_idx")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "declared"), ("recorded_by", models.F("person"))),
                            models.Q(
                                models.Q(("kind", "declared"), _negated=True),
                                models.Q(("recorded_by", models.F("person")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="conflict_by_oneself_is_declared",
                        violation_error_message="Über die eigene Befangenheit entscheidet jemand anderes.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["declared", "recorded", "lifted"])),
                        name="conflict_kind_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsentRequest",
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
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consent_requests",
                        to="applications.application",
                    ),
                ),
                (
                    "municipality",
                    models.CharField(max_length=200, verbose_name="Gemeinde, Stadt oder Landkreis"),
                ),
                ("lead_name", models.CharField(max_length=200, verbose_name="Antragsteller")),
                ("alliance_name", models.CharField(max_length=200, verbose_name="Lokales Bündnis")),
                ("title", models.CharField(max_length=120, verbose_name="Titel des Vorhabens")),
            ],
            options={
                "verbose_name": "Zustimmung der Gemeinde",
                "verbose_name_plural": "Zustimmungen der Gemeinden",
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
                        name="consentrequest_answer_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answered_at", None), ("withdrawn_at", None), _connector="OR"
                        ),
                        name="consentrequest_answered_or_withdrawn",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answered_at__isnull", False),
                            models.Q(("person_function", ""), ("person_name", ""), ("remark", "")),
                            _connector="OR",
                        ),
                        name="consentrequest_nobody_before_the_answer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("words", ""), _negated=True),
                            models.Q(("words_digest", ""), _negated=True),
                        ),
                        name="consentrequest_has_words",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("answered_at", None), ("withdrawn_at", None)),
                        fields=("application",),
                        name="consentrequest_one_open_per_application",
                        violation_error_message="Die Gemeinde ist schon gefragt.",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="SelectionRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "programme_year",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="selection_runs",
                        to="funding.programmeyear",
                        verbose_name="Programmjahr",
                    ),
                ),
                (
                    "source_state",
                    models.CharField(
                        choices=[("eligible", "Förderfähig"), ("waitlisted", "Nachrückliste")],
                        max_length=20,
                        verbose_name="Auswahl aus",
                    ),
                ),
                (
                    "policy",
                    models.CharField(
                        choices=[
                            (
                                "strict",
                                "Streng: beim ersten Antrag, der nicht ganz passt, ist Schluss",
                            ),
                            ("fill", "Auffüllend: was nicht passt, wird übersprungen"),
                        ],
                        max_length=10,
                        verbose_name="Verfahren",
                    ),
                ),
                ("seed", models.CharField(max_length=64, verbose_name="Startwert der Lose")),
                ("inputs", models.JSONField(verbose_name="Eingaben")),
                ("result", models.JSONField(verbose_name="Ergebnis")),
                (
                    "started_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Gestartet von",
                    ),
                ),
                ("started_at", models.DateTimeField(verbose_name="Gestartet")),
            ],
            options={
                "verbose_name": "Auswahl",
                "verbose_name_plural": "Auswahlen",
                "ordering": ("-started_at", "-pk"),
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="applications.application",
                        verbose_name="Antrag",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("award", "Bewilligung"),
                            ("rejection", "Ablehnung"),
                            ("waiting_list", "Nachrückliste"),
                        ],
                        max_length=15,
                        verbose_name="Art",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=12,
                        null=True,
                        verbose_name="Betrag",
                    ),
                ),
                ("reason", models.TextField(max_length=4000, verbose_name="Begründung")),
                (
                    "source_state",
                    models.CharField(
                        choices=[
                            ("draft", "Entwurf"),
                            ("submitted", "Eingereicht"),
                            ("in_review", "In Prüfung"),
                            ("changes_requested", "Nachforderung"),
                            ("eligible", "Förderfähig"),
                            ("proposed", "Zur Entscheidung"),
                            ("awarded", "Bewilligt"),
                            ("rejected", "Abgelehnt"),
                            ("waitlisted", "Nachrückliste"),
                            ("withdrawn", "Zurückgezogen"),
                        ],
                        max_length=20,
                        verbose_name="Vorgeschlagen aus",
                    ),
                ),
                (
                    "selection_run",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="applications.selectionrun",
                    ),
                ),
                (
                    "closes_year",
                    models.BooleanField(default=False, verbose_name="Schließt die Nachrückliste"),
                ),
                (
                    "checked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Geprüft von",
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
                ("basis_digest", models.CharField(editable=False, max_length=64)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("open", "Offen"),
                            ("approved", "Entschieden"),
                            ("sent_back", "Zurückgegeben"),
                            ("taken_back", "Zurückgenommen"),
                            ("lapsed", "Erledigt durch Rücknahme des Antrags"),
                        ],
                        default="open",
                        max_length=12,
                        verbose_name="Ausgang",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Entschieden von",
                    ),
                ),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="Entschieden"),
                ),
                (
                    "send_back_reason",
                    models.TextField(
                        blank=True, max_length=2000, verbose_name="Grund der Rückgabe"
                    ),
                ),
                (
                    "award",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decision",
                        to="funding.award",
                    ),
                ),
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
                    models.TextField(
                        blank=True, max_length=2000, verbose_name="Grund der Rücknahme"
                    ),
                ),
                (
                    "announced_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Bekannt gegeben von",
                    ),
                ),
                (
                    "announced_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="Bekannt gegeben"),
                ),
            ],
            options={
                "verbose_name": "Entscheidung",
                "verbose_name_plural": "Entscheidungen",
                "ordering": ("-proposed_at", "-pk"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("announced_at", None), ("outcome", "approved")),
                        fields=["application"],
                        name="decision_unannounced_idx",
                    ),
                    models.Index(fields=["-proposed_at", "-id"], name="decision_proposed_idx"),
                    models.Index(
                        fields=["outcome", "-proposed_at", "-id"], name="decision_outcome_idx"
                    ),
                    models.Index(fields=["kind", "-proposed_at", "-id"], name="decision_kind_idx"),
                    models.Index(
                        fields=["amount", "-proposed_at", "-id"], name="decision_amount_idx"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("outcome", "open")),
                        fields=("application",),
                        name="decision_one_open",
                        violation_error_message="Für diesen Antrag liegt schon ein Vorschlag vor.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("announced_at", None), ("outcome", "approved")),
                        fields=("application",),
                        name="decision_one_unannounced",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount__gt", 0), ("kind", "award")),
                            models.Q(models.Q(("kind", "award"), _negated=True), ("amount", None)),
                            _connector="OR",
                        ),
                        name="decision_amount_matches_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="decision_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closes_year", False), ("kind", "rejection"), _connector="OR"
                        ),
                        name="decision_closing_rejects",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("decided_by", None)),
                            models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="decision_decided_by_whom_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("outcome", "open")),
                            ("outcome", "lapsed"),
                            models.Q(
                                ("outcome__in", ["approved", "sent_back", "taken_back"]),
                                ("decided_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="decision_outcome_matches_decided",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", None),
                            models.Q(
                                models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                                models.Q(
                                    ("checked_by", None),
                                    models.Q(("decided_by", models.F("checked_by")), _negated=True),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="decision_four_eyes",
                        violation_error_message="Wer einen Antrag geprüft oder vorgeschlagen hat, entscheidet nicht über ihn.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("outcome", "taken_back"),
                                ("taken_back_at__isnull", False),
                                ("taken_back_by__isnull", False),
                                models.Q(("take_back_reason", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("outcome", "taken_back"), _negated=True),
                                ("taken_back_at", None),
                                ("taken_back_by", None),
                            ),
                            _connector="OR",
                        ),
                        name="decision_taken_back_by_whom_when_and_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("taken_back_by", None),
                            models.Q(("taken_back_by", models.F("decided_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="decision_taken_back_by_another",
                        violation_error_message="Eine Entscheidung nimmt eine andere Person zurück als die, die sie traf.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("announced_at", None), ("announced_by", None)),
                            models.Q(
                                ("announced_at__isnull", False),
                                ("announced_by__isnull", False),
                                ("outcome", "approved"),
                            ),
                            _connector="OR",
                        ),
                        name="decision_announced_means_approved",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("announced_at__isnull", False), ("kind__in", ["award", "rejection"])
                        ),
                        fields=("application",),
                        name="decision_one_announced_ending",
                        violation_error_message="Zu diesem Antrag ist schon eine Bewilligung oder Ablehnung bekannt gegeben.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("award__isnull", False),
                                ("kind", "award"),
                                ("outcome__in", ["approved", "taken_back"]),
                            ),
                            ("outcome", "lapsed"),
                            models.Q(
                                models.Q(
                                    ("kind", "award"),
                                    ("outcome__in", ["approved", "taken_back"]),
                                    _negated=True,
                                ),
                                ("award", None),
                            ),
                            _connector="OR",
                        ),
                        name="decision_award_matches_outcome",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DecisionBasis",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "decision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="basis",
                        to="applications.decision",
                    ),
                ),
                ("content", models.JSONField(verbose_name="Inhalt")),
            ],
            options={
                "verbose_name": "Grundlage einer Entscheidung",
                "verbose_name_plural": "Grundlagen von Entscheidungen",
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="JuryDraw",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "programme_year",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="jury_draws",
                        to="funding.programmeyear",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("seed", models.CharField(max_length=64, verbose_name="Startwert der Lose")),
                (
                    "per_application",
                    models.PositiveSmallIntegerField(verbose_name="Bewertungen je Antrag"),
                ),
                ("inputs", models.JSONField(verbose_name="Eingaben")),
                ("result", models.JSONField(verbose_name="Ergebnis")),
                (
                    "drawn_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("drawn_at", models.DateTimeField(verbose_name="Verteilt")),
            ],
            options={
                "verbose_name": "Verteilung auf die Jury",
                "verbose_name_plural": "Verteilungen auf die Jury",
                "ordering": ("programme_year", "number"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("programme_year", "number"), name="jury_draw_number_unique"
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="LateRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="late_requests",
                        to="applications.application",
                    ),
                ),
                ("reason", models.TextField(max_length=2000, verbose_name="Was Sie gehindert hat")),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Erbeten von",
                    ),
                ),
                ("requested_at", models.DateTimeField(verbose_name="Erbeten")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("open", "Offen"),
                            ("admitted", "Zugelassen"),
                            ("declined", "Nicht zugelassen"),
                            ("lapsed", "Erledigt"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="Ausgang",
                    ),
                ),
                (
                    "answer",
                    models.TextField(
                        blank=True, max_length=2000, verbose_name="Antwort an das Bündnis"
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Beantwortet von",
                    ),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="Erledigt")),
            ],
            options={
                "verbose_name": "Bitte um verspätete Zulassung",
                "verbose_name_plural": "Bitten um verspätete Zulassung",
                "ordering": ("requested_at", "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("outcome", "open")),
                        fields=("application",),
                        name="late_request_one_open",
                        violation_error_message="Ihr Bündnis hat schon darum gebeten, verspätet zugelassen zu werden.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome__in", ["open", "admitted", "declined", "lapsed"])
                        ),
                        name="late_request_outcome_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at", None), ("closed_by", None), ("outcome", "open")),
                            models.Q(
                                ("closed_at__isnull", False),
                                ("closed_by", None),
                                ("outcome", "lapsed"),
                            ),
                            models.Q(
                                ("closed_at__isnull", False),
                                ("closed_by__isnull", False),
                                ("outcome__in", ["admitted", "declined"]),
                            ),
                            _connector="OR",
                        ),
                        name="late_request_closed_by_whom_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_by", None),
                            models.Q(("closed_by", models.F("requested_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="late_request_not_answered_by_its_author",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="SharingChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sharing_changes",
                        to="applications.application",
                    ),
                ),
                ("is_shared", models.BooleanField(verbose_name="Freigegeben")),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Person",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="Zeitpunkt")),
            ],
            options={
                "verbose_name": "Freigabe eines Entwurfs",
                "verbose_name_plural": "Freigaben von Entwürfen",
                "ordering": ("at", "pk"),
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="TextBlock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=100, verbose_name="Titel")),
                ("words", models.TextField(max_length=1000, verbose_name="Text")),
                ("field", models.CharField(blank=True, max_length=40, verbose_name="Feld")),
                ("is_active", models.BooleanField(default=True, verbose_name="Wird angeboten")),
                (
                    "updated_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Zuletzt geändert von",
                    ),
                ),
                ("updated_at", models.DateTimeField(verbose_name="Zuletzt geändert")),
            ],
            options={
                "verbose_name": "Textbaustein",
                "verbose_name_plural": "Textbausteine",
                "ordering": ("title", "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("title",),
                        name="text_block_title_unique",
                        violation_error_message="Einen Textbaustein mit diesem Titel gibt es schon.",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="WaitingListClosing",
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
                    "programme_year",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="closings",
                        to="funding.programmeyear",
                        verbose_name="Programmjahr",
                    ),
                ),
                ("reason", models.TextField(max_length=2000, verbose_name="Grund")),
            ],
            options={
                "verbose_name": "Schließung der Nachrückliste",
                "verbose_name_plural": "Schließungen der Nachrückliste",
                "ordering": ("-proposed_at", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="waiting_list_closing_reasoned",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("declined_at", None)),
                        fields=("programme_year",),
                        name="waiting_list_closing_one_standing",
                        violation_error_message="Die Nachrückliste dieses Jahres ist geschlossen, oder ihre Schließung ist schon vorgeschlagen.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at", None), ("confirmed_by", None)),
                            models.Q(
                                ("confirmed_at__isnull", False), ("confirmed_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="waiting_list_closing_confirmed_by_whom_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("declined_at", None), ("declined_by", None)),
                            models.Q(
                                ("declined_at__isnull", False), ("declined_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="waiting_list_closing_declined_by_whom_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_at", None), ("declined_at", None), _connector="OR"
                        ),
                        name="waiting_list_closing_confirmed_or_declined",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by", None),
                            models.Q(("confirmed_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="waiting_list_closing_four_eyes",
                        violation_error_message="Wer die Schließung vorgeschlagen hat, bestätigt sie nicht. Bitte eine andere zeichnungsberechtigte Person darum.",
                    ),
                ],
                "indexes": [],
            },
        ),
    ]

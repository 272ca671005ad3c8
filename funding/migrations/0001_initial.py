from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("buendnisse", "0001_initial"),
        ("buendnisse", "__first__"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProgrammeYear",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "year",
                    models.PositiveSmallIntegerField(unique=True, verbose_name="Programmjahr"),
                ),
                ("call_opens_at", models.DateTimeField(verbose_name="Förderaufruf öffnet")),
                (
                    "call_closes_at",
                    models.DateTimeField(
                        help_text="Die letzte Sekunde zählt noch.",
                        verbose_name="Förderaufruf schließt",
                    ),
                ),
                (
                    "standard_cap",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("15000.00"),
                        max_digits=12,
                        verbose_name="Regelbetrag",
                    ),
                ),
                (
                    "large_city_cap",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("50000.00"),
                        max_digits=12,
                        verbose_name="Höchstbetrag für große Städte",
                    ),
                ),
                (
                    "district_cap",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("50000.00"),
                        max_digits=12,
                        verbose_name="Höchstbetrag für Land- und Stadtkreise",
                    ),
                ),
                (
                    "large_city_population",
                    models.PositiveIntegerField(
                        default=100000, verbose_name="Große Stadt ab (Einwohner)"
                    ),
                ),
                (
                    "min_own_share_percent",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal(0)),
                            django.core.validators.MaxValueValidator(Decimal(100)),
                        ],
                        verbose_name="Mindestanteil eigener Mittel (Prozent)",
                    ),
                ),
                (
                    "max_grant_share_percent",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("100.00"),
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal(0)),
                            django.core.validators.MaxValueValidator(Decimal(100)),
                        ],
                        verbose_name="Höchstanteil der Zuwendung (Prozent)",
                    ),
                ),
                (
                    "correction_days",
                    models.PositiveSmallIntegerField(
                        default=14, verbose_name="Frist für Nachforderungen (Tage)"
                    ),
                ),
                (
                    "required_attachments",
                    models.JSONField(blank=True, default=list, verbose_name="Nötige Anlagen"),
                ),
                (
                    "correction_reminder_days",
                    models.PositiveSmallIntegerField(
                        default=3,
                        help_text="0 heißt: keine Erinnerung.",
                        verbose_name="Erinnerung vor dem Ende der Frist (Tage)",
                    ),
                ),
                (
                    "waiting_list_closed_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        null=True,
                        verbose_name="Nachrückliste geschlossen",
                    ),
                ),
            ],
            options={
                "verbose_name": "Programmjahr",
                "verbose_name_plural": "Programmjahre",
                "ordering": ("-year",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("call_opens_at__lt", models.F("call_closes_at"))),
                        name="programme_year_call_opens_before_it_closes",
                        violation_error_message="Der Förderaufruf muss öffnen, bevor er schließt.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("district_cap__gt", 0),
                            ("large_city_cap__gt", 0),
                            ("standard_cap__gt", 0),
                        ),
                        name="programme_year_caps_positive",
                        violation_error_message="Höchstbeträge sind größer als 0 €.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("min_own_share_percent__range", (0, 100)),
                            ("max_grant_share_percent__range", (0, 100)),
                        ),
                        name="programme_year_shares_are_percentages",
                        violation_error_message="Anteile liegen zwischen 0 und 100 Prozent.",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Award",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("search_text", models.TextField(blank=True, default="", editable=False)),
                (
                    "programme_year",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="awards",
                        to="funding.programmeyear",
                        verbose_name="Programmjahr",
                    ),
                ),
                (
                    "alliance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="awards",
                        to="buendnisse.alliance",
                        verbose_name="Lokales Bündnis",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="awards",
                        to="buendnisse.memberorganisation",
                        verbose_name="Zuwendungsempfänger",
                    ),
                ),
                ("recipient_name", models.CharField(max_length=200, verbose_name="Antragsteller")),
                ("reference", models.CharField(max_length=30, verbose_name="Aktenzeichen")),
                ("purpose", models.CharField(max_length=200, verbose_name="Vorhaben")),
                (
                    "district",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="awards",
                        to="buendnisse.district",
                        verbose_name="Liegt im Kreis",
                    ),
                ),
                (
                    "territory_kind",
                    models.CharField(
                        choices=[
                            ("stadtkreis", "Stadtkreis"),
                            ("landkreis", "Landkreis"),
                            ("town", "Stadt"),
                            ("municipality", "Gemeinde"),
                        ],
                        max_length=12,
                        verbose_name="Art des Gebiets",
                    ),
                ),
                (
                    "territory_name",
                    models.CharField(max_length=120, verbose_name="Gefördertes Gebiet"),
                ),
                (
                    "requested_amount",
                    models.DecimalField(decimal_places=2, max_digits=12, verbose_name="Beantragt"),
                ),
                (
                    "eligible_amount",
                    models.DecimalField(decimal_places=2, max_digits=12, verbose_name="Anerkannt"),
                ),
                (
                    "cap",
                    models.DecimalField(
                        decimal_places=2, max_digits=12, verbose_name="Höchstbetrag"
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=12, verbose_name="Förderung"),
                ),
                (
                    "released",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        editable=False,
                        max_digits=12,
                        verbose_name="Zurückgegeben",
                    ),
                ),
                (
                    "awarded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Bewilligt von",
                    ),
                ),
                ("awarded_at", models.DateTimeField(verbose_name="Bewilligt")),
                (
                    "announced_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="Bekannt gegeben"),
                ),
                (
                    "cancelled_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="Zurückgenommen"),
                ),
            ],
            options={
                "verbose_name": "Zuwendung",
                "verbose_name_plural": "Zuwendungen",
                "ordering": ("-programme_year__year", "reference"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("cancelled_at", None)),
                        fields=["-programme_year", "reference", "id"],
                        name="award_order_idx",
                    ),
                    models.Index(
                        condition=models.Q(("cancelled_at", None)),
                        fields=["reference", "-programme_year", "id"],
                        name="award_reference_idx",
                    ),
                    models.Index(
                        django.db.models.expressions.CombinedExpression(
                            models.F("amount"), "-", models.F("released")
                        ),
                        models.OrderBy(models.F("programme_year"), descending=True),
                        models.OrderBy(models.F("reference")),
                        models.OrderBy(models.F("id")),
                        condition=models.Q(("cancelled_at", None)),
                        name="award_amount_idx",
                    ),
                    models.Index(
                        condition=models.Q(("cancelled_at", None)),
                        fields=["awarded_at", "-programme_year", "reference", "id"],
                        name="award_day_idx",
                    ),
                    models.Index(
                        condition=models.Q(("announced_at__isnull", False), ("cancelled_at", None)),
                        fields=["programme_year", "reference"],
                        name="award_announced_idx",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("cancelled_at", None)),
                        fields=("reference",),
                        name="award_reference_unique",
                        violation_error_message="Für dieses Aktenzeichen gibt es schon eine Zuwendung.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("cancelled_at", None)),
                        fields=("programme_year", "alliance"),
                        name="award_one_per_alliance_and_year",
                        violation_error_message="Dieses Bündnis hat in diesem Jahr schon eine Zuwendung.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount__gt", 0),
                            ("amount__lte", models.F("cap")),
                            ("amount__lte", models.F("eligible_amount")),
                            ("eligible_amount__lte", models.F("requested_amount")),
                        ),
                        name="award_within_cap_and_eligible_amount",
                        violation_error_message="Eine Zuwendung ist größer als 0 € und höchstens so hoch wie der anerkannte Betrag und der Höchstbetrag.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("released__gte", 0), ("released__lte", models.F("amount"))
                        ),
                        name="award_released_within_amount",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cancelled_at", None),
                            models.Q(("announced_at", None), ("released", models.F("amount"))),
                            _connector="OR",
                        ),
                        name="award_cancelled_only_unannounced_and_released",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AwardChange",
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
                    "award",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="funding.award",
                        verbose_name="Zuwendung",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("renunciation", "Verzicht"),
                            ("reduction", "Kürzung"),
                            ("revocation", "Widerruf"),
                        ],
                        max_length=12,
                        verbose_name="Art",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=12, verbose_name="Betrag"),
                ),
                ("reason", models.CharField(max_length=400, verbose_name="Grund")),
            ],
            options={
                "verbose_name": "Änderung einer Zuwendung",
                "verbose_name_plural": "Änderungen von Zuwendungen",
                "ordering": ("-proposed_at", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["renunciation", "reduction", "revocation"])
                        ),
                        name="award_change_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="award_change_amount_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="award_change_reasoned",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("confirmed_at", None), ("declined_at", None)),
                        fields=("award",),
                        name="award_change_one_open",
                        violation_error_message="Für diese Zuwendung wartet schon eine Änderung. Lassen Sie zuerst über diese entscheiden.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at", None), ("confirmed_by", None)),
                            models.Q(
                                ("confirmed_at__isnull", False), ("confirmed_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="award_change_confirmed_by_whom_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("declined_at", None), ("declined_by", None)),
                            models.Q(
                                ("declined_at__isnull", False), ("declined_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="award_change_declined_by_whom_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_at", None), ("declined_at", None), _connector="OR"
                        ),
                        name="award_change_confirmed_or_declined",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by", None),
                            models.Q(("confirmed_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="award_change_four_eyes",
                        violation_error_message="Wer die Änderung vorgeschlagen hat, bestätigt sie nicht. Bitte eine andere zeichnungsberechtigte Person darum.",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="BudgetFreeze",
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
                        related_name="freezes",
                        to="funding.programmeyear",
                        verbose_name="Programmjahr",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("impose", "Haushaltssperre"),
                            ("lift", "Aufhebung der Haushaltssperre"),
                        ],
                        max_length=6,
                        verbose_name="Art",
                    ),
                ),
                ("reason", models.CharField(max_length=400, verbose_name="Grund")),
            ],
            options={
                "verbose_name": "Haushaltssperre",
                "verbose_name_plural": "Haushaltssperren und Aufhebungen",
                "ordering": ("-proposed_at", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["impose", "lift"])),
                        name="budget_freeze_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="budget_freeze_reasoned",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("confirmed_at", None), ("declined_at", None)),
                        fields=("programme_year",),
                        name="budget_freeze_one_open",
                        violation_error_message="In diesem Programmjahr wartet schon eine Sperre oder Aufhebung auf die zweite Person.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("declined_by", None),
                            ("kind", "lift"),
                            models.Q(("declined_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="budget_freeze_declined_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at", None), ("confirmed_by", None)),
                            models.Q(
                                ("confirmed_at__isnull", False), ("confirmed_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="budget_freeze_confirmed_by_whom_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("declined_at", None), ("declined_by", None)),
                            models.Q(
                                ("declined_at__isnull", False), ("declined_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="budget_freeze_declined_by_whom_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_at", None), ("declined_at", None), _connector="OR"
                        ),
                        name="budget_freeze_confirmed_or_declined",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by", None),
                            models.Q(("confirmed_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="budget_freeze_four_eyes",
                        violation_error_message="Wer die Sperre oder ihre Aufhebung vorgeschlagen hat, bestätigt sie nicht. Bitte eine andere Person aus dem Haushalt darum.",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Tranche",
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
                        related_name="tranches",
                        to="funding.programmeyear",
                        verbose_name="Programmjahr",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(editable=False, verbose_name="Nummer")),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=12, verbose_name="Betrag"),
                ),
                ("value_date", models.DateField(verbose_name="Verfügbar ab")),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("appropriation", "Haushaltsansatz"),
                            ("reallocation", "Umschichtung"),
                            ("carry_over", "Ausgaberest"),
                            ("above_plan", "Überplanmäßig"),
                            ("outside_plan", "Außerplanmäßig"),
                            ("supplementary_budget", "Nachtrag"),
                            ("third_party", "Dritte"),
                        ],
                        max_length=25,
                        verbose_name="Herkunft",
                    ),
                ),
                ("reference", models.CharField(max_length=100, verbose_name="Haushaltsreferenz")),
                (
                    "document",
                    models.FileField(blank=True, upload_to="tranches/", verbose_name="Beleg"),
                ),
                (
                    "committed",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        editable=False,
                        max_digits=12,
                        verbose_name="Gebunden",
                    ),
                ),
                (
                    "paid",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        editable=False,
                        max_digits=12,
                        verbose_name="Ausgezahlt",
                    ),
                ),
                ("ledger_length", models.PositiveIntegerField(default=0, editable=False)),
                ("ledger_head", models.CharField(blank=True, editable=False, max_length=64)),
            ],
            options={
                "verbose_name": "Tranche",
                "verbose_name_plural": "Tranchen",
                "ordering": ("-programme_year__year", "number"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("programme_year", "number"), name="tranche_number_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount__gte", 0), ("amount__lte", Decimal("9999999999.99"))
                        ),
                        name="tranche_amount_in_bounds",
                        violation_error_message="Eine Tranche hat einen Betrag zwischen 0 € und 9.999.999.999,99 €.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "origin__in",
                                [
                                    "appropriation",
                                    "reallocation",
                                    "carry_over",
                                    "above_plan",
                                    "outside_plan",
                                    "supplementary_budget",
                                    "third_party",
                                ],
                            )
                        ),
                        name="tranche_origin_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reference", ""), _negated=True),
                        name="tranche_has_reference",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("committed__gte", 0), ("committed__lte", models.F("amount"))
                        ),
                        name="tranche_committed_within_amount",
                        violation_error_message="So viel Geld hat die Tranche nicht mehr frei.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("paid__gte", 0), ("paid__lte", models.F("committed"))),
                        name="tranche_paid_within_committed",
                        violation_error_message="Es kann nicht mehr ausgezahlt werden, als gebunden ist.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at", None), ("confirmed_by", None)),
                            models.Q(
                                ("confirmed_at__isnull", False), ("confirmed_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="tranche_confirmed_by_whom_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("declined_at", None), ("declined_by", None)),
                            models.Q(
                                ("declined_at__isnull", False), ("declined_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="tranche_declined_by_whom_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_at", None), ("declined_at", None), _connector="OR"
                        ),
                        name="tranche_confirmed_or_declined",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by", None),
                            models.Q(("confirmed_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="tranche_four_eyes",
                        violation_error_message="Wer eine Tranche vorgeschlagen hat, bestätigt sie nicht. Bitte eine andere Person aus dem Haushalt darum.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_at__isnull", False),
                            models.Q(("committed", 0), ("ledger_length", 0)),
                            _connector="OR",
                        ),
                        name="tranche_no_money_before_confirmation",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "tranche",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="funding.tranche",
                        verbose_name="Tranche",
                    ),
                ),
                ("sequence", models.PositiveIntegerField(verbose_name="Laufende Nummer")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("appropriation", "Mittelzuweisung"),
                            ("commitment", "Mittelbindung"),
                            ("release", "Rückgabe"),
                            ("payment", "Auszahlung"),
                            ("repayment", "Rückzahlung"),
                        ],
                        max_length=15,
                        verbose_name="Art",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=12, verbose_name="Betrag"),
                ),
                (
                    "award",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="funding.award",
                        verbose_name="Zuwendung",
                    ),
                ),
                (
                    "booked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Gebucht von",
                    ),
                ),
                ("booked_at", models.DateTimeField(verbose_name="Gebucht")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="Grund")),
                ("reason_salt", models.CharField(blank=True, editable=False, max_length=32)),
                ("reason_digest", models.CharField(editable=False, max_length=64)),
                ("mac", models.CharField(editable=False, max_length=64)),
            ],
            options={
                "verbose_name": "Buchung",
                "verbose_name_plural": "Buchungen",
                "ordering": ("tranche", "sequence"),
                "indexes": [models.Index(fields=["booked_at", "id"], name="ledger_booked_at_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tranche", "sequence"), name="ledger_sequence_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                ["appropriation", "commitment", "release", "payment", "repayment"],
                            )
                        ),
                        name="ledger_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount__gt", 0),
                            models.Q(
                                ("kind", "appropriation"), models.Q(("amount", 0), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="ledger_amount_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("award", None), ("kind", "appropriation")),
                            models.Q(
                                models.Q(("kind", "appropriation"), _negated=True),
                                ("award__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="ledger_award_named_unless_appropriation",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TrancheChange",
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
                    "tranche",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="funding.tranche",
                        verbose_name="Tranche",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=12, verbose_name="Änderung"),
                ),
                ("reason", models.CharField(max_length=380, verbose_name="Grund")),
                ("reference", models.CharField(max_length=100, verbose_name="Haushaltsreferenz")),
                (
                    "document",
                    models.FileField(blank=True, upload_to="tranches/", verbose_name="Beleg"),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tranche_change",
                        to="funding.ledgerentry",
                        verbose_name="Buchung",
                    ),
                ),
            ],
            options={
                "verbose_name": "Änderung einer Tranche",
                "verbose_name_plural": "Änderungen von Tranchen",
                "ordering": ("-proposed_at", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount", 0), _negated=True),
                        name="tranche_change_changes_something",
                        violation_error_message="Die Änderung ist ein Betrag über oder unter 0 €.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="tranche_change_reasoned",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("confirmed_at", None), ("declined_at", None)),
                        fields=("tranche",),
                        name="tranche_change_one_open",
                        violation_error_message="Für diese Tranche wartet schon eine Änderung. Lassen Sie zuerst über diese entscheiden.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at", None), ("entry", None)),
                            models.Q(("confirmed_at__isnull", False), ("entry__isnull", False)),
                            _connector="OR",
                        ),
                        name="tranche_change_confirmed_means_booked",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at", None), ("confirmed_by", None)),
                            models.Q(
                                ("confirmed_at__isnull", False), ("confirmed_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="tranche_change_confirmed_by_whom_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("declined_at", None), ("declined_by", None)),
                            models.Q(
                                ("declined_at__isnull", False), ("declined_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="tranche_change_declined_by_whom_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_at", None), ("declined_at", None), _connector="OR"
                        ),
                        name="tranche_change_confirmed_or_declined",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by", None),
                            models.Q(("confirmed_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="tranche_change_four_eyes",
                        violation_error_message="Wer die Änderung vorgeschlagen hat, bestätigt sie nicht. Bitte eine andere Person aus dem Haushalt darum.",
                    ),
                ],
                "indexes": [],
            },
        ),
    ]

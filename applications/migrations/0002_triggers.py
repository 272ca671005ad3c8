from django.db import migrations

from applications.triggers import (
    ATTACHMENT_TRIGGERS,
    AWARD_CHANGE_TRIGGERS,
    CASE_FILE_TRIGGERS,
    CONFLICT_TRIGGERS,
    CONSENT_TRIGGERS,
    CRITERIA_TRIGGERS,
    DECISION_TRIGGERS,
    EVIDENCE_TRIGGERS,
    HISTORY_TRIGGERS,
    LATE_REQUEST_TRIGGERS,
    NO_TRUNCATE,
)
from applications.year_closing_triggers import NO_TRUNCATE as YEAR_CLOSING_NO_TRUNCATE
from applications.year_closing_triggers import YEAR_CLOSING_TRIGGERS
from buendnisse.search import index_search_text
from buendnisse.triggers import install


class Migration(migrations.Migration):
    dependencies = [("applications", "0001_initial"), ("funding", "0002_triggers")]

    operations = [
        install(
            *HISTORY_TRIGGERS,
            *DECISION_TRIGGERS,
            *YEAR_CLOSING_TRIGGERS,
            *AWARD_CHANGE_TRIGGERS,
            *EVIDENCE_TRIGGERS,
            *CONFLICT_TRIGGERS,
            *LATE_REQUEST_TRIGGERS,
            *CASE_FILE_TRIGGERS,
            *ATTACHMENT_TRIGGERS,
            *CRITERIA_TRIGGERS,
            *CONSENT_TRIGGERS,
            no_truncate=NO_TRUNCATE + YEAR_CLOSING_NO_TRUNCATE,
        ),
        index_search_text("applications_application"),
    ]

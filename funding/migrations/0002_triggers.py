from django.db import migrations

from buendnisse.search import index_search_text
from buendnisse.triggers import install
from funding.triggers import LEDGER_TRIGGERS, MONEY_TRIGGERS, NO_TRUNCATE, STEP_TRIGGERS


class Migration(migrations.Migration):
    dependencies = [("funding", "0001_initial")]

    operations = [
        install(*LEDGER_TRIGGERS, *MONEY_TRIGGERS, *STEP_TRIGGERS, no_truncate=NO_TRUNCATE),
        index_search_text("funding_award", funding_ledgerentry="upper(reason::text)"),
    ]

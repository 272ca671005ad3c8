from django.db import migrations

from buendnisse.alliance_triggers import (
    CONFIRMATION_TRIGGERS,
    INVITATION_TRIGGERS,
    MEMBERSHIP_TRIGGERS,
    NO_TRUNCATE,
)
from buendnisse.letter_triggers import LETTER_TRIGGERS
from buendnisse.letter_triggers import NO_TRUNCATE as LETTER_NO_TRUNCATE
from buendnisse.oversight_triggers import (
    CHANGE_TRIGGERS,
    ERASURE_TRIGGERS,
    EXPORT_TRIGGERS,
    ROLE_TRIGGERS,
)
from buendnisse.oversight_triggers import NO_TRUNCATE as OVERSIGHT_NO_TRUNCATE
from buendnisse.search import index_search_text
from buendnisse.triggers import install


class Migration(migrations.Migration):
    dependencies = [("buendnisse", "0001_initial")]

    operations = [
        install(
            *MEMBERSHIP_TRIGGERS,
            *INVITATION_TRIGGERS,
            *CONFIRMATION_TRIGGERS,
            *ROLE_TRIGGERS,
            *EXPORT_TRIGGERS,
            *CHANGE_TRIGGERS,
            *ERASURE_TRIGGERS,
            *LETTER_TRIGGERS,
            no_truncate=NO_TRUNCATE + OVERSIGHT_NO_TRUNCATE + LETTER_NO_TRUNCATE,
        ),
        index_search_text(
            "buendnisse_alliance",
            "buendnisse_user",
            "buendnisse_outgoingmail",
            buendnisse_searchedword="word",
        ),
    ]

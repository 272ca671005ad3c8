"""The vocabulary behind the search that forgives slips. PostgreSQL alone."""

from typing import Final

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import connection

from buendnisse.models import SearchedWord
from buendnisse.search import SEARCH_COLUMN, SHORTEST_RESEMBLING

# Longer ones are nobody's words, and too long for the index.
_LONGEST: Final = 100
_RENEW: Final = """
    WITH found AS (
        SELECT DISTINCT word
        FROM ({texts}) AS texts, unnest(string_to_array(texts.text, ' ')) AS word
        WHERE length(word) BETWEEN %s AND %s AND word !~ '[0-9]'
    ), gone AS (
        DELETE FROM {words} AS kept WHERE NOT EXISTS (SELECT FROM found WHERE word = kept.word)
    )
    INSERT INTO {words} (word) SELECT word FROM found ON CONFLICT DO NOTHING
"""


def renew_searched_words() -> None:
    """Take over the words that have come into the searched texts, and drop those that have gone.

    One statement, which reads every searched text once. Nothing on other databases than PostgreSQL,
    where no search compares words. Until it runs again, new words are found by the texts
    themselves, and a name that was erased stays here as a word that leads nowhere.
    """
    if connection.vendor != "postgresql":
        return
    quoted = connection.ops.quote_name
    texts = " UNION ALL ".join(
        f"SELECT {quoted(SEARCH_COLUMN)} AS text FROM {quoted(table)}"  # noqa: S608
        for table in _searched_tables()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            _RENEW.format(texts=texts, words=quoted(SearchedWord._meta.db_table)),
            [SHORTEST_RESEMBLING, _LONGEST],
        )


def _searched_tables() -> list[str]:
    tables = []
    for model in apps.get_models():
        try:
            model._meta.get_field(SEARCH_COLUMN)
        except FieldDoesNotExist:
            continue
        tables.append(model._meta.db_table)
    return tables

"""Searching the way people type: without umlauts, without capitals, and with a slip of the finger.

What can be searched is kept in one column ``search_text`` of a table, folded when it is written. A
search folds what was typed in the same way, so both databases find the same with a plain LIKE. On
PostgreSQL a trigram index serves it, and words that are nowhere to be found are tried once more as
words that look alike: those of the vocabulary that come nearest, or else, for what is newer than
it, of the texts themselves.

The fold is made here and not by the database: SQLite knows no letters but those of English, and
a text that is put together from several tables (an application, its alliance, their
organisations) can be no generated column. Kept in one column, one index answers for all of them.
"""

import unicodedata
from collections.abc import Iterable
from typing import Any, Final

from django.db import connection, migrations, models
from django.db.models import Q, QuerySet

from buendnisse.file_numbers import spelled_out

# Every word becomes a condition, and databases take only so many; nobody looks for more at once.
LONGEST_SEARCH: Final = 200
MOST_WORDS: Final = 8
SEARCH_COLUMN: Final = "search_text"
# Shorter words resemble too much, and a number that is one digit off is another number.
SHORTEST_RESEMBLING: Final = 4
# So many of the words that look like one are looked for, the nearest first.
_MOST_ALIKE: Final = 8
# More rows than any table has.
_ALL: Final = 10**9
_SPELLED_OUT: Final = (("ae", "a"), ("oe", "o"), ("ue", "u"))


def fold(text: str) -> str:
    """The text in small letters and digits: "Müller-Straße", "Mueller Strasse" are the same.

    An umlaut becomes its vowel, and so does the vowel with an e that stands for it. This is too
    much for some words ("neue" becomes "neu"), but for text and search alike: nothing is missed.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = unicodedata.normalize("NFKD", folded)
    kept = "".join(
        character if character.isalnum() else " "
        for character in folded
        if not unicodedata.combining(character)
    )
    for spelled, vowel in _SPELLED_OUT:
        kept = kept.replace(spelled, vowel)
    return " ".join(kept.split())


def folded(parts: Iterable[str]) -> str:
    """Several texts as one to be searched, each once."""
    return " ".join(dict.fromkeys(filter(None, map(fold, parts))))


def words_of(typed: str) -> list[str]:
    """What was typed as the words to look for, folded."""
    return list(filter(None, map(fold, typed.split())))[:MOST_WORDS]


class Resembles(models.Lookup):
    """PostgreSQL: a word of the text looks like this one (pg_trgm, ``word_similarity``).

    How alike they have to be is set in the settings (``pg_trgm.word_similarity_threshold``).
    """

    lookup_name = "resembles"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        text, text_values = self.process_lhs(compiler, connection)
        word, word_values = self.process_rhs(compiler, connection)
        return f"{word} <%% {text}", (*word_values, *text_values)


models.TextField.register_lookup(Resembles)


def containing(rows: QuerySet[Any], words: Iterable[str], column: str) -> QuerySet[Any]:
    """The rows whose folded text has every word somewhere."""
    for word in words:
        rows = rows.filter(**{f"{column}__contains": word})
    return rows


def resembling(rows: QuerySet[Any], words: Iterable[str], column: str) -> QuerySet[Any]:
    """The rows whose folded text has every word or one that looks like it. PostgreSQL alone.

    One query, for the words that look alike.
    """
    words = list(words)
    known = _words_alike([word for word in words if _may_resemble(word)])
    is_alike = Q()
    for word in words:
        is_there = Q(**{f"{column}__contains": word})
        for other in known.get(word, ()):
            is_there |= Q(**{f"{column}__contains": other})
        if _may_resemble(word) and word not in known:
            is_there |= Q(**{f"{column}__resembles": word})
        is_alike &= is_there
    if all(word in known for word in words):
        return rows.filter(is_alike)
    # The limit cuts nothing off: it has the database find these rows first, by their index. It
    # takes comparing for cheap, and would else compare row after row in the order of the list.
    model: Any = rows.model
    return rows.filter(pk__in=model.objects.order_by().filter(is_alike).values("pk")[:_ALL])


def _may_resemble(word: str) -> bool:
    return len(word) >= SHORTEST_RESEMBLING and word.isalpha()


def _words_alike(words: list[str]) -> dict[str, list[str]]:
    """Of each word those of the vocabulary that come nearest to it; only words that have any."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT typed.word, alike.word
            FROM unnest(%s::text[]) AS typed (word)
            CROSS JOIN LATERAL (
                SELECT known.word, word_similarity(typed.word, known.word) AS nearness,
                    similarity(typed.word, known.word) AS likeness
                FROM buendnisse_searchedword AS known
                WHERE typed.word <%% known.word
                ORDER BY nearness DESC, likeness DESC, known.word
                LIMIT %s
            ) AS alike
            """,
            [words, _MOST_ALIKE],
        )
        for word, other in cursor.fetchall():
            found.setdefault(word, []).append(other)
    return found


def search(rows: QuerySet[Any], typed: str, column: str) -> tuple[QuerySet[Any], bool]:
    """The rows that were looked for, and whether they only resemble what was typed.

    What resembles is looked for where the table has nothing else, so that exact hits are not lost
    among it. One query on PostgreSQL, and a second one where nothing is found; none on SQLite.
    """
    words = words_of(spelled_out(typed))
    if not words:
        return (rows.none(), False) if typed.strip() else (rows, False)
    model: Any = rows.model
    is_postgresql = connection.vendor == "postgresql"
    # Asked of the whole table: that is quicker than of the rows of a list with all its conditions.
    if is_postgresql and not containing(model.objects.order_by(), words, column).exists():
        return resembling(rows, words, column), True
    return containing(rows, words, column), False


def index_search_text(*tables: str, **columns: str) -> migrations.RunPython:
    """A reversible migration operation: the trigram indexes on PostgreSQL, nothing on SQLite.

    ``columns`` names a table with what is searched in it, where that is no ``search_text``. The
    extension comes with PostgreSQL, and the owner of the database may create it. Without
    ``fastupdate`` nothing new waits in a list of its own, which every search would read through
    until the next VACUUM; writing a row takes a little longer instead.
    """
    columns |= dict.fromkeys(tables, SEARCH_COLUMN)

    def forwards(_apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor != "postgresql":
            return
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        for table, searched in columns.items():
            schema_editor.execute(
                f"CREATE INDEX {table}_search_idx ON {table} USING gin ({searched} gin_trgm_ops)"
                " WITH (fastupdate = off)"
            )

    def backwards(_apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            for table in columns:
                schema_editor.execute(f"DROP INDEX {table}_search_idx")

    return migrations.RunPython(forwards, backwards)

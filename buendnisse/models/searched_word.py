"""The words that stand in the texts that are searched."""

from django.db import models


class SearchedWord(models.Model):
    """A word from any of the searched texts, folded, without saying where it stands.

    A slip of the finger is compared with these few instead of with every text. They are renewed by
    `buendnisse.services.searched_words`.
    """

    word = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["word"], name="searched_word_unique")]

    def __str__(self) -> str:
        return self.word

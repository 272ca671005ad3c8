"""Rows that are searched by their own columns, without umlauts and capitals."""

from typing import Any, ClassVar

from django.db import models

from buendnisse.search import folded


class Searchable(models.Model):
    """A row that is searched by columns of its own; ``SEARCHED`` names them."""

    SEARCHED: ClassVar[tuple[str, ...]] = ()

    search_text = models.TextField(editable=False, default="", blank=True)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        written = kwargs.get("update_fields")
        if written is None or not set(self.SEARCHED).isdisjoint(written):
            self.search_text = folded(str(getattr(self, name)) for name in self.SEARCHED)
            if written is not None:
                kwargs["update_fields"] = {*written, "search_text"}
        super().save(*args, **kwargs)

"""A form that remembers what was stored when its page was opened."""

from typing import Any, cast

from django import forms
from django.http import QueryDict


class SeenForm(forms.BaseForm):
    """Give it ``seen``, the sign of what is stored now (``buendnisse.seen``)."""

    def __init__(self, *args: Any, seen: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Not required: what is missing was not seen, and the service says so.
        self.fields["seen"] = forms.CharField(
            widget=forms.HiddenInput, required=False, max_length=64, initial=seen
        )

    def show_again(self, seen: str) -> None:
        """After a refusal: whoever has compared saves over what is stored now."""
        data = cast("QueryDict", self.data).copy()
        data["seen"] = seen
        self.data = data

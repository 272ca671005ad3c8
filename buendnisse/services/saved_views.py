"""Each person's own views of the ministry's lists."""

from typing import Final

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from buendnisse.models import SavedView, User
from buendnisse.refusals import Refusal

# Above the list there is room for some, and nobody finds anything among more.
MOST_VIEWS: Final = 12
# The page one happened to be on, and Django's own signs, belong to no view.
_NOT_KEPT: Final = ("p", "e", "all")


class ViewRefused(Refusal):
    code = "view_refused"


def kept_query(query: str) -> str:
    """The part of an address that makes a view."""
    parameters = QueryDict(query, mutable=True)
    for name in _NOT_KEPT:
        parameters.pop(name, None)
    return parameters.urlencode()


@transaction.atomic
def save_view(*, list_name: str, name: str, query: str, acting_user: User) -> SavedView:
    """Keep the filters of a list under a name; replaces nothing.

    Refuses with ``ViewRefused`` a view without a name, one that is too long, a name that another
    view has, and one view too many.
    """
    User.objects.select_for_update(no_key=True).get(pk=acting_user.pk)
    # No database stores that character.
    name, query = " ".join(name.replace("\0", " ").split()), kept_query(query)
    longest = SavedView._meta.get_field("name").max_length or 0
    if not name or len(name) > longest:
        raise ViewRefused(
            _("Geben Sie der Ansicht einen Namen mit höchstens %(longest)d Zeichen.")
            % {"longest": longest},
            code="name",
        )
    if len(query) > (SavedView._meta.get_field("query").max_length or 0):
        raise ViewRefused(_("Diese Suche ist zu lang, um sie zu speichern."), code="too_long")
    others = SavedView.objects.filter(person=acting_user, list_name=list_name)
    if (same := others.filter(name=name).first()) is not None:
        if same.query == query:
            return same
        raise ViewRefused(
            _(
                "Eine Ansicht „%(name)s“ haben Sie schon. Wählen Sie einen anderen Namen, oder "
                "löschen Sie zuerst die alte."
            )
            % {"name": name},
            code="name_taken",
        )
    if others.count() >= MOST_VIEWS:
        raise ViewRefused(
            _("Sie haben schon %(most)d Ansichten. Löschen Sie zuerst eine davon.")
            % {"most": MOST_VIEWS},
            code="too_many",
        )
    return SavedView.objects.create(person=acting_user, list_name=list_name, name=name, query=query)


def delete_view(*, view_id: int, list_name: str, acting_user: User) -> str:
    """Delete one's own view; returns its name, empty where it was gone already."""
    view = SavedView.objects.filter(pk=view_id, list_name=list_name, person=acting_user).first()
    if view is None:
        return ""
    view.delete()
    return view.name

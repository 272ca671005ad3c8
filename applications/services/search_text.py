"""What an application is found by: file number, names, place and organisations, folded.

Kept in one column, because one index then answers for words that stand in five tables. It holds
name and e-mail address of the person to talk to; who erases these has to renew it, too.
"""

from collections.abc import Iterator

from applications.enums import State
from applications.models import Application
from applications.models.application import ApplicationQuerySet
from buendnisse.models import Territory
from buendnisse.search import folded
from buendnisse.services.alliance_names import renewed_with_alliance


def _with_names() -> ApplicationQuerySet:
    return Application.objects.select_related(
        "alliance", "territory__district", "confirmed_territory__district"
    )


def search_text_of(application: Application) -> str:
    """One query for the organisations, if its territories and its alliance are loaded."""
    organisations = application.alliance.organisations.values_list("name", "city")
    return folded(
        [
            application.reference,
            application.title,
            application.alliance.name,
            *_places(application.territory, application.place),
            *_places(application.confirmed_territory, application.confirmed_place),
            application.contact_name,
            application.contact_email,
            *(part for row in organisations for part in row),
        ]
    )


def _places(territory: Territory | None, place: str) -> Iterator[str]:
    if territory is not None:
        yield territory.name
        yield str(territory.district)
    yield place


def renew_search_text(application_id: int) -> None:
    """For what is shown to the ministry before it is submitted. Three queries."""
    application = _with_names().get(pk=application_id)
    application.search_text = search_text_of(application)
    application.save(update_fields=["search_text"])


@renewed_with_alliance
def renew_search_texts(alliance_id: int) -> None:
    """The alliance's applications are found by its new names from now on.

    Not those that are still being written: submitting them renews theirs, and waiting for their
    rows here, with the alliance locked, could make two people wait for each other.
    """
    being_written = [State.DRAFT, State.CHANGES_REQUESTED]
    applications = list(_with_names().filter(alliance=alliance_id).exclude(state__in=being_written))
    for application in applications:
        application.search_text = search_text_of(application)
    Application.objects.bulk_update(applications, ["search_text"])

"""The postal address of letters about an application: that of the applicant in law."""

from collections.abc import Collection, Mapping

from applications.models import Application
from buendnisse.letter_addresses import addresses_letters


@addresses_letters("application")
def addresses_of_applicants(keys: Collection[str]) -> Mapping[str, list[str]]:
    """The lead organisations, for the attention of the contacts. Two queries."""
    applications = Application.objects.filter(pk__in=keys).select_related("alliance")
    return {
        str(each.pk): _address(each)
        for each in applications.prefetch_related("alliance__organisations")
    }


def _address(application: Application) -> list[str]:
    organisations = application.alliance.organisations.all()
    lead = next((each for each in organisations if each.is_lead), None)
    if lead is None:
        return [application.alliance.name]
    place = f"{lead.postal_code} {lead.city}".strip()
    return list(filter(None, [lead.name, application.contact_name, lead.street, place]))

"""The postal address of letters about an application: that of the applicant in law."""

from applications.models import Application
from buendnisse.letter_addresses import addresses_letters


@addresses_letters("application")
def address_of_applicant(key: str) -> list[str]:
    """The lead organisation, for the attention of the contact. Two queries."""
    application = Application.objects.get(pk=key)
    lead = application.alliance.organisations.filter(is_lead=True).first()
    if lead is None:
        return [application.alliance.name]
    place = f"{lead.postal_code} {lead.city}".strip()
    return list(filter(None, [lead.name, application.contact_name, lead.street, place]))

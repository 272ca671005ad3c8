"""Alliances: founding them, and keeping their organisations as their people want them."""

from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from buendnisse.acts import recorded
from buendnisse.constraints import constraints_as_refusals
from buendnisse.models import Alliance, MemberOrganisation, Membership, MembershipRole, User
from buendnisse.names import name_key
from buendnisse.queries import may_edit
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import Right
from buendnisse.services.alliance_names import renew_search_text
from buendnisse.services.confirmations import release_organisation, withdraw_outdated_requests


class OrganisationGone(Refusal):
    """The organisation was removed meanwhile."""

    code = "organisation_gone"


class AllianceFixed(Refusal):
    """An application of the alliance is being decided on; until then it stays as submitted."""

    code = "alliance_fixed"


class LeadStays(Refusal):
    """The applicant in law cannot leave before another organisation takes its part."""

    code = "lead_stays"


class OrganisationInUse(Refusal):
    """An award names the organisation as its recipient."""

    code = "organisation_in_use"


class AllianceInUse(Refusal):
    """Somebody belongs to the alliance, or has belonged to it: it is not the ministry's own."""

    code = "alliance_in_use"


class NameWithoutLetters(Refusal):
    """A name has to have at least one letter or digit."""

    code = "name_without_letters"


@recorded
@transaction.atomic
def found_alliance(*, name: str, website: str, acting_user: User, now: datetime) -> Alliance:
    """Found an alliance; ``acting_user`` answers for it as its owner.

    Refuses a name without a letter or digit (`NameWithoutLetters`).
    """
    alliance = Alliance.objects.create(
        name=_checked_name(name), website=website, created_at=now, created_by=acting_user
    )
    Membership.objects.create(
        alliance=alliance, user=acting_user, role=MembershipRole.OWNER, joined_at=now
    )
    renew_search_text(alliance)
    return alliance


@recorded
@transaction.atomic
def enter_alliance(*, name: str, acting_user: User, now: datetime) -> Alliance:
    """Enter an alliance whose application came on paper; nobody belongs to it here.

    Case officers keep its organisations until somebody of it has an account.
    Refuses who is no case officer (`NotAllowed`), and a name without a letter or digit
    (`NameWithoutLetters`).
    """
    if not acting_user.may(Right.CHECK):
        raise NotAllowed(_("Für andere erfasst nur die Sachbearbeitung."))
    return Alliance.objects.create(name=_checked_name(name), created_at=now, created_by=acting_user)


def is_of_ministry_alone(alliance: Alliance) -> bool:
    """Whether nobody ever belonged to it: it is there because its application came on paper."""
    return not (
        alliance.memberships.exists()
        or alliance.former_members.exists()
        or alliance.invitations.exists()
    )


@recorded
@transaction.atomic
def discard_alliance(*, alliance_id: int, acting_user: User, now: datetime) -> Alliance:
    """Take an alliance out of all lists that was entered by mistake; its history says why, with
    the reason of the service that calls this one.

    The caller sees to it that it has no application that counts. Refuses who is no case officer
    (`NotAllowed`), and an alliance that people belong or belonged to (`AllianceInUse`).
    """
    if not acting_user.may(Right.CHECK):
        raise NotAllowed(_("Für andere erfasst nur die Sachbearbeitung."))
    alliance = Alliance.objects.select_for_update().get(pk=alliance_id)
    if not is_of_ministry_alone(alliance):
        raise AllianceInUse(_("Diesem Bündnis gehören Personen an."))
    # What becomes of it is history, though nothing of it was ever submitted.
    alliance.recorded_since = alliance.recorded_since or now
    alliance.save(update_fields=["recorded_since"])
    alliance.discarded_at = now
    alliance.save(update_fields=["discarded_at"])
    return alliance


def lock_for_entry(alliance_id: int) -> Alliance:
    """The alliance, locked, for an application that is entered for it.

    One that somebody else has discarded meanwhile stands again.
    """
    alliance = Alliance.objects.select_for_update().get(pk=alliance_id)
    if alliance.discarded_at:
        alliance.discarded_at = None
        alliance.save(update_fields=["discarded_at"])
    return alliance


@recorded
@transaction.atomic
def rename_alliance(
    *, alliance_id: int, name: str, website: str, acting_user: User, now: datetime
) -> Alliance:
    """Change an alliance's name and website; past awards keep the name they were made under.

    Organisations that were asked to confirm under the old name have to be asked again.

    Refuses who may only read or does not belong to it (`NotAllowed`), an alliance whose application
    is under way (`AllianceFixed`), and a name without a letter
    or digit (`NameWithoutLetters`).
    """
    alliance = _lock_for(alliance_id, acting_user)
    alliance.name = _checked_name(name)
    alliance.website = website
    alliance.save(update_fields=["name", "website"])
    renew_search_text(alliance)
    withdraw_outdated_requests(alliance, now=now)
    return alliance


@recorded
def save_organisation(
    *, organisation: MemberOrganisation, acting_user: User, now: datetime
) -> MemberOrganisation:
    """Add an organisation to its alliance, or change it; ``organisation`` comes from a form.

    What it was asked to confirm is withdrawn if that no longer fits.

    Refuses who may only read or does not belong to the alliance, or would move an organisation from
    another one (`NotAllowed`); an organisation that was removed meanwhile (`OrganisationGone`); a
    name without a letter or digit (`NameWithoutLetters`); and with the sentence of the violated
    constraint: one that is in the alliance already, a second lead, a lead without a legal form.
    """
    with constraints_as_refusals():
        alliance = _lock_for(organisation.alliance_id, acting_user)
        organisation.name = _checked_name(organisation.name)
        if organisation.pk is None:
            organisation.save(force_insert=True)
            renew_search_text(alliance)
            return organisation
        stored = _organisation(organisation.pk)
        if stored.alliance_id != organisation.alliance_id:
            raise _not_allowed()
        organisation.save(force_update=True)
        renew_search_text(alliance)
        withdraw_outdated_requests(alliance, now=now)
    return organisation


@recorded
@transaction.atomic
def change_lead(*, organisation_id: int, acting_user: User, now: datetime) -> MemberOrganisation:
    """Make an organisation the lead of its alliance in place of the present one, in one step.

    Both have something else to confirm then.

    Refuses who may only read or does not belong to the alliance (`NotAllowed`), an organisation
    that was removed meanwhile (`OrganisationGone`), and one without a legal form, with the sentence
    of the constraint.
    """
    organisation = _organisation(organisation_id)
    _lock_for(organisation.alliance_id, acting_user)
    organisation = _organisation(organisation_id)
    with constraints_as_refusals():
        for lead in organisation.alliance.organisations.filter(is_lead=True):
            lead.is_lead = False
            lead.save(update_fields=["is_lead"])
        organisation.is_lead = True
        organisation.save(update_fields=["is_lead"])
        withdraw_outdated_requests(organisation.alliance, now=now)
    return organisation


@recorded
@transaction.atomic
def remove_organisation(*, organisation_id: int, acting_user: User, now: datetime) -> None:
    """Take an organisation out of its alliance; what it has confirmed stays on record.

    Refuses who may only read or does not belong to the alliance (`NotAllowed`), the lead
    (`LeadStays`), the recipient of an award (`OrganisationInUse`), and an organisation that was
    removed meanwhile (`OrganisationGone`).
    """
    organisation = _organisation(organisation_id)
    alliance = _lock_for(organisation.alliance_id, acting_user)
    organisation = _organisation(organisation_id)
    if organisation.is_lead:
        raise LeadStays(
            _(
                "Der Antragsteller kann das Bündnis nicht verlassen. Bestimmen Sie zuerst eine "
                "andere Organisation zum Antragsteller."
            )
        )
    release_organisation(organisation, now=now)
    try:
        organisation.delete()
        renew_search_text(alliance)
    except ProtectedError as error:
        raise OrganisationInUse(
            _(
                "Diese Organisation ist in den Unterlagen eines Antrags genannt und bleibt "
                "deshalb im Bündnis. Sie können ihre Angaben weiterhin ändern."
            )
        ) from error


def why_not_change(alliance: Alliance, user: User) -> Refusal | None:
    """Why this person cannot change the alliance now: `NotAllowed`, `AllianceFixed`, or nothing."""
    if not may_edit(alliance.pk, user) and not is_kept_by_ministry(alliance, user):
        return _not_allowed()
    if alliance.fixed_since:
        return AllianceFixed(
            _(
                "Ein Antrag Ihres Bündnisses ist eingereicht. Bis die Entscheidung bekannt gegeben "
                "ist, bleiben Name und Organisationen, wie sie waren. Hat sich etwas geändert, "
                "schreiben Sie bitte an %(contact)s."
            )
            % {"contact": settings.CONTACT_EMAIL}
        )
    return None


def is_kept_by_ministry(alliance: Alliance, user: User) -> bool:
    """Whether case officers keep it: it came on paper, and nobody of it has an account here."""
    return user.may(Right.CHECK) and not alliance.memberships.exists()


def _lock_for(alliance_id: int, user: User) -> Alliance:
    """The alliance, locked, if the person may change it now; raises what `why_not_change` says."""
    alliance = Alliance.objects.select_for_update().get(pk=alliance_id)
    if refusal := why_not_change(alliance, user):
        raise refusal
    return alliance


def fix_alliances(
    alliance_ids: Collection[int], *, under_way: Collection[int], now: datetime
) -> None:
    """Fix those alliances that have an application ``under_way``, and set the others free.

    The caller says which they are; a moment noted before stays. Two statements. With the first
    time the history of the alliance begins.
    """
    alliances = Alliance.objects.filter(pk__in=alliance_ids)
    alliances.filter(pk__in=under_way, fixed_since=None).update(
        fixed_since=now, recorded_since=Coalesce("recorded_since", now)
    )
    alliances.exclude(pk__in=under_way).exclude(fixed_since=None).update(fixed_since=None)


def _organisation(organisation_id: int) -> MemberOrganisation:
    organisation = (
        MemberOrganisation.objects.select_related("alliance").filter(pk=organisation_id).first()
    )
    if organisation is None:
        raise OrganisationGone(_("Diese Organisation gehört dem Bündnis nicht mehr an."))
    return organisation


def _checked_name(name: str) -> str:
    # The key is how one organisation is told from another: without one there is nothing to tell.
    if not name_key(name):
        raise NameWithoutLetters(
            _(
                "Ein Name enthält mindestens einen Buchstaben oder eine Ziffer. "
                "Bitte ergänzen Sie ihn."
            )
        )
    return name.strip()


def _not_allowed() -> NotAllowed:
    return NotAllowed(
        _(
            "Sie dürfen dieses Bündnis nicht ändern. Bitten Sie die Person, die für das Bündnis "
            "verantwortlich ist, um das Recht zum Bearbeiten."
        )
    )

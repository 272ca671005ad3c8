"""Text blocks for correction requests, kept by those who write them."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications.models import TextBlock
from applications.sections import CORRECTABLE_FIELDS
from buendnisse.acts import recorded
from buendnisse.constraints import constraints_as_refusals
from buendnisse.models import User
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import Right
from buendnisse.seen import refuse_unseen, sign_of


class BlockRefused(Refusal):
    code = "block_refused"


def block_sign(block: TextBlock) -> str:
    """Sign of all that its form sets, as it is stored."""
    return sign_of([block.title, block.words, block.field, block.is_active])


@recorded
@transaction.atomic
def save_text_block(
    *, block: TextBlock, acting_user: User, now: datetime, seen: str = ""
) -> TextBlock:
    """Add a text block or change it; what was sent with it before stays as it was sent.

    Refuses with ``NotAllowed`` who keeps no text blocks, with ``BlockRefused`` a field that
    nobody can be asked to mend and one without title or words, with ``ChangedMeanwhile`` when
    ``seen`` is not the ``block_sign`` of what is stored, and with the constraint's sentence a
    second one of the same title.
    """
    if not acting_user.may(Right.KEEP_TEXT_BLOCKS):
        raise NotAllowed(_("Textbausteine pflegen Sachbearbeitung und Administration."))
    if block.field and block.field not in CORRECTABLE_FIELDS:
        raise BlockRefused(_("Dieses Feld gibt es nicht."), code="unknown_field")
    if block.pk:
        stored = TextBlock.objects.select_for_update().get(pk=block.pk)
        refuse_unseen(seen, block_sign(stored))
    block.title, block.words = block.title.strip(), block.words.strip()
    if not block.title or not block.words:
        raise BlockRefused(_("Bitte geben Sie Titel und Text an."), code="empty")
    block.updated_by = acting_user
    block.updated_at = now
    with constraints_as_refusals():
        block.save()
    return block

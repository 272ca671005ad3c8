"""Text blocks for correction requests, kept by those who write them."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from applications.models import TextBlock
from applications.sections import CORRECTABLE_FIELDS
from buendnisse.constraints import constraints_as_refusals
from buendnisse.models import User
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import Right


class BlockRefused(Refusal):
    code = "block_refused"


def save_text_block(*, block: TextBlock, acting_user: User, now: datetime) -> TextBlock:
    """Add a text block or change it; what was sent with it before stays as it was sent.

    Refuses with ``NotAllowed`` who keeps no text blocks, with ``BlockRefused`` a field that
    nobody can be asked to mend and one without title or words, and with the constraint's sentence
    a second one of the same title.
    """
    if not acting_user.may(Right.KEEP_TEXT_BLOCKS):
        raise NotAllowed(_("Textbausteine pflegen Sachbearbeitung und Administration."))
    if block.field and block.field not in CORRECTABLE_FIELDS:
        raise BlockRefused(_("Dieses Feld gibt es nicht."), code="unknown_field")
    block.title, block.words = block.title.strip(), block.words.strip()
    if not block.title or not block.words:
        raise BlockRefused(_("Bitte geben Sie Titel und Text an."), code="empty")
    block.updated_by = acting_user
    block.updated_at = now
    with constraints_as_refusals():
        block.save()
    return block

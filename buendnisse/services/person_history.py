"""What happened to a person's account, in the history that the person's page shows."""

from datetime import datetime

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType

from buendnisse.models import User


def write_history(person: User, message: str, *, acting_user: User, now: datetime) -> None:
    """Write down what ``acting_user`` changed of this person's account, and when."""
    LogEntry.objects.create(
        action_time=now,
        user=acting_user,
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(person.pk),
        object_repr=str(person)[:200],
        action_flag=CHANGE,
        change_message=message,
    )

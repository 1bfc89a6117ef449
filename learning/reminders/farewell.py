"""The one last mail: after 30 days away it says that the mails stop. Then there are none."""

from collections.abc import Collection
from datetime import UTC

from django.db.models import F
from django.db.models.functions import Coalesce, TruncDate

from learning.reminders.reasons import Reason
from mailing.models import OutboxMail


def said_to(user_ids: Collection[int]) -> set[int]:
    """Return who of these learners had the last mail on a day (UTC) after they were last here. One query."""
    last_here = Coalesce("user__last_seen_on", TruncDate("user__created_at", tzinfo=UTC))
    told = OutboxMail.objects.filter(
        user__in=user_ids, kind="reminder", state=OutboxMail.State.SENT, reason=Reason.LAST
    ).annotate(last_here=last_here, sent_on=TruncDate("sent_at", tzinfo=UTC))
    return {pk for pk in told.filter(sent_on__gt=F("last_here")).values_list("user", flat=True) if pk}

"""A person's own data: all of it to take away, and all of it gone when they say so."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core import serializers
from django.db import models, transaction
from django.db.models import Q

from accounts import audit
from accounts.models import User
from mailing.models import OutboxMail

KEPT_BACK = {
    # what would let a reader of the file into the account, and what is the portal's own bookkeeping
    "accounts.User": {"password", "groups", "user_permissions"},
    "mfa.Authenticator": {"data"},
}
NOT_OWN = ("admin.LogEntry",)


def export(*, user: User, now: datetime) -> dict[str, Any]:
    """Return every row that belongs to this person, by table, in values that DjangoJSONEncoder knows.

    What belongs to a person is what would go with them: it is found by following the tables' own references,
    so no table can be forgotten.
    """
    tables: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in _owned([user]):
        label = row._meta.label
        record = serializers.serialize("python", [row])[0]
        kept_back = KEPT_BACK.get(label, set())
        fields = {name: value for name, value in record["fields"].items() if name not in kept_back}
        tables[label].append({"id": record["pk"], **fields})
    mails = OutboxMail.objects.filter(user=user).order_by("created_at")
    tables["mailing.OutboxMail"] = [
        {
            "id": mail.id,
            "kind": mail.kind,
            "state": mail.state,
            "created_at": mail.created_at,
            "sent_at": mail.sent_at,
        }
        for mail in mails
    ]
    return {"exported_at": now, "tables": dict(tables)}


def _owned(rows: Iterable[models.Model]) -> Iterable[models.Model]:
    """Yield the rows and, table by table, whatever is deleted with them."""
    rows = list(rows)
    yield from rows
    if not rows:
        return
    for relation in rows[0]._meta.related_objects:
        if relation.on_delete is models.CASCADE and relation.related_model._meta.label not in NOT_OWN:
            manager = relation.related_model._base_manager
            yield from _owned(manager.filter(**{f"{relation.field.name}__in": rows}).order_by("pk"))


@transaction.atomic
def erase(*, user: User, now: datetime) -> None:
    """Delete a person with everything that is theirs, at once and for good.

    Mails that wait are called off and lose their address; what was sent stays as a row without a person. The
    audit log keeps ids only.
    """
    theirs = Q(user=user) | Q(to_address__iexact=user.email)
    OutboxMail.objects.filter(theirs, state=OutboxMail.State.PENDING).update(
        state=OutboxMail.State.SKIPPED,
        reason="the account was erased",
        to_address=None,
        locale=None,
        payload=None,
    )
    audit.record(actor=None, action="account_erased", obj=user, now=now)
    user.delete()

"""Which lines of a list of addresses can be invited, before anything is kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts import address_lists
from accounts.address_lists import Line, Told
from accounts.models import Invitation
from mailing import encryption
from mailing.models import Suppression


@dataclass(frozen=True, slots=True)
class Checked:
    """What would become of a list: the addresses to invite, in lower letters, and the lines left out."""

    good: list[str] = field(default_factory=list)
    refused: list[Told] = field(default_factory=list)


def check(lines: Sequence[Line], *, now: datetime) -> Checked:
    """Say which of these lines can be invited, and of the others why not. Writes nothing. Four queries."""
    first = address_lists.first_lines(lines)
    invited = set(
        Invitation.objects.annotate(low=Lower("email")).filter(low__in=first).values_list("low", flat=True)
    )
    known = address_lists.accounts_of(lines)
    closed = _suppressed(first, now=now)
    checked = Checked()
    for line in lines:
        address = line.address.lower()
        if not _is_address(address):
            why = str(address_lists.NO_ADDRESS)
        elif why := address_lists.repeated(line, first):
            pass
        elif address in invited:
            why = _("It is invited already.")
        elif address in known:
            why = _("It has an account.")
        elif address in closed:
            why = _("It refused our mails (a bounce or a complaint), so nothing is sent there.")
        if why:
            checked.refused.append(Told(line, why))
        else:
            checked.good.append(address)
    return checked


def _is_address(address: str) -> bool:
    try:
        validate_email(address)
    except ValidationError:
        return False
    return len(address) <= Invitation._meta.get_field("email").max_length  # type: ignore[operator]  # it has one


def _suppressed(addresses: Iterable[str], *, now: datetime) -> set[str]:
    by_hash = {one: address for address in addresses for one in encryption.address_hashes(address)}
    rows = Suppression.objects.filter(Q(until__isnull=True) | Q(until__gt=now), address_hmac__in=by_hash)
    return {by_hash[one] for one in rows.values_list("address_hmac", flat=True)}

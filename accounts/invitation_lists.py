"""Lists of addresses as staff upload them: read, and each line looked at before anything is kept."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models import Invitation, User
from mailing import encryption
from mailing.models import Suppression

MOST = 10_000
COLUMNS = ("email", "e-mail", "mail", "address", "e-mail address", "email address")


class UnreadableError(Exception):
    """The list cannot be read as one. The message says why, for the person."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line with an address, as it was typed. `number` counts from 1, as editors do."""

    number: int
    address: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that is not invited, and why."""

    line: Line
    why: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What would become of a list: the addresses to invite, in lower letters, and the lines left out."""

    good: list[str] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def read(text: str) -> list[Line]:
    """Return the addresses of a list: one a line, or a CSV whose column "email" counts, else its first.

    Columns are parted by commas, semicolons or tabs. Raises UnreadableError.
    """
    first = text.lstrip("\ufeff").partition("\n")[0]
    delimiter = next((sign for sign in (";", "\t") if sign in first), ",")
    try:
        rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise UnreadableError(f"This is no CSV: {error}.") from error
    place, begins = 0, 0
    names = [cell.strip().lower() for cell in rows[0]] if rows else []
    found = [column for column in COLUMNS if column in names]
    if found:
        place, begins = names.index(found[0]), 1
    cells = [(number, row[place] if place < len(row) else "") for number, row in enumerate(rows, start=1)]
    lines = [Line(number, cell.strip()) for number, cell in cells[begins:] if cell.strip()]
    if not lines:
        raise UnreadableError("There is no address in it.")
    if len(lines) > MOST:
        raise UnreadableError(f"These are {len(lines)} addresses; {MOST} fit into one wave.")
    return lines


def check(lines: Sequence[Line], *, now: datetime) -> Checked:
    """Say which of these lines can be invited, and of the others why not. Writes nothing. Four queries."""
    wanted = {line.address.lower() for line in lines}
    invited = set(
        Invitation.objects.annotate(low=Lower("email")).filter(low__in=wanted).values_list("low", flat=True)
    )
    people = User.objects.annotate(low=Lower("email")).filter(low__in=wanted)
    proven = EmailAddress.objects.filter(email__in=wanted, verified=True)
    known = set(people.values_list("low", flat=True)) | set(proven.values_list("email", flat=True))
    closed = _suppressed(wanted, now=now)
    checked, seen = Checked(), dict[str, int]()
    for line in lines:
        address = line.address.lower()
        if not _is_address(address):
            why = "This is no e-mail address."
        elif address in seen:
            why = f"It stands in line {seen[address]} already."
        elif address in invited:
            why = "It is invited already."
        elif address in known:
            why = "It has an account."
        elif address in closed:
            why = "It refused our mails (a bounce or a complaint), so nothing is sent there."
        else:
            why = ""
        seen.setdefault(address, line.number)
        if why:
            checked.refused.append(Refused(line, why))
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

"""Lists of addresses as staff upload them: one a line, or a CSV. What becomes of them, others say."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User

MOST = 10_000
COLUMNS = ("email", "e-mail", "mail", "address", "e-mail address", "email address")
NO_ADDRESS = gettext_lazy("This is no e-mail address.")


class UnreadableError(Exception):
    """The list cannot be read as one. The message says why, for the person."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line with an address, as it was typed. `number` counts from 1, as editors do."""

    number: int
    address: str


@dataclass(frozen=True, slots=True)
class Told:
    """A line, and what becomes of it or why nothing does."""

    line: Line
    why: str


def read(text: str) -> list[Line]:
    """Return the addresses of a list: one a line, or a CSV whose column "email" counts, else its first.

    Columns are parted by commas, semicolons or tabs. Raises UnreadableError.
    """
    first = text.lstrip("\ufeff").partition("\n")[0]
    delimiter = next((sign for sign in (";", "\t") if sign in first), ",")
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=delimiter, strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        words = _("Line %(line)d cannot be read: a quotation mark is not closed, or stands where none may.")
        raise UnreadableError(words % {"line": reader.line_num}) from error
    place, begins = 0, 0
    names = [cell.strip().lower() for cell in rows[0]] if rows else []
    found = [column for column in COLUMNS if column in names]
    if found:
        place, begins = names.index(found[0]), 1
    cells = [(number, row[place] if place < len(row) else "") for number, row in enumerate(rows, start=1)]
    lines = [Line(number, cell.strip()) for number, cell in cells[begins:] if cell.strip()]
    if not lines:
        raise UnreadableError(_("There is no address in it."))
    if len(lines) > MOST:
        raise UnreadableError(
            _("These are %(many)d addresses; %(most)d fit into one list.")
            % {"many": len(lines), "most": MOST}
        )
    return lines


def accounts_of(lines: Iterable[Line]) -> dict[str, User]:
    """Return the accounts with these addresses, each by all of its proven ones, in lower letters."""
    wanted = {line.address.lower() for line in lines}
    people = User.objects.annotate(low=Lower("email")).filter(low__in=wanted)
    proven = EmailAddress.objects.filter(email__in=wanted, verified=True).select_related("user")
    return {row.email.lower(): row.user for row in proven} | {row.low: row for row in people}


def first_lines(lines: Sequence[Line]) -> dict[str, int]:
    """Return the number of the first line of each address; the others repeat it."""
    first: dict[str, int] = {}
    for line in lines:
        first.setdefault(line.address.lower(), line.number)
    return first


def repeated(line: Line, first: dict[str, int]) -> str:
    """Return why a line repeats another, for the person; empty for one that does not."""
    number = first[line.address.lower()]
    return _("It stands in line %d already.") % number if number != line.number else ""

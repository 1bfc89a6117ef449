"""What an editor decides about a figure whose day of review has come: still right, or historic."""

import re
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from courses import publishing, releases, versions
from courses.models import Fact, Version
from courses.versions import State

CHECK_AGAIN = timedelta(days=182)
"""After which a figure that is still right is to be checked again: half a year."""

HISTORIC_AGAIN = timedelta(days=5 * 365)
"""After which somebody may look for a newer figure of a historic one."""

NOTE_LENGTH = 240
SAID = re.compile(r"\s*From \S+; no newer figure found by [^.]+\.$")


class NotChecked(ValueError):
    """Why a figure was left as it is, in its editor's words."""


@transaction.atomic
def still_right(fact: Fact, *, today: date, author: User, now: datetime) -> Version:
    """Say that a figure holds as learners see it, and publish its next day of review.

    `today` is the editor's date. Twice on a day is once. Raises NotChecked; NotApproved and ChangedSince as
    `releases.publish`.
    """
    row = _live(fact)
    row.review_by = today + CHECK_AGAIN
    return _publish(row, "Checked: still right", author, now)


@transaction.atomic
def mark_historic(fact: Fact, *, today: date, author: User, now: datetime) -> Version:
    """Say beside a figure from when it is, and that no newer one was found. Raises as `still_right`."""
    row = _live(fact)
    words = f"From {row.as_of}; no newer figure found by {today:%-d %B %Y}."
    row.as_of_note = f"{SAID.sub('', row.as_of_note)} {words}".strip()
    if len(row.as_of_note) > NOTE_LENGTH:
        raise NotChecked(_("“%(row)s” has a long note already. Shorten it first.") % {"row": row})
    row.review_by = today + HISTORIC_AGAIN
    return _publish(row, "Marked historic", author, now)


def _live(fact: Fact) -> Fact:
    row = publishing.lock(fact)
    match versions.state(row):
        case State.LIVE:
            return row
        case State.CHANGED:
            raise NotChecked(
                _("“%(row)s” has changes that learners do not see. Publish or undo them first.")
                % {"row": row}
            )
        case _:
            raise NotChecked(_("Learners do not see “%(row)s”.") % {"row": row})


def _publish(row: Fact, note: str, author: User, now: datetime) -> Version:
    row.save(update_fields=["review_by", "as_of_note", "updated_at"])
    seen = {releases.name(row): releases.of_draft(row).seen}
    [version] = releases.publish([row], seen=seen, author=author, now=now, note=note)
    return version

"""A learner's own words on a lesson, and the lessons marked to come back to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext

from accounts.models import User
from courses import outline
from courses.models import Lesson
from learning import activity, enrollment
from learning.models import Bookmark, Note

LIMIT = 4000
"""Characters of a note. One that grew beyond it when two people's records were joined may stay as long."""


class NotKept(ValueError):
    """The text was not written; what it says is for the person.

    `elsewhere` is the note as it stands where it has changed since the text was begun.
    """

    def __init__(self, words: str, elsewhere: Note | None = None) -> None:
        super().__init__(words)
        self.elsewhere = elsewhere


@dataclass(frozen=True, slots=True)
class Kept:
    """A lesson with a note, a bookmark or both. `url` is empty where the lesson is no longer shown."""

    title: str
    url: str
    note: str
    bookmark_url: str
    """Where to take the bookmark away; empty: there is none."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a learner kept in one course, in its order; without a title: of lessons that are gone."""

    title: str
    url: str
    course: str
    """Its key; empty of lessons that are gone."""

    kept: Sequence[Kept]


def shelves(user: User) -> list[Shelf]:
    """Return everything a learner noted or marked, course by course. Two queries."""
    own = {"user": user, "lesson": OuterRef("pk")}
    notes = Note.objects.filter(**own).exclude(text="")
    rows = Lesson.objects.annotate(
        note=Subquery(notes.values("text")), marked=Exists(Bookmark.objects.filter(**own))
    ).filter(Q(note__isnull=False) | Q(marked=True))
    kept = {row.pk: row for row in rows}
    found = []
    for plan in map(outline.of, outline.live_courses()):
        here = [
            _kept(kept.pop(place.id), place.title, [plan.course_key, place.key])
            for place in plan.lessons
            if place.id in kept
        ]
        if here:
            found.append(
                Shelf(
                    plan.title, reverse("learning:my_course", args=[plan.course_key]), plan.course_key, here
                )
            )
    if kept:
        found.append(Shelf("", "", "", [_kept(row, row.title, []) for row in kept.values()]))
    return found


def _kept(row: Any, title: str, address: list[str]) -> Kept:
    """Return a lesson as `shelves` annotated it; `address`: the keys of course and lesson, if it is live."""
    url = reverse("learning:lesson", args=address) if address else ""
    bookmark_url = reverse("learning:set_bookmark", args=address) if address and row.marked else ""
    return Kept(title, url, row.note or "", bookmark_url)


@transaction.atomic
def write(*, user: User, lesson: Lesson, text: str, revision: int, now: datetime) -> Note:
    """Keep the text as the learner's note on a lesson; an empty one takes the note away.

    `revision` is that of the note the text was written over, 0 if there was none: a note that somebody else's
    hand has changed meanwhile is not overwritten. Sending the same text again changes nothing. The first
    write in a course enrols. Raises NotKept.
    """
    text = clean(text)
    note, _ = Note.objects.select_for_update().get_or_create(
        user=user, lesson=lesson, defaults={"text": "", "revision": 0, "updated_at": now}
    )
    if note.text == text:
        return note
    if len(text) > max(LIMIT, len(note.text)):
        words = gettext("A note holds %(most)s characters; this one has %(characters)s. Please shorten it.")
        raise NotKept(words % {"most": f"{LIMIT:,}", "characters": f"{len(text):,}"})
    if note.text and note.revision != revision:
        raise NotKept(gettext("This note was changed on another page or device meanwhile."), note)
    note.text, note.revision, note.updated_at = text, note.revision + 1, now
    note.save(update_fields=["text", "revision", "updated_at"])
    _was_here(user, lesson, now)
    return note


@transaction.atomic
def mark(*, user: User, lesson: Lesson, wanted: bool, now: datetime) -> None:
    """Set a bookmark on a lesson, or take it away. Twice changes nothing."""
    own = Bookmark.objects.filter(user=user, lesson=lesson)
    if not wanted:
        own.delete()
    elif not own.exists():
        Bookmark.objects.get_or_create(user=user, lesson=lesson, defaults={"made_at": now})
        _was_here(user, lesson, now)


def clean(text: str) -> str:
    """Return a text as it is kept: lines end in one way, without space, without what cannot be stored."""
    lines = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def _was_here(user: User, lesson: Lesson, now: datetime) -> None:
    enrollment.enrol(user=user, course=lesson.course, now=now)
    activity.was_here(user, now=now)

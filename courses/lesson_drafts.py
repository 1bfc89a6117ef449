"""Keep what an editor writes of a lesson while it is written, and never over something newer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from courses.content_files.format import tidy
from courses.differences import Difference, between
from courses.models import Lesson
from courses.readable import Readable

WRITES_ON = timedelta(minutes=30)
"""So long one entry of the audit log stands for all savings by the same person in a row."""


@dataclass(frozen=True, slots=True)
class Text:
    """What is written of a lesson."""

    title: str
    question: str
    body: str

    @classmethod
    def of(cls, lesson: Lesson) -> "Text":
        """Return the draft's text."""
        return cls(lesson.title, lesson.question, lesson.body)

    def says(self, other: "Text") -> bool:
        """Say whether two texts say the same, whatever their line ends."""
        return (self.title, self.question, tidy(self.body)) == (
            other.title,
            other.question,
            tidy(other.body),
        )


class NewerDraft(ValueError):
    """Somebody has saved the draft since. Nothing was written; `lesson` is the draft as it stands."""

    def __init__(self, lesson: Lesson) -> None:
        super().__init__("The draft was saved meanwhile.")
        self.lesson = lesson


@transaction.atomic
def keep(*, lesson_id: int, revision: int, text: Text, author: User | None, now: datetime) -> Lesson:
    """Save a text as a lesson's draft, and return the lesson with its revision.

    `revision` is that of the draft from which the text was written. The same text again is kept once.
    Raises NewerDraft if the draft has another revision and says something else; Lesson.DoesNotExist.
    """
    row = Lesson.objects.select_for_update().get(pk=lesson_id)
    if text.says(Text.of(row)):
        return row
    if row.revision != revision:
        raise NewerDraft(row)
    row.title, row.question, row.body = text.title, text.question, text.body
    row.revision += 1
    row.save(update_fields=["title", "question", "body", "revision", "updated_at"])
    _log(row, author, now)
    return row


def _log(row: Lesson, author: User | None, now: datetime) -> None:
    """Note in the audit log who writes: once for as long as one person writes on, not for each saving."""
    last = audit.history(row).first()
    on = last and (last.action, last.actor) == ("draft", author) and now - last.at < WRITES_ON
    if not on:
        audit.record(actor=author, action="draft", obj=row, now=now)


def next_revision(*, lesson_id: int, revision: int, text: Text) -> int:
    """Return the revision that saving a text makes, and hold the row until the transaction ends.

    For a caller that saves the whole row itself. Raises NewerDraft as `keep` does.
    """
    row = Lesson.objects.select_for_update().get(pk=lesson_id)
    if row.revision != revision and not text.says(Text.of(row)):
        raise NewerDraft(row)
    return row.revision + 1


def differences_of(theirs: Text, mine: Text) -> list[Difference]:
    """Return what a text of somebody else's lacks or has besides one's own, field by field."""
    return between(_readable(theirs), _readable(mine))


def _readable(text: Text) -> Readable:
    paragraphs = [part for part in tidy(text.body).split("\n\n") if part.strip()]
    return {_("Title"): [text.title], _("Question"): [text.question], _("Text"): paragraphs}

"""What is wrong with a lesson as it is being written, line by line: faults, advice, words, stale figures."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses import content_style, drafts, readability
from courses.content_advice import lesson_advice
from courses.content_files.texts import of_lesson
from courses.markdown_syntax import kept
from courses.models import Fact, Lesson


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend. `line`: of the text, from 1; 0 for none in particular."""

    line: int
    message: str
    blocks: bool
    """Whether it keeps the lesson from being published."""


@dataclass(frozen=True, slots=True)
class Findings:
    """All there is to mend, and what the text comes to."""

    found: list[Finding]
    words: int
    minutes: int
    ease: int
    """Flesch reading ease: 100 very easy, 50 fairly hard."""

    @property
    def blocking(self) -> int:
        """How many of them keep the lesson from being published."""
        return sum(finding.blocks for finding in self.found)

    @property
    def advice(self) -> int:
        """How many are hints."""
        return len(self.found) - self.blocking


def of(lesson: Lesson, *, today: date) -> Findings:
    """Look through a lesson, which may hold a text that nobody has saved. Writes nothing."""
    measured = readability.measures(lesson.body)
    blocking = [Finding(each.line, each.message, True) for each in drafts.problems(lesson)]
    found = blocking + sorted(_advice(lesson, today), key=lambda finding: finding.line)
    checks = sum(reference.kind == "check" for reference in kept(lesson.body).references)
    minutes = readability.minutes(measured.words, checks)
    return Findings(found, measured.words, minutes, round(measured.ease))


def _advice(lesson: Lesson, today: date) -> Iterator[Finding]:
    rows = list(Fact.objects.select_related("source"))
    facts = [drafts.fact(row) for row in rows]
    for problem in drafts.as_problems(lesson_advice(drafts.lesson(lesson), facts)):
        yield Finding(problem.line, problem.message, False)
    for text in of_lesson(lesson.body):
        for message in content_style.messages(text):
            yield Finding(text.line, message, False)
    stale = {fact.key: fact.review_by for fact in facts if fact.review_by < today}
    for reference in kept(lesson.body).references:
        if reference.kind == "fact" and reference.key in stale:
            day = date_format(stale[reference.key], "j F Y")
            message = _("the figure %(key)r was to be checked by %(day)s")
            yield Finding(reference.line, message % {"key": reference.key, "day": day}, False)

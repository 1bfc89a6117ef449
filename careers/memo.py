"""The decision memo as a document, a page of the learner's own: what templates/documents/memo.typ sets."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import dateformat

from careers.models import PreviewReaction, Task
from careers.report import Evidence, Report, Side
from courses import typesetting

TITLE = "Decision memo"
MOST_TASKS = 10
"""With more of them it would be two pages."""
REACTIONS = {value: f"{label}." for value, label in PreviewReaction.Reaction.choices}
BLANKS = (
    "I try:",
    "What speaks against it, and what I do about that:",
    "The next step, and its day:",
    "I look at this page again on:",
)
CAVEAT = "An aid to reflection and not a validated instrument. It must not be used to select staff."


def document(report: Report, *, verdict: str, name: str, tasks: Sequence[Task], now: datetime) -> bytes:
    """Return the memo as PDF. A name that our fonts cannot set is left out: it is the learner's own page.

    Raises typesetting.CannotBeSetError for such letters elsewhere.
    """
    by = "" if typesetting.missing_letters(name) else name
    content = {
        "title": TITLE,
        "by": ", ".join(part for part in (by, dateformat.format(report.result.at, "j F Y")) if part),
        "answered": f"{report.result.answered} answers",
        "verdict": verdict,
        "ranges": "; ".join(
            f"{side.scale.name} {side.range.low:.0f} to {side.range.high:.0f} of 100" for side in report.sides
        ),
        "sides": [_side(side) for side in report.sides],
        "tasks": _tasks(tasks),
        "blanks": BLANKS,
        "caveat": CAVEAT,
    }
    return typesetting.pdf("memo", content, made_at=now)


def _tasks(tasks: Sequence[Task]) -> list[str]:
    lines = [f"{task.cv_line} ({task.get_proves_display()})" for task in tasks[:MOST_TASKS]]
    more = len(tasks) - MOST_TASKS
    return [*lines, f"And {more} more, on the page “What you already do”."] if more > 0 else lines


def _side(side: Side) -> dict[str, object]:
    return {
        "key": side.scale.key,
        "name": side.scale.get_key_display(),
        "parts": [
            [heading, lines]
            for heading, lines in (
                ("For it", [_line(one) for one in side.speaks_for]),
                ("Against it", [_line(one) for one in side.against]),
                ("Its days", [f"{text} {REACTIONS.get(how, '')}".strip() for _, text, how in side.preview]),
            )
            if lines
        ],
    }


def _line(one: Evidence) -> str:
    return one.words if one.is_scenario else f"{one.text} ({one.words})"

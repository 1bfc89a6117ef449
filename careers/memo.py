"""The decision memo as a document, a page of the learner's own: what templates/documents/memo.typ sets."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from careers.models import PreviewReaction, Task
from careers.report import Evidence, Report, Side
from courses import typesetting

MOST_TASKS = 10
"""With more of them it would be two pages."""
REACTIONS = {
    PreviewReaction.Reaction.LIKE.value: gettext_lazy("I would like that."),
    PreviewReaction.Reaction.BEAR.value: gettext_lazy("I could live with it."),
    PreviewReaction.Reaction.NOT.value: gettext_lazy("Not for me."),
}
BLANKS = (
    gettext_lazy("I try:"),
    gettext_lazy("What speaks against it, and what I do about that:"),
    gettext_lazy("The next step, and its day:"),
    gettext_lazy("I look at this page again on:"),
)


def document(report: Report, *, verdict: str, name: str, tasks: Sequence[Task], now: datetime) -> bytes:
    """Return the memo as PDF. A name that our fonts cannot set is left out: it is the learner's own page.

    Raises typesetting.CannotBeSetError for such letters elsewhere.
    """
    by = "" if typesetting.missing_letters(name) else name
    content = {
        "lang": settings.LANGUAGE_CODE.partition("-")[0],
        "title": _("Decision memo"),
        "by": ", ".join(part for part in (by, dateformat.format(report.result.at, "j F Y")) if part),
        "answered": ngettext("%d answer", "%d answers", report.result.answered) % report.result.answered,
        "verdict": verdict,
        "ranges": "; ".join(
            _("%(name)s %(low)s to %(high)s of 100")
            % {"name": side.scale.name, "low": f"{side.range.low:.0f}", "high": f"{side.range.high:.0f}"}
            for side in report.sides
        ),
        "sides": [_side(side) for side in report.sides],
        "tasks": _tasks(tasks),
        "blanks": [str(blank) for blank in BLANKS],
        "caveat": _(
            "An aid to reflection and not a validated instrument. It must not be used to select staff."
        ),
        "does": _("What I do already"),
        "decision": _("My decision"),
    }
    return typesetting.pdf("memo", content, made_at=now)


def _tasks(tasks: Sequence[Task]) -> list[str]:
    lines = [f"{task.cv_line} ({task.get_proves_display()})" for task in tasks[:MOST_TASKS]]
    more = len(tasks) - MOST_TASKS
    return [*lines, _("And %d more, on the page “What you already do”.") % more] if more > 0 else lines


def _side(side: Side) -> dict[str, object]:
    return {
        "key": side.scale.key,
        "name": side.scale.get_key_display(),
        "parts": [
            [heading, lines]
            for heading, lines in (
                (_("For it"), [_line(one) for one in side.speaks_for]),
                (_("Against it"), [_line(one) for one in side.against]),
                (
                    _("Its days"),
                    [f"{text} {REACTIONS.get(how, '')}".strip() for _, text, how in side.preview],
                ),
            )
            if lines
        ],
    }


def _line(one: Evidence) -> str:
    return one.words if one.is_scenario else f"{one.text} ({one.words})"

"""How questions do, from the record: one question at a time for its page, all of them as a roll-up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from courses import plain_text
from courses.models import PublishJob, Question, Version
from learning import item_statistics
from learning.item_statistics import Observation, Report
from learning.models import Answer, AttemptQuestion, ItemSummary, RegradeRecord

AT_ONCE = 300
"""Questions that one run of the roll-up counts at most; the next run does the others."""

PICKED = ("single", "multiple", "true_false", "scenario")
"""Types whose answers pick options; of the others there is no table of options."""

NEVER_SHOWN = (PublishJob.State.WAITING, PublishJob.State.CANCELLED, PublishJob.State.FAILED)
"""A version that was to go live at a time, and whose job is in one of these, was seen by nobody."""

QUOTES = ('"', "“", "”", "„", "«", "»")
"""What an author may have set around an option that is something said."""

LONGEST = timedelta(hours=1)
"""A pause beyond this between two answers was no thinking about one question."""


@dataclass(frozen=True, slots=True)
class Doctor:
    """A report with the words that belong to it."""

    report: Report
    texts: dict[str, str]
    """Of the options, by key, in plain words."""

    fix: str
    """What to do, in a sentence; empty: nothing to mend, or too little is known."""


def examine(question: Question) -> Doctor:
    """Say how a question does in the versions since its last major change (3 queries)."""
    live = question.live_version
    if live is None:
        return Doctor(Report(0), {}, "")
    report = _report(question, live)
    texts = {choice["key"]: plain_text.inline(choice["text"]) for choice in live.body["choices"]}
    return Doctor(report, texts, fix(report, texts))


def fix(report: Report, texts: dict[str, str]) -> str:
    """Return one suggestion for what was found. `texts`: of the options, in plain words."""
    texts = {key: _unquoted(text) for key, text in texts.items()}
    dead = [f"“{texts[option.key]}”" for option in report.options if option.dead]
    match report.finding:
        case "key" if report.suspect:
            return _(
                "Check the key. People who do well elsewhere get this wrong, and those who pick "
                "“%(choice)s” do best."
            ) % {"choice": texts[report.suspect]}
        case "key":
            return _("Check the key, then the prompt: people who do well elsewhere get this wrong.")
        case "too_hard":
            return _(
                "Hardly anybody gets it right. Check that its passage teaches it, then simplify the prompt."
            )
        case "tells_little":
            return _("Those who know and those who do not answer it alike. Say in the prompt what decides.")
        case "dead_option":
            words = _("Hardly anybody picks %(choices)s. Write what people believe instead, or drop it.")
            return words % {"choices": pgettext("between choices", " or ").join(dead)}
        case "too_easy":
            return _("Nearly everybody gets it right. Keep it as a check in the lesson, or make it harder.")
        case _:
            return ""


def _unquoted(text: str) -> str:
    """Take away the quotation marks around a text: a sentence that names it brings its own."""
    return text[1:-1] if text[:1] in QUOTES and text[-1:] in QUOTES and len(text) > 2 else text


def summarise(*, now: datetime) -> int:
    """Count questions afresh that were answered, published or regraded since they were; return how many.

    Twice or in parallel leaves the same rows. At most 300 at a time, those never counted first.
    """
    answered = dict(Answer.objects.values_list("question_id").annotate(Count("pk")).order_by())
    known = dict(ItemSummary.objects.values_list("pk", "answered"))
    stale = {key for key, answers in answered.items() if known.get(key) != answers}
    regraded = RegradeRecord.objects.filter(
        attempt_question__question_id=OuterRef("pk"), at__gt=OuterRef("counted_at")
    )
    republished = Q(question__live_version__created_at__gt=F("counted_at"))
    moved = ItemSummary.objects.filter(republished | Exists(regraded)).values_list("pk", flat=True)
    due = sorted(stale | set(moved), key=lambda key: (key in known, key))[:AT_ONCE]
    questions = Question.objects.filter(pk__in=due).select_related("live_version")
    rows = [_summary(question, answered.get(question.pk, 0), now) for question in questions]
    fields = [field.name for field in ItemSummary._meta.fields if not field.primary_key]
    ItemSummary.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["question"], update_fields=fields
    )
    return len(rows)


def _summary(question: Question, answered: int, now: datetime) -> ItemSummary:
    report = _report(question, question.live_version) if question.live_version else Report(0)
    seconds = report.median_seconds
    return ItemSummary(
        question=question,
        answered=answered,
        people=report.people,
        facility=report.facility,
        discrimination=report.discrimination,
        median_seconds=None if seconds is None else round(seconds),
        finding=report.finding,
        counted_at=now,
    )


def _report(question: Question, live: Version) -> Report:
    answer_key: dict[str, Any] = live.answer_key or {}
    options: Sequence[tuple[str, bool]] = ()
    if live.body["type"] in PICKED:
        truths = answer_key["choices"]
        options = [(choice["key"], truths[choice["key"]]["correct"]) for choice in live.body["choices"]]
    return item_statistics.report(_observations(question, live), options)


def _observations(question: Question, live: Version) -> list[Observation]:
    """Return each person's first answer in a handed-in quiz, since the last major change of the question."""
    majors = Version.objects.filter(
        kind=Version.Kind.QUESTION,
        course_id=question.course_id,
        key=live.key,
        major=True,
        number__lte=live.number,
    ).filter(Q(number=live.number) | ~Q(publish_jobs__state__in=NEVER_SHOWN))
    since = majors.order_by("-number").values("number")[:1]
    earlier = Answer.objects.filter(
        attempt_question__attempt=OuterRef("attempt"), saved_at__lt=OuterRef("answer__saved_at")
    )
    begun = Coalesce(Subquery(earlier.order_by("-saved_at").values("saved_at")[:1]), F("attempt__started_at"))
    asked = AttemptQuestion.objects.filter(
        question=question, attempt__submitted_at__isnull=False, version__number__gte=Subquery(since)
    )
    first = asked.order_by("attempt__user_id", "attempt__submitted_at", "pk").distinct("attempt__user_id")
    rows = first.annotate(took=F("answer__saved_at") - begun).values_list(
        "answer__credit", "answer__response", "attempt__credit", "attempt__question_count", "took"
    )
    return [_observation(*row) for row in rows]


def _observation(credit: Any, response: Any, total: Any, asked: int, took: timedelta | None) -> Observation:
    """Nothing answered is no credit, as it is in the attempt."""
    got = float(credit or 0)
    rest = (float(total) - got) / (asked - 1) if asked > 1 else None
    picked = response or {}
    chosen = frozenset([picked["choice"]] if "choice" in picked else picked.get("choices", []))
    seconds = took.total_seconds() if took is not None and took <= LONGEST else None
    return Observation(got, rest, chosen, seconds)

"""How content does: quizzes, questions, mistaken ideas."""

from collections import defaultdict
from typing import get_args

from django.db.models import Case, Sum, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses import plain_text
from courses.models import Lesson, Misconception, Quiz
from courses.numbers import minus
from learning.analytics.shape import FEW, NOT_TOLD, Of, People, Row, Share, Table, by, rows
from learning.item_statistics import LEAST, Finding
from learning.models import DailyTotal, ItemSummary

Measure = DailyTotal.Measure
MOST_ITEMS = 500
"""Questions that are listed, those with something to mend first; the file has all of them."""
FINDINGS = {
    "key": gettext_lazy("check the key"),
    "too_hard": gettext_lazy("too hard"),
    "tells_little": gettext_lazy("tells little"),
    "dead_option": gettext_lazy("dead option"),
    "too_easy": gettext_lazy("too easy"),
}
"""What learning.item_statistics finds, in words."""


def quizzes(of: Of) -> Table:
    """Return how first attempts at each quiz go (5 queries)."""
    taken, score, passed_first, passed = (
        by("quiz", of, measure)
        for measure in (
            Measure.QUIZ_TAKEN,
            Measure.QUIZ_SCORE,
            Measure.QUIZ_PASSED_FIRST,
            Measure.QUIZ_PASSED,
        )
    )
    found = Quiz.objects.filter(pk__in=[*taken, *passed]).select_related("course")
    return Table(
        _("Quizzes"),
        (
            (_("First attempts"), _("People who handed in their first attempt at the quiz.")),
            (_("Mean score"), _("Of these attempts, as they were graded then or within two days.")),
            (_("Passed at once"), _("The share of them that reached the pass mark.")),
            (_("Passed"), _("People who passed the quiz for the first time, whichever attempt it was.")),
        ),
        (_("Quiz"), _("Course"), _("First attempts"), _("Mean score"), _("Passed at once"), _("Passed")),
        [
            Row(
                [
                    row.title,
                    row.course.title,
                    people := People(taken[row.pk]),
                    f"{score[row.pk] / people.number:.0f} %" if people.told else NOT_TOLD,
                    Share(People(passed_first[row.pk]), people),
                    People(passed[row.pk]),
                ],
                about=("quiz", row.pk),
            )
            for row in found.order_by("course__order", "course_id", "module__order", "pk")
        ],
    )


def items(of: Of) -> Table:
    """Return how the questions do, those with something to mend first, the worst of it above (1 query)."""
    found = ItemSummary.objects.filter(answered__gt=0).select_related("question")
    if of.course:
        found = found.filter(question__course=of.course)
    worst_first = [When(finding=finding, then=place) for place, finding in enumerate(get_args(Finding))]
    ordered = found.order_by(Case(*worst_first), "question__course", "question__module__order", "pk")
    return Table(
        _("Questions"),
        (
            (_("People"), _("Whose first answer in a quiz counts, since the question's last major change.")),
            (_("Facility"), _("Their mean credit, 0 to 1.")),
            (
                _("Discrimination"),
                _("How it goes with the rest of the attempt (item-total, corrected), %(least)s to 1.")
                % {"least": minus(-1)},
            ),
            (_("Seconds"), _("The median time since the answer before.")),
            (
                _("To mend"),
                _("The one finding of the item doctor, which is silent below %(people)s people.")
                % {"people": LEAST},
            ),
        ),
        (_("Question"), _("People"), _("Facility"), _("Discrimination"), _("Seconds"), _("To mend")),
        [_item(row) for row in (ordered if of.whole else ordered[:MOST_ITEMS])],
        by_days=False,
        by_cohort=False,
    )


def _item(row: ItemSummary) -> Row:
    people = People(row.people)
    numbers = (
        NOT_TOLD if number is None or not people.told else f"{number:{style}}"
        for number, style in (
            (row.facility, ".2f"),
            (row.discrimination, ".2f"),
            (row.median_seconds, "d"),
        )
    )
    return Row(
        [plain_text.inline(row.question.prompt), people, *numbers, str(FINDINGS.get(row.finding, ""))],
        about=("question", row.question_id),
    )


def misconceptions(of: Of) -> Table:
    """Return the mistaken ideas behind answers, the commonest first, with the lesson to mend (3 queries)."""
    found = rows(of, Measure.MISCONCEPTION).values_list("misconception", "lesson").annotate(Sum("amount"))
    people: dict[int, int] = defaultdict(int)
    taught: dict[int, tuple[int, int]] = {}
    for idea, lesson, amount in found.order_by():
        people[idea] += amount
        taught[idea] = max(taught.get(idea, (0, 0)), (amount, lesson or 0))
    ideas = Misconception.objects.in_bulk(people)
    titles = Lesson.objects.in_bulk({lesson for _, lesson in taught.values()})
    most = max([1, *people.values()])
    return Table(
        _("Mistaken ideas"),
        (
            (
                _("People"),
                _(
                    "Who gave an answer with this idea behind it: in lessons, in quizzes handed in, "
                    "in reviews. Each once a day and lesson, so somebody who holds it for weeks counts again."
                ),
            ),
            (_("Lesson to mend"), _("The passage that most of these questions point to.")),
        ),
        (_("Mistaken idea"), _("People"), _("Lesson to mend")),
        [
            Row(
                [
                    ideas[idea].name,
                    People(amount),
                    titles[taught[idea][1]].title
                    if taught[idea][1] in titles and amount >= FEW
                    else NOT_TOLD,
                ],
                round(100 * amount / most) if amount >= FEW else None,
                ("misconception", idea),
            )
            for idea, amount in sorted(people.items(), key=lambda each: (-each[1], each[0]))
        ],
    )

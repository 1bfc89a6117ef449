"""What this room keeps about a person, in words: sections of the download of their own data."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.privacy.sections import Section, day, moment
from courses import plain_text
from courses.models import Version
from learning.models import (
    Accommodation,
    Answer,
    Attempt,
    Bookmark,
    Certificate,
    CohortMember,
    DailyActivity,
    DrillAnswer,
    Enrollment,
    LessonProgress,
    Note,
    ReminderContract,
    ReminderKind,
    ReviewLog,
    ReviewPlan,
    WeekGoal,
)
from learning.rhythm import Rhythm

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

Row = tuple[str, ...]
Reader = Callable[[User], Iterable[Row]]
RATINGS = {
    1: gettext_lazy("forgotten"),
    2: gettext_lazy("hard"),
    3: gettext_lazy("good"),
    4: gettext_lazy("easy"),
}
RATINGS_TAKEN_BACK = {
    1: gettext_lazy("forgotten, taken back"),
    2: gettext_lazy("hard, taken back"),
    3: gettext_lazy("good, taken back"),
    4: gettext_lazy("easy, taken back"),
}
RHYTHMS = {
    Rhythm.DAILY: gettext_lazy("daily"),
    Rhythm.WEEKLY: gettext_lazy("weekly"),
    Rhythm.MONTHLY: gettext_lazy("monthly"),
    Rhythm.STOPPED: gettext_lazy("stopped"),
}


def _courses(user: User) -> Iterator[Row]:
    for row in Enrollment.objects.filter(user=user).select_related("course").order_by("started_at"):
        dates = (moment(row.started_at, user.zone), moment(row.last_active_at, user.zone))
        yield (row.course.title, *dates, str(row.lessons_done))


def _lessons(user: User) -> Iterator[Row]:
    rows = LessonProgress.objects.filter(user=user).order_by("completed_at")
    for row in rows.select_related("lesson__course"):
        dates = (moment(row.completed_at, user.zone), moment(row.undone_at, user.zone))
        yield (row.lesson.title, row.lesson.course.title, *dates)


def _attempts(user: User) -> Iterator[Row]:
    rows = Attempt.objects.filter(user=user).order_by("started_at")
    for row in rows.select_related("quiz_version").iterator():
        points = _of(row.points, row.question_count) if row.submitted_at else ""
        passed = "" if row.passed is None else _("yes") if row.passed else _("no")
        dates = (moment(row.started_at, user.zone), moment(row.submitted_at, user.zone))
        yield (row.quiz_version.body["title"], str(row.number), *dates, points, passed)


def _answers(user: User) -> Iterator[Row]:
    rows = Answer.objects.filter(user=user)
    asked = {
        version.pk: _Asked(version.body)
        for version in Version.objects.for_pages().filter(pk__in=rows.values("version"))
    }
    for row in rows.order_by("saved_at").iterator():
        question = asked[row.version_id]
        sure = str(Answer.Sureness(row.sureness).label) if row.sureness else ""
        credit = "" if row.credit is None else _of(f"{row.credit.normalize():f}", 1)
        yield (
            moment(row.saved_at, user.zone),
            question.prompt,
            question.answered(row.response),
            sure,
            credit,
        )


def _of(some: str, all_of_it: int) -> str:
    return _("%(some)s of %(all)s") % {"some": some, "all": all_of_it}


class _Asked:
    """A question as it was asked: its words, and what an answer to it says."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        self.prompt = plain_text.inline(body["prompt"])
        self.texts = {choice["key"]: plain_text.inline(choice["text"]) for choice in body.get("choices", [])}

    def answered(self, response: Mapping[str, Any]) -> str:
        """Return a response of any type in words: keys become the texts of choices, other words stay."""
        return ", ".join(self._words(given) for given in response.values())

    def _words(self, given: object) -> str:
        if isinstance(given, Mapping):  # what was sorted where
            return ", ".join(f"{self._words(item)}: {self._words(place)}" for item, place in given.items())
        if isinstance(given, list):
            return ", ".join(self._words(each) for each in given)
        return self.texts.get(str(given), str(given))


def _earned(user: User) -> Iterator[Row]:
    for row in Certificate.objects.filter(user=user).select_related("outline").order_by("awarded_at"):
        dates = (moment(row.issued_at, user.zone), moment(row.revoked_at, user.zone))
        yield (row.title, moment(row.awarded_at, user.zone), row.name, *dates)


def _reviews(user: User) -> Iterator[Row]:
    rows = ReviewLog.objects.filter(card__user=user).order_by("at")
    told = rows.values_list("at", "card__objective__text", "card__term__name", "rating", "undone_at")
    for at, objective, term, rating, undone in told.iterator():
        yield (
            moment(at, user.zone),
            objective or term,
            str((RATINGS_TAKEN_BACK if undone else RATINGS)[rating]),
        )


def _drill(user: User) -> Iterator[Row]:
    rows = DrillAnswer.objects.filter(user=user).order_by("number").select_related("sentence")
    for row in rows.iterator():
        yield (
            moment(row.at, user.zone),
            row.sentence.text,
            row.get_given_display(),
            row.get_expected_display(),
        )


def _notes(user: User) -> Iterator[Row]:
    for row in (
        Note.objects.filter(user=user).exclude(text="").select_related("lesson").order_by("updated_at")
    ):
        yield (row.lesson.title, row.text, moment(row.updated_at, user.zone))


def _bookmarks(user: User) -> Iterator[Row]:
    for row in Bookmark.objects.filter(user=user).select_related("lesson").order_by("made_at"):
        yield (row.lesson.title, moment(row.made_at, user.zone))


def _days(user: User) -> Iterator[Row]:
    for row in DailyActivity.objects.filter(user=user).order_by("local_date"):
        counts = (row.lessons, row.answers, row.quizzes, row.reviews, row.spent // timedelta(minutes=1))
        yield (day(row.local_date), *map(str, counts))


def _cohorts(user: User) -> Iterator[Row]:
    rows = CohortMember.objects.filter(user=user).select_related("cohort__course").order_by("joined_at")
    for row in rows:
        target = day(row.cohort.target_date)
        yield (
            row.cohort.name,
            row.cohort.course.title,
            moment(row.joined_at, user.zone),
            target,
            _("member"),
        )
    for cohort in user.owned_cohorts.select_related("course").order_by("pk"):
        yield (cohort.name, cohort.course.title, "", day(cohort.target_date), _("owner"))


def _wishes(user: User) -> Iterable[Row]:
    for goal in WeekGoal.objects.filter(user=user).order_by("from_monday"):
        words = _("%(days)s days a week, from %(day)s on")
        yield (_("Week goal"), words % {"days": goal.days, "day": day(goal.from_monday)})
    for plan in ReviewPlan.objects.filter(user=user):
        words = _("%(rhythm)s, interview on %(day)s") if plan.interview_on else "%(rhythm)s"
        yield (_("Reviews"), words % {"rhythm": RHYTHMS[Rhythm(plan.rhythm)], "day": day(plan.interview_on)})
    for contract in ReminderContract.objects.filter(user=user):
        yield (_("Reminders"), _contract(contract))
    for kind in ReminderKind.objects.filter(user=user).order_by("kind"):
        yield (_("Reminders about: %(kind)s") % {"kind": kind.kind}, _("on") if kind.enabled else _("off"))
    for extra in Accommodation.objects.filter(user=user):
        words = (
            _("%(percent)s %%, until %(day)s: %(reason)s") if extra.until else _("%(percent)s %%: %(reason)s")
        )
        numbers = {"percent": extra.extra_time_percent, "day": day(extra.until), "reason": extra.reason}
        yield (_("Extra time in quizzes"), words % numbers)


def _contract(contract: ReminderContract) -> str:
    if contract.enabled:
        words = _("on: %(days)s at %(hour)s, at most %(times)s a week")
    else:
        words = _("off: %(days)s at %(hour)s, at most %(times)s a week")
    return words % {
        "days": ", ".join(str(WEEKDAYS[number - 1]) for number in contract.weekdays),
        "hour": f"{contract.local_time:%H:%M}",
        "times": contract.ceiling_per_week,
    }


SECTIONS: "tuple[tuple[StrPromise, StrPromise, StrPromise, Reader], ...]" = (
    # Title, what it is, columns, and what reads the rows. In a translation, too, columns are parted by ", ".
    (
        gettext_lazy("Courses"),
        gettext_lazy("The courses you began."),
        gettext_lazy("Course, Begun, Last active, Lessons done"),
        _courses,
    ),
    (
        gettext_lazy("Lessons"),
        gettext_lazy("The lessons you completed."),
        gettext_lazy("Lesson, Course, Completed, Taken back"),
        _lessons,
    ),
    (
        gettext_lazy("Quizzes"),
        gettext_lazy("Each time you took a quiz."),
        gettext_lazy("Quiz, Attempt, Begun, Handed in, Points, Passed"),
        _attempts,
    ),
    (
        gettext_lazy("Answers"),
        gettext_lazy("What you answered in quizzes and in the checks of lessons."),
        gettext_lazy("When, Question, Your answer, How sure, Credit"),
        _answers,
    ),
    (
        gettext_lazy("Certificates"),
        gettext_lazy("What you earned."),
        gettext_lazy("Course, Earned, Issued to, Issued, Withdrawn"),
        _earned,
    ),
    (
        gettext_lazy("Reviews"),
        gettext_lazy("What came back to you, and how well you knew it."),
        gettext_lazy("When, What, How it went"),
        _reviews,
    ),
    (
        gettext_lazy("Cohorts"),
        gettext_lazy(
            "Groups that take a course together. Owners see their members' name, lessons done and "
            "certificate."
        ),
        gettext_lazy("Cohort, Course, Joined, To be done by, You are"),
        _cohorts,
    ),
    (
        gettext_lazy("Drill"),
        gettext_lazy("What you told apart."),
        gettext_lazy("When, Sentence, You said, It was"),
        _drill,
    ),
    (
        gettext_lazy("Notes"),
        gettext_lazy("What you wrote beside lessons."),
        gettext_lazy("Lesson, Note, Changed"),
        _notes,
    ),
    (
        gettext_lazy("Bookmarks"),
        gettext_lazy("Lessons you wanted to find again."),
        gettext_lazy("Lesson, Marked"),
        _bookmarks,
    ),
    (
        gettext_lazy("Days you studied"),
        gettext_lazy("By your own calendar."),
        gettext_lazy("Day, Lessons, Answers, Quizzes, Reviews, Minutes"),
        _days,
    ),
    (
        gettext_lazy("What you asked for"),
        gettext_lazy("Goals, reviews, reminders."),
        gettext_lazy("What, How"),
        _wishes,
    ),
)


def sections(user: User) -> Iterator[Section]:
    """Yield a section for each kind of thing that the person did or asked for. Rows are read lazily."""
    for title, about, columns, rows in SECTIONS:
        yield Section(str(title), str(about), columns.split(", "), rows(user))

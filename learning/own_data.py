"""What this room keeps about a person, in words: sections of the download of their own data."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

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

Row = tuple[str, ...]
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
RATINGS = {1: "forgotten", 2: "hard", 3: "good", 4: "easy"}


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
        points = f"{row.points} of {row.question_count}" if row.submitted_at else ""
        passed = "" if row.passed is None else "yes" if row.passed else "no"
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
        sure = Answer.Sureness(row.sureness).label if row.sureness else ""
        credit = "" if row.credit is None else f"{row.credit.normalize():f} of 1"
        yield (
            moment(row.saved_at, user.zone),
            question.prompt,
            question.answered(row.response),
            sure,
            credit,
        )


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
            f"{RATINGS[rating]}{', taken back' if undone else ''}",
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
        yield (row.cohort.name, row.cohort.course.title, moment(row.joined_at, user.zone), target, "member")
    for cohort in user.owned_cohorts.select_related("course").order_by("pk"):
        yield (cohort.name, cohort.course.title, "", day(cohort.target_date), "owner")


def _wishes(user: User) -> Iterable[Row]:
    for goal in WeekGoal.objects.filter(user=user).order_by("from_monday"):
        yield ("Week goal", f"{goal.days} days a week, from {day(goal.from_monday)} on")
    for plan in ReviewPlan.objects.filter(user=user):
        interview = f", interview on {day(plan.interview_on)}" if plan.interview_on else ""
        yield ("Reviews", f"{Rhythm(plan.rhythm).name.lower()}{interview}")
    for contract in ReminderContract.objects.filter(user=user):
        days = ", ".join(WEEKDAYS[number - 1] for number in contract.weekdays)
        hour = f"at {contract.local_time:%H:%M}, at most {contract.ceiling_per_week} a week"
        yield ("Reminders", f"{'on' if contract.enabled else 'off'}: {days} {hour}")
    for kind in ReminderKind.objects.filter(user=user).order_by("kind"):
        yield (f"Reminders about: {kind.kind}", "on" if kind.enabled else "off")
    for extra in Accommodation.objects.filter(user=user):
        end = f", until {day(extra.until)}" if extra.until else ""
        yield ("Extra time in quizzes", f"{extra.extra_time_percent} %{end}: {extra.reason}")


SECTIONS: tuple[tuple[str, str, str, Callable[[User], Iterable[Row]]], ...] = (
    # title, what it is, columns, and what reads the rows
    ("Courses", "The courses you began.", "Course, Begun, Last active, Lessons done", _courses),
    ("Lessons", "The lessons you completed.", "Lesson, Course, Completed, Taken back", _lessons),
    ("Quizzes", "Each time you took a quiz.", "Quiz, Attempt, Begun, Handed in, Points, Passed", _attempts),
    (
        "Answers",
        "What you answered in quizzes and in the checks of lessons.",
        "When, Question, Your answer, How sure, Credit",
        _answers,
    ),
    ("Certificates", "What you earned.", "Course, Earned, Issued to, Issued, Withdrawn", _earned),
    ("Reviews", "What came back to you, and how well you knew it.", "When, What, How it went", _reviews),
    (
        "Cohorts",
        "Groups that take a course together. Owners see their members' name, lessons done and certificate.",
        "Cohort, Course, Joined, To be done by, You are",
        _cohorts,
    ),
    ("Drill", "What you told apart.", "When, Sentence, You said, It was", _drill),
    ("Notes", "What you wrote beside lessons.", "Lesson, Note, Changed", _notes),
    ("Bookmarks", "Lessons you wanted to find again.", "Lesson, Marked", _bookmarks),
    ("Days you studied", "By your own calendar.", "Day, Lessons, Answers, Quizzes, Reviews, Minutes", _days),
    ("What you asked for", "Goals, reviews, reminders.", "What, How", _wishes),
)


def sections(user: User) -> Iterator[Section]:
    """Yield a section for each kind of thing that the person did or asked for. Rows are read lazily."""
    for title, about, columns, rows in SECTIONS:
        yield Section(title, about, columns.split(", "), rows(user))

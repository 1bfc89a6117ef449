"""Whatever learners, editors and clocks do, in any order: what is kept as a sum agrees with the record.

A hypothesis state machine lives with the product's own verbs on the real PostgreSQL. Each example happens in
a savepoint of its own and leaves nothing behind. The code of `manage.py check_progress` counts all of it
again after every few steps, before whatever counts anew, and at the end.
"""

import contextlib
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from itertools import count

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accounts import guests
from accounts.models import User
from accounts.privacy import erasure
from courses import publishing
from courses.grading import InvalidResponse
from courses.models import Course, DrillSentence, GlossaryTerm, Label, Lesson, Question, Quiz
from learning import (
    asking,
    cards,
    checks,
    deadlines,
    drill,
    goals,
    overview,
    progress,
    quizzes,
    regrade,
    review,
    review_plan,
    why,
)
from learning.models import Attempt, AttemptQuestion, LearningEvent, ReviewLog
from learning.rhythm import Rhythm
from tests.factories import NOW, make_course, make_final
from tests.faults.outcomes import report
from tests.learning.quiz_steps import answer, make_quiz, take
from tests.learning.sentences import make_sentences

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PEOPLE = st.sampled_from(["ann", "bob", "phone", "tablet"])
ACCOUNTS = st.sampled_from(["ann", "bob"])
GUESTS = st.sampled_from(["phone", "tablet"])
LESSONS = st.integers(1, 4).map("lesson-{}".format)
QUIZZES = st.sampled_from(["module-1", "module-2", "final"])
ZONES = st.sampled_from(
    [
        "UTC",
        "Europe/Lisbon",
        "America/New_York",
        "Pacific/Kiritimati",
        "Pacific/Pago_Pago",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Mars/Base",
    ]
)
SKEW = st.sampled_from([timedelta(), timedelta(), timedelta(minutes=5), -timedelta(minutes=5)])
"""How far the clock of the web process that serves a request is from the true time."""
CHANGES = [datetime(2026, 11, 1, 5, 58, tzinfo=UTC), datetime(2027, 3, 14, 6, 58, tzinfo=UTC)]
"""Two minutes before the clocks change in New York, back and forth."""
addresses = count(1)


class Learning(RuleBasedStateMachine):
    """Two accounts and the guests of two browsers in one course, which editors change while they learn."""

    happened: Counter[str] = Counter()
    """What all examples together have written to the ledger."""

    def __init__(self) -> None:
        super().__init__()
        self.sandbox = transaction.atomic()
        self.sandbox.__enter__()
        self.true_now = datetime(2026, 10, 30, 9, tzinfo=UTC)
        self.steps = 0
        self.people = {name: self.make_account() for name in ("ann", "bob")}
        self.people |= {name: self.make_guest() for name in ("phone", "tablet")}

    def teardown(self) -> None:
        try:
            if not connection.needs_rollback:  # nothing has gone wrong yet
                self.all_sums_agree()
                Learning.happened.update(LearningEvent.objects.values_list("kind", flat=True))
                Learning.happened["steps"] += self.steps
        finally:
            transaction.set_rollback(True)
            self.sandbox.__exit__(None, None, None)

    def make_account(self, zone: str = "UTC") -> User:
        return User.objects.create_user(f"learner-{next(addresses)}@example.org", time_zone=zone)

    def make_guest(self) -> User:
        return User.objects.create(last_seen_on=self.true_now.date())

    def person(self, name: str) -> User:
        """Read anew, as each request does."""
        self.people[name].refresh_from_db()
        return self.people[name]

    @invariant()
    def sums_agree_now_and_then(self) -> None:
        """After every fourth step: what does not add up stays so, until something counts it anew."""
        self.steps += 1
        if self.steps % 4 == 0:
            self.all_sums_agree()

    def all_sums_agree(self) -> None:
        assert [str(each) for each in checks.differences()] == []

    # --- time ---------------------------------------------------------------------------------------------

    @rule(minutes=st.integers(1, 3 * 24 * 60))
    def time_passes(self, minutes: int) -> None:
        self.true_now += timedelta(minutes=minutes)

    @rule(name=PEOPLE, before=st.integers(0, 6))
    def it_is_about_midnight(self, name: str, before: int) -> None:
        """Three minutes before the person's next midnight to three after."""
        zone = self.person(name).zone
        tomorrow = self.true_now.astimezone(zone).date() + DAY
        midnight = datetime.combine(tomorrow, time(), zone).astimezone(UTC)
        self.true_now = max(self.true_now, midnight + timedelta(minutes=before - 3))

    @rule()
    def clocks_are_about_to_change(self) -> None:
        self.true_now = next((each for each in CHANGES if each > self.true_now), self.true_now)

    @rule(name=PEOPLE, zone=ZONES)
    def somebody_moves(self, name: str, zone: str) -> None:
        User.objects.filter(pk=self.people[name].pk).update(time_zone=zone)

    # --- learning -----------------------------------------------------------------------------------------

    @rule(name=PEOPLE, key=LESSONS, skew=SKEW)
    def complete(self, name: str, key: str, skew: timedelta) -> None:
        if lesson := Lesson.objects.live().filter(key=key).first():
            progress.complete_lesson(user=self.person(name), lesson=lesson, now=self.true_now + skew)

    @rule(name=PEOPLE, key=LESSONS, skew=SKEW)
    def undo(self, name: str, key: str, skew: timedelta) -> None:
        lesson = Lesson.objects.get(key=key)
        progress.undo_lesson(user=self.person(name), lesson=lesson, now=self.true_now + skew)

    @rule(name=PEOPLE, key=LESSONS)
    def reread(self, name: str, key: str) -> None:
        if lesson := Lesson.objects.live().filter(key=key).first():
            progress.reread_lesson(user=self.person(name), lesson=lesson, now=self.true_now)

    @rule(name=PEOPLE, number=st.integers(1, 4), choice=st.sampled_from(["keeping-app", "moving-app"]))
    def answer_a_check(self, name: str, number: int, choice: str) -> None:
        lesson = Lesson.objects.get(key=f"lesson-{number}")
        question = Question.objects.select_related("live_version").get(key=f"check-{number}")
        progress.answer_check(
            user=self.person(name),
            lesson=lesson,
            question=question,
            response={"choice": choice},
            sureness="sure",
            now=self.true_now,
        )

    @rule(name=PEOPLE, key=QUIZZES, right=st.integers(0, 4), skew=SKEW)
    def take_a_quiz(self, name: str, key: str, right: int, skew: timedelta) -> None:
        try:
            take(self.person(name), quizzes.get_live("two-pms", key), right=right, now=self.true_now + skew)
        except (quizzes.CannotStart, quizzes.AlreadyHandedIn):
            return

    @rule(name=PEOPLE, key=QUIZZES)
    def begin_a_quiz(self, name: str, key: str) -> None:
        try:
            quizzes.start(user=self.person(name), quiz=quizzes.get_live("two-pms", key), now=self.true_now)
        except quizzes.CannotStart:
            return

    @rule(name=PEOPLE, position=st.integers(1, 4), right=st.booleans())
    def save_an_answer(self, name: str, position: int, right: bool) -> None:
        rows = AttemptQuestion.objects.select_related("version", "attempt__user")
        open_here = rows.filter(
            attempt__user=self.people[name], attempt__submitted_at=None, position=position
        )
        if row := open_here.first():
            try:
                answer(row, right=right, sequence=int(self.true_now.timestamp()), now=self.true_now)
            except quizzes.AlreadyHandedIn:
                return

    @rule(name=PEOPLE)
    def hand_in(self, name: str) -> None:
        if attempt := Attempt.objects.filter(user=self.people[name], submitted_at=None).first():
            quizzes.submit(user=self.person(name), attempt_id=attempt.pk, now=self.true_now)

    @rule()
    def time_is_up_for_some(self) -> None:
        deadlines.close_overdue(now=self.true_now)

    @rule(name=PEOPLE, place=st.integers(0, 20), option=st.integers(0, 3), skew=SKEW)
    def review_a_card(self, name: str, place: int, option: int, skew: timedelta) -> None:
        user, now = self.person(name), self.true_now + skew
        asked = list(user.review_cards.order_by("pk").values_list("pk", flat=True))
        card = asking.card_of(user, asked[place % len(asked)]) if asked else None
        showing = asking.ask(card) if card else None
        if card is None or showing is None:
            return
        try:
            review.answer(
                user=user,
                card_id=card.pk,
                version_id=showing.version_id,
                number=card.review_number,
                form=form_of(showing, option),
                sureness="sure",
                now=now,
            )
        except InvalidResponse:
            return

    @rule(name=PEOPLE)
    def take_a_review_back(self, name: str) -> None:
        mine = ReviewLog.objects.filter(card__user=self.people[name], source="review", undone_at=None)
        if last := mine.order_by("pk").last():
            review.undo(user=self.person(name), log_id=last.pk, now=self.true_now)

    @rule(name=PEOPLE, label=st.sampled_from(Label), skew=SKEW)
    def answer_in_the_drill(self, name: str, label: Label, skew: timedelta) -> None:
        user, now = self.person(name), self.true_now + skew
        turn = drill.next_turn(user, today=now.astimezone(user.zone).date())
        assert turn.sentence
        sentence = DrillSentence.objects.get(pk=turn.sentence.pk)
        for _ in range(2):
            drill.answer(user=user, number=turn.number, sentence=sentence, given=label, now=now)

    @rule(name=PEOPLE)
    def open_a_term(self, name: str) -> None:
        term = GlossaryTerm.objects.select_related("live_version").get(key="sponsor")
        assert term.live_version
        cards.meet_term(user=self.person(name), term=term, version=term.live_version, now=self.true_now)

    @rule(name=ACCOUNTS, days=st.integers(1, 7), rhythm=st.sampled_from(Rhythm), ahead=st.integers(0, 9))
    def plan(self, name: str, days: int, rhythm: Rhythm, ahead: int) -> None:
        user = self.person(name)
        goals.set_goal(user=user, days=days, now=self.true_now)
        review_plan.choose(user=user, chosen=rhythm, now=self.true_now)
        interview_on = self.true_now.astimezone(user.zone).date() + ahead * DAY if ahead else None
        review_plan.prepare(user=user, interview_on=interview_on, now=self.true_now)

    @rule(name=PEOPLE)
    def look_at_progress(self, name: str) -> None:
        user = self.person(name)
        shown = overview.of(user, today=self.true_now.astimezone(user.zone).date())
        for course in shown.courses:
            assert course == why.done_again(user, Course.objects.get(key=course.key))

    # --- people come and go -------------------------------------------------------------------------------

    @rule(browser=GUESTS, name=ACCOUNTS, skew=SKEW)
    def log_in(self, browser: str, name: str, skew: timedelta) -> None:
        """What the guest of a browser did moves to an account; later there is a new guest."""
        self.all_sums_agree()  # a merge counts days anew
        now = self.true_now + skew
        assert guests.merge(guest=self.people[browser], user=self.people[name], now=now)
        self.people[browser] = self.make_guest()

    @rule(name=ACCOUNTS)
    def erase(self, name: str) -> None:
        self.all_sums_agree()
        erasure.erase(user=self.people[name], now=self.true_now)
        self.people[name] = self.make_account()

    # --- editors ------------------------------------------------------------------------------------------

    def publish(self, row: Lesson | Question | Quiz, *, major: bool | None = None) -> None:
        """Publish a draft, where nothing that it names is retired. What was archived comes back."""
        with contextlib.suppress(publishing.NotPublishable):
            publishing.publish(row, author=None, now=self.true_now, major=major)

    @rule(key=LESSONS, major=st.booleans())
    def publish_a_lesson(self, key: str, major: bool) -> None:
        lesson = Lesson.objects.get(key=key)
        lesson.body += f"\n\n## Added in {next(addresses)}\n\nMore." if major else "\n\nA word more."
        lesson.save()
        self.publish(lesson, major=major)

    @rule(key=LESSONS)
    def retire_a_lesson(self, key: str) -> None:
        publishing.archive(Lesson.objects.get(key=key), now=self.true_now)

    @rule(key=LESSONS)
    def roll_a_lesson_back(self, key: str) -> None:
        lesson = Lesson.objects.select_related("live_version").get(key=key)
        versions = lesson.course.versions.filter(kind="lesson", key=key).order_by("number")
        publishing.roll_back(lesson, version=versions[0], author=None, now=self.true_now)

    @rule(key=QUIZZES, mark=st.integers(1, 4))
    def change_a_pass_mark(self, key: str, mark: int) -> None:
        Quiz.objects.filter(key=key).update(pass_mark=25 * mark)
        self.publish(Quiz.objects.get(key=key))

    @rule(place=st.integers(0, 15), again=st.booleans())
    def correct_a_key_and_regrade(self, place: int, again: bool) -> None:
        asked = Question.objects.filter(type__in=["true_false", "classify"]).order_by("pk")
        question = asked[place % len(asked)]
        turn_over(question)
        self.publish(question)
        for _ in range(1 + again):
            regrade.regrade(
                question=Question.objects.select_related("live_version").get(pk=question.pk),
                reason="The key was upside down.",
                now=self.true_now,
                actor=None,
            )

    @rule(place=st.integers(0, 15))
    def retire_a_question(self, place: int) -> None:
        questions = Question.objects.exclude(uses__contains=["check"]).order_by("pk")
        publishing.archive(questions[place % len(questions)], now=self.true_now)


def form_of(showing: asking.Showing, option: int) -> dict[str, list[str]]:
    """Some answer to a card."""
    body = showing.version.body
    if body["buckets"]:
        buckets = [body["buckets"][option % len(body["buckets"])]]
        return {f"bucket-{shown}": buckets for shown, _ in showing.options}
    return {"option": [showing.options[option % len(showing.options)][0]]}


def turn_over(question: Question) -> None:
    """Write the opposite truth into the draft of a question."""
    for choice in question.choices.all():
        choice.correct = question.type == "true_false" and not choice.correct
        choice.bucket = {"product": "project", "project": "product", "": ""}[choice.bucket]
        choice.misconception = None
        choice.save()


@pytest.fixture
def world(db: None) -> Course:
    """A course with a final, a quiz with a time limit, sentences, and terms to tell apart."""
    course = make_course()
    make_final(course, delay_hours=0)
    make_quiz("module-2", time_limit_minutes=20, feedback="immediate")
    make_sentences()
    for key in ("backlog", "scope"):
        term = GlossaryTerm.objects.create(key=key, name=key.title(), meaning=f"About {key}.", used_by="both")
        publishing.publish(term, author=None, now=NOW)
    return course


@pytest.mark.parametrize(
    ("examples", "steps"), [(8, 12), pytest.param(500, 20, marks=pytest.mark.slow)], ids=["short", "long"]
)
def test_whatever_happens_all_sums_agree_with_the_record(
    world: Course, examples: int, steps: int, capsys: pytest.CaptureFixture[str]
) -> None:
    Learning.happened.clear()
    run_state_machine_as_test(
        Learning,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            phases=[Phase.generate],  # a smaller example would take minutes to find
            suppress_health_check=list(HealthCheck),
        ),
    )
    report(capsys, f"{examples} examples, 0 differences; {dict(Learning.happened)}")

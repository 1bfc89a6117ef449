"""What a reminder is about: chosen at the moment of sending, the most pressing first."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.models import F
from django.template import Engine
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from courses.models import Lesson, Question, Quiz, Version
from learning import asking, goals, progress, quizzes, review
from learning.goals import Week
from learning.models import Attempt, ReminderKind, ReviewCard, ReviewLog
from learning.progress import NextStep
from learning.reminders import (
    enclosed,
    history,
    kinds,
    links,
    preview,
    reasons,
    simulate,
    standing,
    words,
)
from learning.reminders.reasons import OFF_AT_FIRST, SWITCHES, Matters, Reason, Unfinished, Visit
from mailing.kinds import Message
from mailing.models import OutboxMail
from tests.factories import NOW, make_course
from tests.learning.reminding import ask, at, make_learner, reminders, run
from tests.sinks import MailSink

SATURDAY = NOW.date()
STEP = NextStep("lesson", "two-pms", "The two PMs", 1, "Two words", "lesson-2", "Project", 6, 2)
BY_DEFAULT = set(SWITCHES) - OFF_AT_FIRST


def about(matters: Matters, *, wanted: set[Reason] | None = None, first: bool = False) -> list[Reason]:
    """Return what a mail on Saturday 21 November 2026 would be about."""
    on = BY_DEFAULT if wanted is None else wanted
    return reasons.of(matters, wanted=on, today=SATURDAY, first_of_week=first, now=NOW)


def week(*, days: int, goal: int | None) -> Week:
    return Week(monday=date(2026, 11, 16), days=days, goal=goal, in_a_row=0)


def open_quiz(*, hours_ago: float) -> Unfinished:
    return Unfinished("01a2", "Two words", 3, 7, NOW - timedelta(hours=hours_ago))


# --- the rules, without a database --------------------------------------------------------------------------


def test_with_nothing_to_say_there_is_no_mail() -> None:
    assert about(Matters()) == []


def test_an_open_quiz_is_named_once_it_has_rested_for_twelve_hours() -> None:
    assert about(Matters(unfinished=open_quiz(hours_ago=12))) == [Reason.QUIZ]
    assert about(Matters(unfinished=open_quiz(hours_ago=11.9))) == []


@pytest.mark.parametrize(
    ("days", "goal", "at_risk"),
    [
        (1, 3, True),  # two days to go, Saturday and Sunday are left
        (2, 3, False),  # one to go: there is time
        (0, 3, False),  # out of reach: a mail would only be a reproach
        (3, 3, False),  # met
        (1, None, False),
    ],
)
def test_the_week_goal_is_named_only_while_it_needs_each_day_that_is_left(
    days: int, goal: int | None, at_risk: bool
) -> None:
    assert (about(Matters(week=week(days=days, goal=goal))) == [Reason.GOAL]) is at_risk


def test_a_few_due_cards_do_not_displace_the_next_lesson_but_are_a_reason_of_their_own() -> None:
    assert about(Matters(step=STEP, due=4)) == [Reason.RESUME]
    assert about(Matters(step=STEP, due=5)) == [Reason.REVIEW, Reason.RESUME]
    assert about(Matters(due=1)) == [Reason.REVIEW]


def test_the_most_pressing_comes_first() -> None:
    everything = Matters(STEP, 8, week(days=1, goal=3), open_quiz(hours_ago=30))
    assert about(everything) == [Reason.QUIZ, Reason.GOAL, Reason.REVIEW, Reason.RESUME]


def test_what_was_switched_off_is_not_said() -> None:
    everything = Matters(STEP, 8, week(days=1, goal=3), open_quiz(hours_ago=30))
    assert about(everything, wanted={Reason.RESUME}) == [Reason.RESUME]
    assert about(everything, wanted=set()) == []


def test_the_counts_take_the_place_of_the_first_mail_of_a_week_where_they_are_wanted() -> None:
    both = {Reason.RESUME, Reason.DIGEST}
    assert about(Matters(STEP), wanted=both, first=True) == [Reason.DIGEST, Reason.RESUME]
    assert about(Matters(STEP), wanted=both) == [Reason.RESUME]
    assert about(Matters(STEP), first=True) == [Reason.RESUME]


def told(*, hours_ago: float, due: int = 0) -> Visit:
    """Return a visit before Saturday 09:00 UTC, where the learner's clock shows that too."""
    return Visit(NOW - timedelta(hours=hours_ago), (NOW - timedelta(hours=hours_ago)).date(), due)


@pytest.mark.parametrize(
    ("matters", "visit", "found"),
    [
        (Matters(STEP), told(hours_ago=3), []),  # the page after the last thing done named the next
        (Matters(unfinished=open_quiz(hours_ago=30)), told(hours_ago=3), []),
        (Matters(STEP, due=6), told(hours_ago=3, due=6), []),
        (Matters(STEP, due=6), told(hours_ago=10, due=1), [Reason.REVIEW]),  # five fell due at midnight
        (Matters(STEP, due=6), told(hours_ago=10, due=2), []),
        (Matters(due=1), told(hours_ago=10, due=0), [Reason.REVIEW]),
        (Matters(week=week(days=1, goal=3)), told(hours_ago=3), []),
        (Matters(week=week(days=1, goal=3)), told(hours_ago=10), [Reason.GOAL]),  # from today on: each day
    ],
)
def test_what_a_page_just_said_is_not_said_again_but_what_came_since_is(
    matters: Matters, visit: Visit, found: list[Reason]
) -> None:
    assert (
        reasons.of(matters, wanted=BY_DEFAULT, today=SATURDAY, first_of_week=False, told=visit, now=NOW)
        == found
    )


@pytest.mark.parametrize(("monday_hours_ago", "found"), [(1, []), (10, [Reason.DIGEST])])
def test_the_counts_wait_after_a_visit_in_the_new_week(monday_hours_ago: int, found: list[Reason]) -> None:
    monday = NOW + timedelta(days=2)  # 09:00; ten hours before it was Sunday
    at = monday - timedelta(hours=monday_hours_ago)
    assert found == reasons.of(
        Matters(STEP),
        wanted=set(SWITCHES),
        today=monday.date(),
        first_of_week=True,
        told=Visit(at, at.date(), 0),
        now=monday,
    )


@pytest.mark.parametrize(
    ("reason", "matters", "sentence"),
    [
        (Reason.LAST, Matters(), "The one last mail: these mails stop until you are back."),
        (Reason.DIGEST, Matters(), "Your three counts: done, shown, would recall today."),
        (
            Reason.QUIZ,
            Matters(unfinished=open_quiz(hours_ago=30)),
            "Your open quiz: Two words, 3 of 7 questions answered.",
        ),
        (Reason.GOAL, Matters(week=week(days=1, goal=3)), "Your week goal: 2 days to go, 2 are left."),
        (Reason.GOAL, Matters(week=week(days=2, goal=3)), "Your week goal: 1 day to go, 2 are left."),
        (Reason.REVIEW, Matters(due=1), "1 thing is due for review, about 1 minute."),
        (Reason.RESUME, Matters(STEP), "Where you stopped: Project, 6 minutes."),
    ],
)
def test_each_reason_is_one_sentence_in_preview_and_simulator(
    reason: Reason, matters: Matters, sentence: str
) -> None:
    assert words.of(reason, matters, today=SATURDAY) == sentence


def test_on_sunday_the_goal_says_that_today_is_the_last_day() -> None:
    sunday = SATURDAY + timedelta(days=1)
    said = words.of(Reason.GOAL, Matters(week=week(days=2, goal=3)), today=sunday)
    assert said == "Your week goal: 1 day to go, today is the last."


@pytest.mark.parametrize("reason", [Reason.QUIZ, Reason.GOAL, Reason.RESUME])
def test_nothing_is_said_of_what_is_not_there(reason: Reason) -> None:
    with pytest.raises(ValueError, match="there is no"):
        words.of(reason, Matters(), today=SATURDAY)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (40, "they read it here less than an hour before"),
        (80, "they read it here 1 hour before"),
        (190, "they read it here 3 hours before"),
    ],
)
def test_the_simulator_says_how_long_ago_it_was_read(minutes: int, said: str) -> None:
    verdict = simulate.Verdict(User(pk=1), at(18), "", "just_told", timedelta(minutes=minutes))
    assert verdict.why_not == said


# --- with a learner -----------------------------------------------------------------------------------------


@pytest.fixture
def learner(db: None) -> User:
    """A learner who did the first lesson the day before and asked for reminders every day at 18:00."""
    user = make_learner(make_course())
    ask(user)
    return user


def reasons_now(user: User, *, days: int = 0) -> list[Reason]:
    now = at(18, days=days)
    return standing.load([user.pk], now=now)[user.pk].reasons(now.date(), now=now)


def begin_quiz(user: User) -> Attempt:
    course = user.enrollments.get().course
    quiz = Quiz.objects.select_related("live_version", "course").get(course=course, key="module-1")
    return quizzes.start(user=user, quiz=quiz, now=NOW - timedelta(days=1))


def make_due(user: User, *, on: date = SATURDAY) -> None:
    user.review_cards.update(last_on=on - timedelta(days=2), due_on=on)


def test_a_quiz_that_was_begun_is_named_with_how_far_it_is(learner: User, sink: MailSink) -> None:
    attempt = begin_quiz(learner)
    assert reasons_now(learner)[0] is Reason.QUIZ
    run(at(18))
    (mail,) = sink.messages()
    text = str(mail.get_body(("plain",)))
    assert f"/attempts/{attempt.pk}/" in text
    assert re.search(rf"0 of {attempt.question_count} questions", text)
    assert OutboxMail.objects.get(user=learner).reason == "quiz"


def test_a_quiz_whose_time_is_up_is_not_named(learner: User) -> None:
    begin_quiz(learner)
    Attempt.objects.update(ends_at=NOW)
    assert reasons_now(learner) == [Reason.RESUME]


def test_the_week_goal_counts_the_learners_own_days(learner: User) -> None:
    goals.set_goal(user=learner, days=3, now=NOW)  # Friday was a study day; Saturday and Sunday are left
    assert reasons_now(learner)[0] is Reason.GOAL
    assert Reason.GOAL not in reasons_now(learner, days=2)


def test_switches_are_read_from_what_the_learner_chose(learner: User) -> None:
    ReminderKind.objects.create(user=learner, kind="resume", enabled=False)
    assert reasons_now(learner) == []
    run(at(18))
    assert reminders(learner) == [("2026-11-21", "nothing_due")]


def studied_in_the_evening(learner: User) -> None:
    """Let the learner do a lesson on Saturday at 21:00, and want a mail at 07:00."""
    ask(learner, local_time=time(7), now=at(20))
    progress.complete_lesson(user=learner, lesson=Lesson.objects.get(key="lesson-2"), now=at(21))


def test_after_an_evening_of_study_the_morning_mail_repeats_nothing(learner: User, sink: MailSink) -> None:
    studied_in_the_evening(learner)
    run(at(7, days=1))
    run(at(7, days=2))
    assert reminders(learner) == [("2026-11-22", "just_told"), ("2026-11-23", "sent")]


def test_what_fell_due_overnight_is_said_in_the_morning_and_nothing_else(
    learner: User, sink: MailSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reasons, "DUE_ENOUGH", 2)
    studied_in_the_evening(learner)
    make_due(learner, on=SATURDAY + timedelta(days=1))
    run(at(7, days=1))
    assert list(learner.outbox_mails.values_list("reason", flat=True)) == ["review"]
    (mail,) = sink.messages()
    assert "Where you stopped" not in str(mail.get_body(("plain",)))


@pytest.mark.parametrize(("seen_at", "outcome"), [(7, "just_told"), (6, "sent")])
def test_a_page_that_was_only_looked_at_counts_for_twelve_hours(
    client: Client, learner: User, sink: MailSink, seen_at: int, outcome: str
) -> None:
    with time_machine.travel(at(3), tick=False):
        client.force_login(learner)
    with time_machine.travel(at(seen_at), tick=False):
        assert client.get("/dashboard/").status_code == 200
    run(at(18))
    assert reminders(learner) == [("2026-11-21", outcome)]


def test_preview_simulator_and_history_tell_of_a_mail_that_would_repeat_a_page(
    client: Client, learner: User, sink: MailSink
) -> None:
    with time_machine.travel(at(15), tick=False):
        client.force_login(learner)
    coming = preview.of(learner, now=at(15))
    assert (coming.left_out, coming.coming[0].due_at) == (at(18), at(18, days=1))
    (verdict,) = simulate.verdicts(now=at(18))
    assert (verdict.objection, verdict.why_not) == ("just_told", "they read it here 3 hours before")
    run(at(18))
    assert (
        history.of(learner)[0].says
        == "Not sent: you had read here what it would say, less than 12 hours before."
    )
    assert sink.recipients() == []


def test_looking_is_noted_every_few_minutes_and_for_guests_not_at_all(client: Client, learner: User) -> None:
    def seen(minute: int) -> datetime | None:
        with time_machine.travel(at(9) + timedelta(minutes=minute), tick=False):
            client.get("/courses/two-pms/")
            client.get("/dashboard/")
        return User.objects.get(pk=learner.pk).last_page_at

    with time_machine.travel(at(9), tick=False):
        client.force_login(learner)
    assert seen(4) is None  # the log-in says it
    assert seen(6) == seen(10) == at(9) + timedelta(minutes=6)
    assert seen(11) == at(9) + timedelta(minutes=11)
    client.logout()
    before = list(User.objects.order_by("pk").values())
    client.get("/learn/two-pms/lesson-1/")
    assert before == list(User.objects.order_by("pk").values())


# --- how they read ------------------------------------------------------------------------------------------


def prepared(user: User, reason: Reason, prepare: bool = True) -> User:
    """Bring about what a reason is about."""
    if reason is Reason.QUIZ:
        begin_quiz(user)
    if reason is Reason.GOAL:
        goals.set_goal(user=user, days=3, now=NOW)
    if reason is Reason.REVIEW:
        make_due(user)
        ReminderKind.objects.create(user=user, kind="resume", enabled=False)
        user.enrollments.all().delete()
    if reason is Reason.DIGEST:
        ReminderKind.objects.create(user=user, kind="digest", enabled=True)
    if reason is Reason.LAST:
        User.objects.update(last_seen_on=SATURDAY - timedelta(days=30))
    return user


def mail_of(user: User, reason: Reason, variant: int) -> Message:
    """Return the mail that a learner would get on Saturday at 18:00, which must be about this reason."""
    now = at(18)
    who = standing.load([user.pk], now=now)[user.pk]
    found = who.reasons(SATURDAY, now=now)
    assert found[0] is reason
    inside = enclosed.load(who, reason, today=SATURDAY)
    return kinds.message(who, found, day=SATURDAY, variant=variant, enclosed=inside)


@pytest.mark.parametrize("reason", Reason)
def test_every_wording_is_whole_plain_and_kind_in_both_forms(
    learner: User, reason: Reason, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Engine.get_default(), "string_if_invalid", "MISSING %s")
    prepared(learner, reason)
    subjects = set()
    for variant in range(kinds.VARIANTS):
        mail = mail_of(learner, reason, variant)
        said = f"{mail.subject} {mail.text}"
        assert "MISSING" not in said + mail.html
        assert "!" not in said
        assert not re.search(r"\b(miss|missed|days ago|haven.t|streak|don.t|forget|still)\b", said.lower())
        assert set(re.findall(r"http://\S+", mail.text)) == set(re.findall(r'href="([^"]+)"', mail.html))
        first = mail.text.split("\n")[0]
        assert first in re.sub(r"<[^>]+>", "", mail.html).replace("&#x27;", "'")
        assert mail.about == reason
        subjects.add(mail.subject)
    assert len(subjects) == kinds.VARIANTS


def test_what_else_there_is_to_say_stands_below_the_button(learner: User) -> None:
    begin_quiz(learner)
    mail = mail_of(learner, Reason.QUIZ, 0)
    assert "Where you stopped: " in mail.text.partition("/attempts/")[2]


def test_a_card_that_was_withdrawn_meanwhile_is_not_asked_and_the_button_leads_to_the_review(
    learner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "ask", lambda card: None)
    mail = mail_of(prepared(learner, Reason.REVIEW), Reason.REVIEW, 0)
    assert "Start the review: http://testserver/review/" in " ".join(mail.text.split())
    assert "/reminders/q/" not in mail.text


def test_a_mail_about_nothing_is_refused(learner: User) -> None:
    who = standing.load([learner.pk], now=at(18))[learner.pk]
    with pytest.raises(ValueError, match="nothing to remind of"):
        kinds.message(who, [], day=SATURDAY, variant=0)


def test_the_counts_are_those_of_the_progress_page(learner: User) -> None:
    mail = mail_of(prepared(learner, Reason.DIGEST), Reason.DIGEST, 0)
    assert re.search(r"Done: 1 of \d+ lessons in “", mail.text)
    assert re.search(r"Shown: 0 of \d+ objectives", mail.text)
    assert re.search(r"Would recall today: about \d+ of the \d+ things you have met\.", mail.text)


def test_choosing_costs_the_same_number_of_queries_for_one_and_for_many(learner: User) -> None:
    counts = []
    users = [learner]
    standing.load([learner.pk], now=at(18))  # what is live is read once a process
    for more in (0, 9):
        for _ in range(more):
            user = make_learner(learner.enrollments.get().course)
            ask(user)
            users.append(user)
        with CaptureQueriesContext(connection) as queries:
            found = standing.load([user.pk for user in users], now=at(18))
        assert all(who.reasons(SATURDAY, now=at(18)) for who in found.values())
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 9


# --- the question in the mail -------------------------------------------------------------------------------


@pytest.fixture
def mailed(learner: User) -> str:
    """The path of the question in a mail about a card that is due; it has one choice to make."""
    make_due(learner)
    Question.objects.exclude(type="single").update(uses=["quiz"])
    ReminderKind.objects.create(user=learner, kind="resume", enabled=False)
    address = enclosed.load(
        standing.load([learner.pk], now=at(18))[learner.pk], Reason.REVIEW, today=SATURDAY
    ).question_url
    return address.partition("testserver")[2]


def first_option(content: str) -> dict[str, Any]:
    """Return a form that answers the question on a page with its first option."""
    name, value = re.findall(r'<input[^>]*name="([\w-]+)"[^>]*value="([^"]+)"', content)[0]
    return {name: value}


@time_machine.travel(at(18), tick=False)
def test_looking_at_the_question_changes_nothing_and_shows_no_key(client: Client, mailed: str) -> None:
    for method in (client.get, client.head):
        assert method(mailed).status_code == 200
    content = client.get(mailed).content.decode()
    assert content.count('<button class="button primary">Answer</button>') == 1
    assert not ReviewLog.objects.filter(source="review").exists()
    assert "session" not in client.cookies


@time_machine.travel(at(18), tick=False)
def test_the_answer_counts_once_as_a_review_of_its_owner_and_logs_nobody_in(
    learner: User, mailed: str
) -> None:
    scanner = Client(enforce_csrf_checks=True)
    form = first_option(scanner.get(mailed).content.decode())
    for _ in range(2):
        answer = scanner.post(mailed, form)
        assert (answer.status_code, "This counts as a review." in answer.content.decode()) == (200, True)
    log = ReviewLog.objects.get(source="review")
    assert (log.card.user_id, log.counted) == (learner.pk, True)
    assert "session" not in scanner.cookies
    assert scanner.get("/dashboard/").status_code == 302
    assert "This counts as a review." in scanner.get(mailed).content.decode()


@time_machine.travel(at(18), tick=False)
def test_an_empty_answer_is_asked_again_and_counts_nothing(client: Client, mailed: str) -> None:
    answer = client.post(mailed, {})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()
    assert not ReviewLog.objects.filter(source="review").exists()


@time_machine.travel(at(18), tick=False)
def test_what_an_open_attempt_asks_is_not_told_through_a_mail(
    client: Client, learner: User, mailed: str
) -> None:
    form = first_option(client.get(mailed).content.decode())
    attempt = quizzes.start(user=learner, quiz=quizzes.get_live("two-pms", "module-1"), now=at(18))
    asked = Version.objects.get(pk=links.asked_card(mailed.split("/")[-2]).version_id)
    attempt.questions.exclude(position=1).delete()
    attempt.questions.update(question=Question.objects.get(key=asked.key))
    answer = client.post(mailed, form)
    assert answer.status_code == 400
    assert str(review.HELD) in answer.content.decode()
    assert not ReviewLog.objects.filter(source="review").exists()


@time_machine.travel(at(18), tick=False)
def test_a_question_of_somebody_gone_or_of_nobody_is_refused_alike(
    client: Client, learner: User, mailed: str
) -> None:
    foreign = links.question_url(links.AskedCard(learner.pk, 10**9, 1, 1)).partition("testserver")[2]
    User.objects.update(is_active=False)
    for address in (mailed, foreign, "/reminders/q/nonsense/", f"{mailed[:-2]}x/"):
        for method in (client.get, client.post):
            assert method(address).status_code == 404
    assert ReviewCard.objects.exists()


@time_machine.travel(at(18), tick=False)
def test_a_question_whose_card_moved_on_in_a_quiz_is_not_asked_any_more(client: Client, mailed: str) -> None:
    form = first_option(client.get(mailed).content.decode())
    ReviewCard.objects.update(review_number=F("review_number") + 1)
    assert (client.get(mailed).status_code, client.post(mailed, form).status_code) == (404, 404)
    assert not ReviewLog.objects.filter(source="review").exists()


@time_machine.travel(at(18), tick=False)
def test_a_question_whose_card_is_gone_is_refused(client: Client, learner: User, mailed: str) -> None:
    form = first_option(client.get(mailed).content.decode())
    learner.review_cards.all().delete()
    assert (client.get(mailed).status_code, client.post(mailed, form).status_code) == (404, 404)

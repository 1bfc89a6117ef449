"""The progress page in its six states: what each says first, and what it leaves out."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import organisation
from accounts.models import User
from courses import publishing
from courses.models import Course, GlossaryTerm, Lesson
from learning import cards, checks, enrollment
from learning.models import ReviewCard
from tests.factories import NOW, make_course
from tests.portal import states

pytestmark = pytest.mark.django_db
SATURDAY = NOW + timedelta(hours=8)
"""A Saturday afternoon."""


@pytest.fixture
def course() -> Course:
    return make_course()


@pytest.fixture
def learner(course: Course, client: Client) -> Iterator[User]:
    """Somebody in Lisbon, logged in, on a Saturday afternoon."""
    user = User.objects.create_user("lea@example.org", name="Lea", time_zone="Europe/Lisbon")
    with time_machine.travel(SATURDAY, tick=False):
        client.force_login(user)
        organisation.current()  # each process reads it once a minute
        yield user


def words(client: Client, path: str = "/dashboard/") -> str:
    """The words of the page itself, markup left out and spaces evened. No page costs more than its budget."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
    assert answer.status_code == 200
    assert len(queries) <= (13 if "report" in path else 8)
    main = answer.content.decode().split('<main id="main"')[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def test_empty(learner: User, client: Client) -> None:
    states.empty(learner, SATURDAY)
    told = words(client)
    assert "Good afternoon Your progress will stand here" in told
    assert "Choose a course" in told
    for absent in ("Where you stand", "Days you studied", "What stays", "Quiz scores", "This week"):
        assert absent not in told


def test_put_into_a_course_and_nothing_done_yet(learner: User, course: Course, client: Client) -> None:
    enrollment.enrol_all(users=[learner], course=course, now=SATURDAY)
    told = words(client)
    assert "Where you begin Lesson 1" in told
    assert "Where you stopped" not in told


def test_first_day(learner: User, client: Client) -> None:
    states.first_day(learner, SATURDAY)
    told = words(client)
    assert "Where you go on Quiz 1" in told
    assert (
        "Today is your first day. About 8 minutes of study in the last four weeks; only you see that." in told
    )
    assert "Done 2 of 4 2 of 4 lessons. Why?" in told
    assert "About 2 of the 2 objectives you have met." in told
    for absent in (
        "Changed for you",
        "Quiz scores",
        "What you tell apart",
        "in the four before",
        "lessons a week",
    ):
        assert absent not in told


def test_busy(learner: User, client: Client) -> None:
    states.busy(learner, SATURDAY)
    told = words(client)
    assert "Where you stopped Lesson 3" in told
    assert "was corrected: The key was wrong. Your quiz is now 4 of 4 ." in told
    assert "“ Lesson 1 ”: done, one section new since 16 October 2026: Who decides ." in told
    assert "2 of 4 lessons. 1 section is new in what you have done." in told
    assert re.search(
        r"2 lessons are left\. At the pace of your last 5 full weeks \(0\.\d to 0\.\d lessons a week\)", told
    )
    assert "You most often say “project” where it is “both”." in told
    assert re.search(r"days in 6 weeks\. \d+ in the last four, \d+ in the four before\.", told)


def test_finished(learner: User, client: Client) -> None:
    states.finished(learner, SATURDAY)
    told = words(client)
    assert "All that you began is done You finished on 28 October." in told
    assert "Keep it fresh: 12 questions a week, 6 minutes. Weekly Monthly Stop Interview on" in told
    assert told.index("Keep it fresh") < told.index("This week")
    assert "lessons are left" not in told
    client.post("/review/interview/", {"interview_on": "2026-12-10"}, follow=True)
    assert (
        "Your interview is on Thursday, 10 December. Until the day before, everything comes back."
        in words(client)
    )


def test_back_after_months(learner: User, client: Client) -> None:
    for n in range(15):
        term = GlossaryTerm.objects.create(key=f"term-{n}", name=f"Term {n}", meaning="It.", used_by="both")
        version = publishing.publish(term, author=None, now=NOW)
        cards.meet_term(user=learner, term=term, version=version, now=SATURDAY - timedelta(days=120))
    states.back_after_months(learner, SATURDAY)
    told = words(client)
    assert (
        "12 questions, about 6 minutes We start with the 12 that matter most; the rest can wait. Start"
        in told
    )
    assert "Or go on where you stopped: Lesson 4 , " in told
    assert told.index("We start with the 12") < told.index("This week")
    assert "in a row" not in told


def test_few_things_are_not_said_to_wait(learner: User, client: Client) -> None:
    states.back_after_months(learner, SATURDAY)
    assert ReviewCard.objects.count() <= 12
    assert "They bring back what you have met. Start" in words(client)


def test_five_years(learner: User, client: Client) -> None:
    states.five_years(learner, SATURDAY, events=800)
    told = words(client)
    assert "You finished on 7 January 2022." in told
    assert re.search(r"\d+ days in 26 weeks\.", told)
    assert told.count(", attempt ") == 8
    assert [each for each in checks.differences() if "credit" not in each.where] == []


def test_a_lesson_that_was_retired_leaves_both_numbers_and_the_page_says_so(
    learner: User, client: Client
) -> None:
    states.first_day(learner, SATURDAY)
    publishing.archive(Lesson.objects.get(key="lesson-1"), now=SATURDAY)
    told = words(client)
    assert "Done 1 of 3 1 of 3 lessons. Why?" in told
    assert "1 lesson that you did is no longer in the course and counts in neither number." in told


@pytest.mark.parametrize("topic", ["", "module-1"])
def test_every_count_says_why_and_is_counted_again(learner: User, client: Client, topic: str) -> None:
    states.five_years(learner, SATURDAY, events=400)
    more = f"&topic={topic}" if topic else ""
    of = (4, 4, 2) if not topic else (2, 2, 2)
    done = words(client, f"/dashboard/done/two-pms/?{more}")
    assert f"Why {of[0]} of {of[0]}?" in done
    assert "The two agree." in done
    shown = words(client, f"/dashboard/shown/two-pms/?{more}")
    assert re.search(rf"Why (\d) of {of[1]}\? .* Counted again .*: \1 of {of[1]}\. The two agree\.", shown)
    assert "Quiz 1, " in shown
    recalled = words(client, f"/dashboard/recalled/?course=two-pms{more}")
    assert re.search(rf"Why about \d of {of[0]}\?", recalled)
    assert recalled.count("The same") == of[0]
    assert "Not the same" not in recalled


def test_a_card_that_does_not_add_up_is_named(learner: User, client: Client) -> None:
    states.first_day(learner, SATURDAY)
    ReviewCard.objects.filter(objective__key="objective-1").update(stability=99)
    assert words(client, "/dashboard/recalled/").count("Not the same.") == 1


def test_the_days_are_a_table_that_says_how_the_time_is_counted(learner: User, client: Client) -> None:
    states.first_day(learner, SATURDAY)
    told = words(client, "/dashboard/days/")
    assert "When nothing is done for more than 30 minutes, that time is a break and does not count" in told
    assert "Counted again from every event: the same." in told
    assert "Sat 21 November 2026 2 1 0 0 8" in told


def test_the_report_has_the_counts_and_not_the_time(learner: User, client: Client) -> None:
    states.finished(learner, SATURDAY)
    told = words(client, "/dashboard/report/")
    assert "Lea, 21 November 2026" in told
    assert "Done: 4 of 4 lessons. Shown in graded answers:" in told
    assert "Module 2 2 of 2" in told
    assert "“I am sure”: " in told
    assert "minute" not in told


@pytest.mark.parametrize("path", ["report/", "shown/two-pms/", "recalled/", "days/"])
def test_visitors_log_in_first_and_nobody_sees_a_course_they_have_not_begun(
    learner: User, client: Client, path: str
) -> None:
    assert client.get(f"/dashboard/{path}").status_code == (404 if "shown" in path else 200)
    assert client.get("/dashboard/recalled/?course=two-pms").status_code == 404
    client.logout()
    assert client.get(f"/dashboard/{path}").headers["Location"] == f"/accounts/login/?next=/dashboard/{path}"

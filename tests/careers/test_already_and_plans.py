"""What you already do, and the plans of thirty days: picked, ticked, kept, and safe to send twice."""

from datetime import date, timedelta

import pytest
from django.db.models import JSONField
from django.db.models.expressions import RawSQL
from django.test import Client

from accounts.models import User
from careers import plans
from careers.models import Plan, PlanFollowed, PlanStep, PlanTick, Task, TaskChoice
from courses.models import Lesson
from tests.factories import NOW

PLANS = RawSQL(plans.OF_USER, [], JSONField())  # noqa: S611 - a constant
pytestmark = pytest.mark.usefixtures("asked")
CHOOSE, TICK = "/fit/already/choose/", "/fit/plan/product/tick/"


def words(client: Client, path: str) -> str:
    """Return a page that is there."""
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def picked() -> list[str]:
    """Return the keys of all picked tasks."""
    return sorted(TaskChoice.objects.values_list("task__key", flat=True))


def test_a_visitor_picks_and_sees_role_cv_line_gap_and_lesson(client: Client) -> None:
    assert "Pick from 3 everyday tasks" in words(client, "/fit/already/")
    answer = client.post(CHOOSE, {"shown": ["plan-a-ward", "shift"], "task": ["plan-a-ward"]})
    assert answer.headers["Location"] == "/fit/already/#yours"
    assert User.objects.get().is_guest
    page = words(client, "/fit/already/")
    for said in (
        "Counts for project",
        "Led what is called plan-a-ward for a team of twelve.",
        "No budget of your own yet.",
        'href="/learn/two-pms/what-is-a-project/"',
        "0 of them count for product, 1 for project.",
    ):
        assert said in page, said


def test_sending_twice_picks_once_and_what_was_not_shown_stays(browser: Client) -> None:
    for _ in range(2):
        browser.post(CHOOSE, {"shown": ["plan-a-ward"], "task": ["plan-a-ward"]})
    browser.post(CHOOSE, {"shown": ["ask-guests", "shift"], "task": ["shift", "plan-a-ward", "gone"]})
    assert picked() == ["plan-a-ward", "shift"]
    browser.post(CHOOSE, {"shown": ["ask-guests", "shift"], "task": ["ask-guests"]})
    assert picked() == ["ask-guests", "plan-a-ward"]


def test_what_no_task_can_be_called_picks_nothing(browser: Client) -> None:
    browser.post(CHOOSE, {"shown": ["plan-a-ward", "a\0b"], "task": ["plan-a-ward", "a\0b"]})
    assert picked() == ["plan-a-ward"]


def test_the_list_may_be_of_one_walk_of_life(browser: Client) -> None:
    page = words(browser, "/fit/already/?walk=retail")
    assert 'value="shift"' in page
    assert 'value="plan-a-ward"' not in page
    assert 'value="plan-a-ward"' in words(browser, "/fit/already/?walk=piracy")
    answer = browser.post(CHOOSE, {"shown": ["shift"], "task": ["shift"], "walk": "retail"})
    assert answer.headers["Location"] == "/fit/already/?walk=retail#yours"


def test_a_task_that_is_gone_is_neither_offered_nor_shown(browser: Client) -> None:
    browser.post(CHOOSE, {"shown": ["shift"], "task": ["shift"]})
    Task.objects.filter(key="shift").update(archived_at=NOW)
    assert "shift" not in words(browser, "/fit/already/")
    Lesson.objects.update(live_version=None, archived_at=NOW)
    browser.post(CHOOSE, {"shown": ["ask-guests"], "task": ["ask-guests"]})
    assert "closes that gap" not in words(browser, "/fit/already/")


def test_without_tasks_the_page_still_stands(client: Client) -> None:
    Task.objects.all().delete()
    assert "There are no tasks here yet." in words(client, "/fit/already/")


def test_a_visitor_begins_a_plan_and_ticks_its_steps(client: Client) -> None:
    assert "Begin today" in words(client, "/fit/plan/product/")
    assert client.post(TICK, {"time_zone": "Asia/Tokyo"}).headers["Location"] == "/fit/plan/product/"
    assert "Day 1 of 30.</b> 0 of 3 done" in words(client, "/fit/plan/product/")
    for _ in range(2):
        client.post(TICK, {"ticks": "1", "step": ["read", "talk", "gone"]})
    assert "2 of 3 done" in words(client, "/fit/plan/product/")
    assert PlanFollowed.objects.count() == 1
    client.post(TICK, {"ticks": "1", "step": ["talk"]})
    assert list(PlanTick.objects.values_list("step", flat=True)) == ["talk"]
    client.post(TICK, {})  # "Begin today" of an old page takes no tick away
    assert PlanTick.objects.count() == 1


def test_with_htmx_a_tick_answers_where_the_plan_stands(browser: Client) -> None:
    answer = browser.post(
        TICK, {"ticks": "1", "step": "read"}, headers={"HX-Request": "true", "HX-Target": "standing"}
    )
    assert "1 of 3 done" in answer.content.decode()
    assert "<main" not in answer.content.decode()


def test_a_plan_begins_on_the_learners_own_day_and_counts_from_it(learner: User) -> None:
    learner.time_zone = "Pacific/Auckland"
    learner.save(update_fields=["time_zone"])
    late = NOW.replace(hour=13)  # past midnight in Auckland
    followed = plans.tick(user=learner, key="both", done=None, now=late)
    assert followed.started_on == date(2026, 11, 22)
    plans.tick(user=learner, key="both", done=["read"], now=late + timedelta(days=3))
    standing = plans.standing(learner, "both", today=date(2026, 11, 25))
    assert (standing.day, standing.done, standing.over) == (4, 1, False)
    assert [step.now for step in standing.steps] == [False, True, False]
    assert plans.standing(learner, "both", today=date(2026, 12, 22)).over
    west = plans.standing(learner, "both", today=date(2026, 11, 21))
    assert west.day == 1  # who travels west after beginning does not fall before the first day


def test_a_tick_keeps_its_time_and_outlives_its_step(learner: User) -> None:
    plans.tick(user=learner, key="both", done=["read"], now=NOW)
    plans.tick(user=learner, key="both", done=["read", "talk"], now=NOW + timedelta(days=1))
    assert PlanTick.objects.get(step="read").ticked_at == NOW
    PlanStep.objects.filter(plan__key="both", key="read").delete()
    standing = plans.standing(learner, "both", today=NOW.date())
    assert (standing.done, len(standing.steps)) == (1, 2)
    plans.tick(user=learner, key="both", done=[], now=NOW)
    assert list(PlanTick.objects.values_list("step", flat=True)) == ["read"]


@pytest.mark.parametrize(
    ("days", "day", "falls"),
    [("1", 1, True), ("2-4", 4, True), ("2\u20134", 3, True), ("2-4", 5, False), ("week 2", 8, False)],
)
def test_days_are_a_day_or_a_span(days: str, day: int, falls: bool) -> None:
    assert plans.falls_on(days, day) is falls


def test_a_page_that_reads_its_learner_gets_the_plans_with_it(learner: User) -> None:
    plans.tick(user=learner, key="product", done=["read", "talk"], now=NOW)
    plans.tick(user=learner, key="both", done=None, now=NOW + timedelta(hours=1))
    PlanStep.objects.filter(plan__key="product", key="talk").delete()
    ((found,),) = User.objects.filter(pk=learner.pk).values_list(PLANS)
    assert [(each["key"], each["done"], each["steps"]) for each in found] == [
        ("both", 0, 3),
        ("product", 1, 2),
    ]
    assert found[0]["title"] == "Thirty days: both"
    other = User.objects.create_user("bob@example.org")
    assert list(User.objects.filter(pk=other.pk).values_list(PLANS)) == [([],)]


def test_every_path_has_its_page(client: Client) -> None:
    for plan in Plan.objects.all():
        assert plan.title in words(client, f"/fit/plan/{plan.key}/")

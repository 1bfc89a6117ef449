"""A quiz with one question of every type, and a pointer's way of answering."""

from accounts.models import User
from courses.models import Lesson
from learning.models import Attempt, AttemptQuestion
from tests.browser.visitor import Visitor
from tests.factories import ALL_TYPES, make_bank_of_all_types, make_course
from tests.learning.quiz_steps import make_quiz

QUIZ = "/learn/two-pms/quiz/module-1/"
Form = dict[str, list[str]]


def make_learner() -> User:
    """Publish a quiz of nine questions, one of each type; return somebody with an account before it."""
    make_course()
    make_bank_of_all_types(Lesson.objects.get(key="lesson-1"))
    quiz = make_quiz()
    quiz.pools.all().delete()
    quiz.pools.create(order=1, draw=len(ALL_TYPES), tags=["all"])
    make_quiz()
    return User.objects.create_user("lea@example.org", time_zone="Europe/Lisbon")


def rows() -> list[AttemptQuestion]:
    """Return the questions of the one attempt, in order."""
    return list(Attempt.objects.get().questions.select_related("version").order_by("position"))


def begin(visitor: Visitor) -> None:
    """Start the quiz."""
    visitor.go(QUIZ)
    visitor.page.locator("main button.primary").click()
    visitor.page.wait_for_url("**/attempts/**")


def turn_to(visitor: Visitor, type_: str) -> AttemptQuestion:
    """Open the attempt's question of a type and return it."""
    row = next(row for row in rows() if row.version.body["type"] == type_)
    visitor.go(f"/attempts/{row.attempt_id}/?question={row.position}")
    return row


def point_at(visitor: Visitor, form: Form) -> None:
    """Answer with a pointer what browsers would send as this form."""
    for name, values in form.items():
        field = visitor.page.locator(f"[name='{name}']")
        for value in values:
            if name == "answer":
                field.fill(value)
            elif field.first.evaluate("field => field.matches('select')"):
                field.select_option(value)
            else:
                visitor.page.locator(f"label:has([name='{name}'][value='{value}'])").click()

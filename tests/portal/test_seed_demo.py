"""Made-up learners: their histories add up, and they are not put among people unasked."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import ForeignKey, Q

from accounts.models import User
from learning import checks
from learning.models import Answer, Attempt, LearningEvent, ReminderContract, ReviewCard, ReviewLog
from portal.management.commands import seed_demo
from portal.seeding import copies
from tests.factories import make_course
from tests.learning.quiz_steps import take

pytestmark = pytest.mark.django_db


def seed(learners: int, **options: object) -> str:
    said = StringIO()
    call_command("seed_demo", learners=learners, stdout=said, **options)
    return said.getvalue()


@pytest.fixture(autouse=True)
def fewer_prototypes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four learners who study say as much as forty."""
    monkeypatch.setattr(seed_demo, "PROTOTYPES", 4)


def test_made_up_learners_have_histories_that_add_up_and_can_go_on() -> None:
    course = make_course()
    seed(13)
    assert User.objects.count() == len(set(User.objects.values_list("email", flat=True))) == 13
    assert LearningEvent.objects.values("user").distinct().count() == 13
    for model in (LearningEvent, Attempt, Answer, ReviewCard, ReviewLog, ReminderContract):
        assert model._default_manager.count() > 0, model
    assert list(checks.differences()) == []
    take(User.objects.latest("pk"), course.quizzes.get(key="module-1"), right=1)
    assert list(checks.differences()) == []


def test_many_are_made_without_indexes_which_all_stand_again_behind_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_course()
    before = indexes()
    monkeypatch.setattr(copies, "MANY", 13)
    seed(13)
    assert indexes() == before
    assert list(checks.differences()) == []
    assert User.objects.count() == 13


def indexes() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2")
        found: list[tuple[str, str]] = cursor.fetchall()
    return found


def test_every_copied_row_points_to_rows_that_are_there() -> None:
    make_course()
    seed(7)
    for model in copies.COPIED:
        keys = [field for field in model._meta.local_concrete_fields if isinstance(field, ForeignKey)]
        for field in keys:
            targets = field.related_model._default_manager.values("pk")
            there = Q(**{field.name: None}) | Q(**{f"{field.name}__in": targets})
            astray = model._default_manager.exclude(there)
            assert not astray.exists(), field


def test_made_up_learners_do_not_stand_among_people_unasked() -> None:
    make_course()
    User.objects.create_user("ann@example.org")
    with pytest.raises(CommandError, match="one person"):
        seed(1)
    assert "1 learners" in seed(1, anyway=True)
    assert User.objects.count() == 2


def test_without_a_course_there_is_nothing_to_study() -> None:
    with pytest.raises(CommandError, match="import_content"):
        seed(3)
    assert not User.objects.exists()

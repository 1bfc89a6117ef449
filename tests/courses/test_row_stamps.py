"""Stamps of content: whatever is written, by whatever statement, makes another one."""

from collections.abc import Callable

import pytest
from django.contrib import admin
from django.db import connection

from accounts import prepared
from courses import row_stamps
from courses.models import Choice, ContentChange, Lesson, Question
from learning.models import ItemSummary
from tests.factories import NOW, make_course

pytestmark = pytest.mark.django_db
PARTS = ("choices__misconception", "objective", "module", "item_summary")


def test_every_table_that_pages_are_drawn_from_notes_its_changes() -> None:
    shown = {table for own in admin.site._registry.values() for table in getattr(own, "also_shown", ())}
    assert ItemSummary in shown
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'note_change'")
        noted = {table for (table,) in cursor.fetchall()}
    assert noted == {model._meta.db_table for model in {*row_stamps.watched(), *shown}}


def test_each_way_of_writing_makes_another_stamp_of_the_table_and_of_no_other() -> None:
    make_course()
    ways: list[Callable[[], object]] = [
        lambda: Choice.objects.update(text="Otherwise"),
        lambda: Choice.objects.bulk_create([Choice(question=Question.objects.latest("pk"), key="z")]),
        lambda: Choice.objects.filter(key="z").delete(),
        lambda: connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE courses_choice"),
    ]
    for write in ways:
        before = row_stamps.of_content()
        assert row_stamps.of_content() == before
        write()
        after = row_stamps.of_content()
        assert {table for table in after if after[table] != before[table]} == {"courses_choice"}


def test_tags_are_noted_where_one_was_given_or_taken_and_nowhere_else() -> None:
    course = make_course()
    question = course.questions.earliest("pk")
    copy = {field.attname: getattr(question, field.attname) for field in prepared.fields(Question)}
    others = {"id": None, "key": "copy", "live_version_id": None}

    def noted(write: Callable[[], object]) -> bool:
        before = row_stamps.of_content()
        write()
        after = row_stamps.of_content()
        assert after["courses_question"] != before["courses_question"]
        return after[row_stamps.TAGS] != before[row_stamps.TAGS]

    question.prompt, question.tags = "Otherwise", ["one", "two"]
    assert noted(question.save)
    question.prompt = "Once more"
    assert not noted(question.save)
    assert not noted(lambda: Question.objects.update(order=7))
    assert noted(lambda: Question.objects.filter(pk=question.pk).update(tags=["two", "one"]))
    assert noted(lambda: Question.objects.bulk_create([Question(**{**copy, **others})]))
    assert noted(lambda: Question.objects.filter(key="copy").delete())


def test_of_a_table_that_does_not_matter_nothing_is_said() -> None:
    assert "courses_choice" not in row_stamps.of_content(without=(Choice,))
    assert "learning_itemsummary" in row_stamps.of_content(also=(ItemSummary,))
    assert "courses_searchword" not in row_stamps.of_content()


def test_the_last_notes_are_kept_and_stamps_never_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_stamps, "KEPT", 3)
    seen = []
    for number in range(8):
        Lesson.objects.update(title=f"Title {number}")
        seen.append(row_stamps.of_content()["courses_lesson"])
        row_stamps.forget_changes()
        seen.append(row_stamps.of_content()["courses_lesson"])
    assert ContentChange.objects.count() == 3
    assert len(set(seen)) == 8 + 5  # five times something was forgotten
    assert row_stamps.forget_changes() == 0


def test_a_row_has_another_stamp_after_a_change_of_it_or_of_any_part_of_it() -> None:
    course = make_course()
    first, second = course.questions.order_by("pk")[:2]
    keys = [first.pk, second.pk]
    summary = ItemSummary.objects.create(question=first, answered=1, people=1, counted_at=NOW)
    choice = first.choices.filter(misconception__isnull=False)[0]
    assert choice.misconception is not None
    for part in (first, choice, choice.misconception, first.objective, first.module, summary):
        before = row_stamps.of_rows(Question, keys, PARTS)
        part.save()
        after = row_stamps.of_rows(Question, keys, PARTS)
        assert after[first.pk] != before[first.pk], part
    before = row_stamps.of_rows(Question, keys, PARTS)
    choice.delete()
    after = row_stamps.of_rows(Question, keys, PARTS)
    assert after[first.pk] != before[first.pk]
    assert after[second.pk] == before[second.pk]


def test_rows_that_are_gone_have_no_stamp() -> None:
    assert row_stamps.of_rows(Question, [-1], ()) == {}
    assert row_stamps.of_rows(Question, [], ()) == {}

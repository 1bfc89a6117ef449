"""Lessons: found in one query, rendered once, and filled with figures, terms and checks as they are now."""

from datetime import date
from typing import Any

import pytest

from courses import lessons, publishing
from courses.models import Course, Fact, GlossaryTerm, Lesson, Question
from tests.factories import NOW, make_course

TODAY = date(2026, 11, 21)


@pytest.fixture
def course(db: None) -> Course:
    return make_course()


def shown(today: date = TODAY) -> str:
    """Return the HTML of the first lesson."""
    version = lessons.get_live("two-pms", "lesson-1").live_version
    assert version is not None
    return "".join(part.html for part in lessons.fill(version, today=today).parts)


def test_a_lesson_is_read_and_filled_in_two_queries(course: Course, django_assert_num_queries: Any) -> None:
    for queries in (4, 2):  # what is live is read once a version, and put together once a day
        with django_assert_num_queries(queries):
            version = lessons.get_live("two-pms", "lesson-1").live_version
            assert version is not None
            filled = lessons.shown(version, today=TODAY)
            assert [check.version.key for check in filled.checks] == ["check-1"]
            assert filled.checks[0].question_id
    assert "answer_key" in filled.checks[0].version.get_deferred_fields()


def test_figures_terms_and_sources_stand_where_the_text_names_them(course: Course) -> None:
    page = shown()
    assert '<a class="fact" href="#fact-pay">about $93,000</a>' in page
    assert 'id="fact-pay"' in page
    assert "A guide, A blog" in page
    assert '<button type="button" class="term" popovertarget="term:sponsor">sponsor</button>&#8288;' in page
    version = lessons.get_live("two-pms", "lesson-1").live_version
    assert version is not None
    filled = lessons.fill(version, today=TODAY)
    assert [term.name for term in filled.terms] == ["Sponsor"]
    assert [source["publisher"] for source in filled.sources] == ["A blog"]


def test_a_corrected_figure_is_corrected_everywhere_at_once(course: Course) -> None:
    shown()
    fact = Fact.objects.get(key="pay")
    fact.show = "about $95,000"
    fact.save(update_fields=["show"])
    publishing.publish(fact, author=None, now=NOW)
    assert "about $95,000" in shown()


def test_an_overdue_figure_says_so_from_the_day_after_its_review(course: Course) -> None:
    assert "Not checked lately" not in shown(date(2027, 3, 15))
    assert "looked at again by 15 March 2027" in shown(date(2027, 3, 16))


def test_what_was_archived_leaves_its_words_and_no_gap(course: Course) -> None:
    publishing.archive(Fact.objects.get(key="pay"), now=NOW)
    publishing.archive(GlossaryTerm.objects.get(key="sponsor"), now=NOW)
    publishing.archive(Question.objects.get(key="check-1"), now=NOW)
    version = lessons.get_live("two-pms", "lesson-1").live_version
    assert version is not None
    filled = lessons.fill(version, today=TODAY)
    assert filled.checks == []
    assert "The sponsor chooses." in shown()
    assert "(figure withdrawn)" in shown()


def test_every_part_is_shut_to_htmx(course: Course) -> None:
    version = lessons.get_live("two-pms", "lesson-1").live_version
    assert version is not None
    for part in lessons.fill(version, today=TODAY).parts:
        assert part.check or part.html.startswith('<div class="prose" hx-disable>')


def test_a_draft_an_archived_lesson_and_a_foreign_course_are_not_found(course: Course) -> None:
    publishing.archive(Lesson.objects.get(key="lesson-2"), now=NOW)
    for course_key, key in (("two-pms", "lesson-2"), ("two-pms", "gone"), ("other", "lesson-1")):
        with pytest.raises(Lesson.DoesNotExist):
            lessons.get_live(course_key, key)

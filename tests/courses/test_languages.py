"""Texts of a course say their language where the pages speak another."""

import pytest
from django.test import override_settings
from django.utils.safestring import mark_safe

from courses import languages
from courses.models import Course, Version
from tests.factories import make_course


@pytest.mark.parametrize("language", ["en", "en-GB"])
def test_a_text_in_the_language_of_the_pages_stays_as_it_is(language: str) -> None:
    assert languages.spoken("A & b", language) == "A & b"


def test_a_text_in_another_language_is_set_apart() -> None:
    assert languages.spoken("A & b", "he") == '<bdi lang="he" dir="rtl">A &amp; b</bdi>'
    block = mark_safe("<div><p>Wort</p></div>")
    assert languages.spoken(block, "de-AT") == f'<div lang="de-AT" dir="ltr">{block}</div>'
    assert languages.spoken("", "he") == ""


@pytest.mark.django_db
def test_a_version_is_in_the_language_of_its_course() -> None:
    course = make_course()
    Course.objects.filter(pk=course.pk).update(language="de")
    version = Version(course_id=course.pk)
    assert languages.of_version(version) == "en"  # nothing is asked where pages speak English
    assert languages.of_version(Version()) == languages.shared()
    with override_settings(LANGUAGE_CODE="he"):
        assert languages.of_version(version) == "de"
    assert languages.of_version(version) == "de"
    languages.remember(course.pk, course.key, "en")
    assert languages.of_version(version) == "en"

"""In which language a text is that somebody wrote, beside the language that the pages speak."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info

from courses.models import Course, Version

_of_courses: dict[int | str, str] = {}
"""Languages by the id of a course and by its key, as this process has met them."""


def shared() -> str:
    """Return the language of what belongs to no course: glossary, drill, fit check, mistaken ideas."""
    language: str = settings.CONTENT_LANGUAGE
    return language


def remember(course_id: int, key: str, language: str) -> None:
    """Keep the language of a course, for all that is shown of it: whoever reads its outline says it."""
    _of_courses[course_id] = _of_courses[key] = language


def of_version(version: Version) -> str:
    """Return the language of the course that a version belongs to, as `of_course` does."""
    return shared() if version.course_id is None else of_course(version.course_id)


def of_course(name: int | str) -> str:
    """Return the language of a course by its id or its key; the shared one of a course that is gone.

    Where pages speak the shared language, so does a course whose outline this process has not read yet:
    nothing is asked of the database for that. Where they do not, it is asked for once.
    """
    if name not in _of_courses:
        if is_of_pages(shared()):
            return shared()
        asked = {"pk": name} if isinstance(name, int) else {"key": name}
        for course in Course.objects.filter(**asked).only("key", "language"):
            remember(course.pk, course.key, course.language)
    return _of_courses.get(name, shared())


def is_of_pages(language: str) -> bool:
    """Say whether pages speak that language anyway, in whatever form of it."""
    return _base(language) == _base(settings.LANGUAGE_CODE)


@lru_cache(maxsize=256)
def attributes(language: str) -> SafeString:
    """Return `lang` and `dir` of an element whose text is in that language."""
    try:
        backwards = get_language_info(language.lower())["bidi"]
    except KeyError:
        backwards = False
    return format_html('lang="{}" dir="{}"', language, "rtl" if backwards else "ltr")


def spoken(text: Any, language: str) -> Any:
    """Return a text set apart as one of that language, with its own direction; as it is where pages speak it.

    Blocks of HTML are set apart as blocks.
    """
    if not text or is_of_pages(language):
        return text
    inside = conditional_escape(text)
    element = "div" if inside.startswith("<div") else "bdi"
    return format_html("<{} {}>{}</{}>", element, attributes(language), inside, element)


@lru_cache(maxsize=256)
def _base(language: str) -> str:
    return language.partition("-")[0].lower()

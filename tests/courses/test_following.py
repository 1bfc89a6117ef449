"""The outline that learners see follows what is published in it, and nothing else that was drafted."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.following import follow

NOW = "as it is now"


def outline(*modules: tuple[str, str], says: str = NOW) -> dict[str, Any]:
    """An outline of modules, each a key and the keys of its lessons, a letter each."""
    return {
        "title": says,
        "modules": [
            {
                "key": key,
                "title": says,
                "lessons": [{"key": lesson, "title": says} for lesson in lessons],
                "quiz": None,
            }
            for key, lessons in modules
        ],
        "final": None,
    }


def shape(body: dict[str, Any]) -> list[tuple[str, str]]:
    """The keys of modules and lessons in their order."""
    return [
        (module["key"], "".join(lesson["key"] for lesson in module["lessons"])) for module in body["modules"]
    ]


@pytest.mark.parametrize(
    ("live", "draft", "followed"),
    [
        ([("1", "ab"), ("2", "cd")], [("2", "dc"), ("1", "ba")], [("1", "ab"), ("2", "cd")]),
        ([("1", "ab"), ("2", "cd")], [("1", "b"), ("2", "cad")], [("1", "ab"), ("2", "cd")]),
        ([("1", "ab"), ("2", "cd")], [("1", "a"), ("2", "cd")], [("1", "a"), ("2", "cd")]),
        ([("1", "ab"), ("2", "cd")], [("1", "ab")], [("1", "ab")]),
        ([("1", "ab")], [("1", "xayzb")], [("1", "xayzb")]),
        ([("1", "ab")], [("1", "bxa")], [("1", "abx")]),
        ([("1", "a"), ("2", "c")], [("3", "x"), ("1", "a"), ("4", "y"), ("2", "c")], None),
    ],
    ids=[
        "order stays",
        "module stays",
        "archived goes",
        "its module too",
        "new come",
        "behind",
        "new modules",
    ],
)
def test_what_is_live_stays_in_its_place_and_what_is_new_comes_where_the_draft_has_it(
    live: list[tuple[str, str]], draft: list[tuple[str, str]], followed: list[tuple[str, str]] | None
) -> None:
    assert shape(follow(outline(*live), outline(*draft))) == (followed or draft)


def test_titles_of_lessons_follow_and_those_of_course_and_modules_wait_for_the_course() -> None:
    found = follow(outline(("1", "a"), says="before"), outline(("1", "a"), ("2", "b")))
    one, two = found["modules"]
    assert (found["title"], one["title"], one["lessons"][0]["title"]) == ("before", "before", NOW)
    assert two["title"] == NOW, "learners have not seen that module before"


def test_quizzes_and_the_final_follow() -> None:
    draft = outline(("1", "a")) | {"final": {"key": "final"}}
    draft["modules"][0]["quiz"] = {"key": "1"}
    found = follow(outline(("1", "a")), draft)
    assert (found["modules"][0]["quiz"], found["final"]) == ({"key": "1"}, {"key": "final"})


def cut(keys: list[str], cuts: list[int]) -> list[tuple[str, str]]:
    """Lessons in three modules, without the empty ones."""
    first, last = sorted(cuts)
    parts = ("".join(part) for part in (keys[:first], keys[first:last], keys[last:]))
    return [(name, part) for name, part in zip("123", parts, strict=True) if part]


PLANS = st.builds(cut, st.permutations("abcdefgh"), st.lists(st.integers(0, 8), min_size=2, max_size=2))


@given(PLANS, PLANS, st.sets(st.sampled_from("abcdefgh")))
def test_every_live_lesson_is_there_once_in_the_order_that_learners_know(
    before: list[tuple[str, str]], draft: list[tuple[str, str]], unseen: set[str]
) -> None:
    live = [(key, "".join(each for each in lessons if each not in unseen)) for key, lessons in before]
    live = [(key, lessons) for key, lessons in live if lessons]
    found = shape(follow(outline(*live), outline(*draft)))
    assert sorted("".join(lessons for _, lessons in found)) == list("abcdefgh")
    known = [(key, "".join(each for each in lessons if each not in unseen)) for key, lessons in found]
    assert [(key, lessons) for key, lessons in known if lessons] == live
    assert follow(outline(*draft), outline(*draft)) == outline(*draft)

"""What a course's outline becomes when something in it is published, archived or shown again. Pure.

The order, the titles of modules and what the course says of itself stay as learners see them: their drafts
go live with the course.
"""

from collections.abc import Iterator, Sequence
from typing import Any

Body = dict[str, Any]
"""Of a version of an outline (`courses.versions`)."""


def follow(live: Body, draft: Body) -> Body:
    """Return the live outline with the lessons and quizzes that are live by now, as they are now.

    `draft`: the outline that publishing the course would make, from the same lessons and quizzes. A lesson
    that learners did not see stands where the draft has it: behind the nearest before it that they see there.
    """
    now = {lesson["key"]: lesson for module in draft["modules"] for lesson in module["lessons"]}
    quizzes = {module["key"]: module["quiz"] for module in draft["modules"]}
    modules = [
        {
            **module,
            "lessons": [now[lesson["key"]] for lesson in module["lessons"] if lesson["key"] in now],
            "quiz": quizzes.get(module["key"]),
        }
        for module in live["modules"]
    ]
    known = {lesson["key"] for module in modules for lesson in module["lessons"]}
    for place, module in enumerate(draft["modules"]):
        new = [lesson for lesson in module["lessons"] if lesson["key"] not in known]
        if not new:
            continue
        there = next((each for each in modules if each["key"] == module["key"]), None)
        if there is None:
            there = {**module, "lessons": []}
            modules.insert(_behind(modules, draft["modules"][:place]), there)
        for lesson in new:
            before = module["lessons"][: module["lessons"].index(lesson)]
            there["lessons"].insert(_behind(there["lessons"], before), lesson)
    return {**live, "modules": [module for module in modules if module["lessons"]], "final": draft["final"]}


def _behind(rows: Sequence[Body], before: Sequence[Body]) -> int:
    """Return the place behind the last of `before` that is among the rows; the first, if none is."""
    return next(_places(rows, before), -1) + 1


def _places(rows: Sequence[Body], before: Sequence[Body]) -> Iterator[int]:
    keys = [row["key"] for row in rows]
    return (keys.index(row["key"]) for row in reversed(before) if row["key"] in keys)

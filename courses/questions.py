"""Draw the questions of a quiz from its pools."""

from collections.abc import Mapping
from typing import Any

from courses.grading import shuffled
from courses.models import Question, Version


def draw(quiz_version: Version, *, seed: int) -> list[Question]:
    """Return the live questions that an attempt asks, with live versions (answer keys deferred). One query.

    Each pool draws its number among the live questions for graded quizzes that match its objectives, tags
    and difficulty; none comes twice, and a pool that finds too few gives what it has. The seed decides the
    draw and, where the quiz shuffles its questions, their order; else the pools' order stands.
    """
    body = quiz_version.body
    bank = list(
        Question.objects.drawable()
        .filter(course_id=quiz_version.course_id or 0)
        .select_related("live_version", "objective")
        .defer("live_version__answer_key")
        .order_by("pk")
    )
    by_key = {question.key: question for question in bank}
    order = shuffled(by_key, seed)
    drawn: list[str] = []
    for pool in body["pools"]:
        matching = [key for key in order if key not in drawn and matches(_live(by_key[key]), pool)]
        drawn.extend(matching[: pool["draw"]])
    if body["shuffle_questions"]:
        drawn = shuffled(drawn, seed)
    return [by_key[key] for key in drawn]


def matches(live: Mapping[str, Any], pool: Mapping[str, Any]) -> bool:
    """Say whether a question belongs to a pool, by its live body; an empty condition excludes none."""
    objectives, tags, difficulty = pool["objectives"], pool["tags"], pool["difficulty"]
    return (
        (not objectives or live["objective"] in objectives)
        and (not tags or bool(set(live["tags"]) & set(tags)))
        and (not difficulty or live["difficulty"] == difficulty)
    )


def _live(question: Question) -> Mapping[str, Any]:
    return question.live_version.body if question.live_version else {}

"""What a question publishes: what may be shown before the answer, and the answer key, kept apart."""

from typing import Any

from courses import question_types
from courses.models import Choice, Misconception, Question
from courses.question_types.shape import Shape
from courses.wording import gettext as _


def parts(question: Question) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a draft's body, which pages may show at once, and its answer key, which they may not."""
    shape = question_types.get(question.type).SHAPE
    choices: list[Choice] = list(question.choices.all())
    buckets = set(question.buckets)
    if shape.truth == "right":
        buckets |= {choice.bucket for choice in choices}
    public = {setting.name for setting in shape.settings if setting.public}
    shown = sorted(choices, key=lambda choice: choice.key) if shape.truth == "place" else choices
    return (
        {
            "type": question.type,
            "prompt": question.prompt,
            "objective": question.objective.key,
            "passage": f"{question.passage_lesson.key}#{question.passage_heading}",
            "difficulty": question.difficulty,
            "tags": list(question.tags),
            "uses": list(question.uses),
            "buckets": sorted(buckets) if shape.truth == "right" else list(question.buckets),
            "choices": [{"key": choice.key, "text": choice.text} for choice in shown],
            **{name: value for name, value in question.settings.items() if name in public},
        },
        {
            "choices": _truths(question, choices, shape),
            "explanation": question.explanation,
            **{name: value for name, value in question.settings.items() if name not in public},
            **({} if shape.listed_as else {"misconception": _misconception(question.misconception)}),
        },
    )


def _truths(question: Question, choices: list[Choice], shape: Shape) -> dict[str, dict[str, Any]]:
    """Return what the answer key says of each choice."""
    behind_all = _misconception(question.misconception)
    truths: dict[str, dict[str, Any]] = {}
    for place, choice in enumerate(choices, start=1):
        correct = choice.credit == 1 if shape.truth == "credit" else choice.correct
        truths[choice.key] = {
            "correct": correct,
            "bucket": choice.bucket or None,
            "feedback": choice.feedback,
            "misconception": _misconception(choice.misconception) or (None if correct else behind_all),
        }
        if shape.truth == "credit":
            truths[choice.key]["credit"] = choice.credit
        elif shape.truth == "place":
            truths[choice.key]["place"] = place
    return truths


def weight(body: dict[str, Any], answer_key: dict[str, Any]) -> dict[str, object]:
    """Return the parts of a published question whose change is major: all but its words."""
    truths = ("correct", "bucket", "credit", "place")
    rights = {
        key: [choice.get(name) for name in truths] for key, choice in answer_key.get("choices", {}).items()
    }
    written = [answer_key.get(name) for name in ("answer", "tolerance", "accept")]
    return {
        _("its type"): body["type"],
        _("its objective"): body["objective"],
        _("what is right"): [body["buckets"], body.get("unit"), rights, written],
    }


def _misconception(misconception: Misconception | None) -> dict[str, str] | None:
    if misconception is None:
        return None
    return {"key": misconception.key, "name": misconception.name, "correction": misconception.correction}

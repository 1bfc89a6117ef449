"""Any number of right choices. Answer: `{"choices": [keys, sorted]}`."""

from collections.abc import Iterator

from courses.grading import (
    AnswerKey,
    Body,
    Form,
    Grade,
    InvalidResponse,
    Options,
    Response,
    misconceptions_of,
    picked,
)
from courses.question_types.shape import Draft, Fault, Shape, at_least_two
from courses.question_types.single import order
from courses.wording import gettext as _

__all__ = ["NAME", "SHAPE", "faults", "grade", "order", "parse"]

NAME = "multiple"
SHAPE = Shape(listed_as="choices", truth="correct")


def faults(draft: Draft) -> Iterator[Fault]:
    """Yield a fault unless something is right."""
    yield from at_least_two(draft)
    if not any(choice.correct for choice in draft.choices):
        yield ("choices",), _("at least one choice is correct")


def parse(form: Form, body: Body, options: Options) -> Response:
    """Return the choices of the form. Raises InvalidResponse if there is none, or one of another question."""
    keys = picked(form, options)
    if not keys:
        raise InvalidResponse(_("Choose at least one answer."))
    return {"choices": keys}


def grade(body: Body, answer_key: AnswerKey, response: Response) -> Grade:
    """Return the share of the right choices that were picked, less the share of the wrong ones that were.

    So ticking everything earns nothing, and nothing earns less than nothing.
    """
    choices = answer_key["choices"]
    chosen = set(response.get("choices", []))
    right = {key for key, choice in choices.items() if choice["correct"]}
    wrong = choices.keys() - right
    credit = len(chosen & right) / len(right)
    if wrong:
        credit -= len(chosen & wrong) / len(wrong)
    by_choice = {key: (key in chosen) == (key in right) for key in choices}
    return Grade(round(max(credit, 0.0), 3), by_choice, misconceptions_of(answer_key, chosen & wrong))

"""One right choice of several. Answer: `{"choice": key}`."""

from collections.abc import Iterator

from courses.grading import (
    AnswerKey,
    Body,
    Form,
    Grade,
    InvalidResponse,
    Options,
    Response,
    choice_keys,
    misconceptions_of,
    picked,
    shuffled,
)
from courses.question_types.shape import Draft, Fault, Shape, at_least_two
from courses.wording import gettext as _

NAME = "single"
SHAPE = Shape(listed_as="choices", truth="correct")


def faults(draft: Draft) -> Iterator[Fault]:
    """Yield a fault unless exactly one choice is right."""
    yield from at_least_two(draft)
    rights = sum(choice.correct for choice in draft.choices)
    if rights != 1:
        yield ("choices",), _("exactly one choice is correct, not %(rights)s") % {"rights": rights}


def parse(form: Form, body: Body, options: Options) -> Response:
    """Return the one choice of the form. Raises InvalidResponse unless there is exactly one."""
    keys = picked(form, options)
    if len(keys) != 1:
        raise InvalidResponse(_("Choose one answer.") if not keys else _("Choose one answer only."))
    return {"choice": keys[0]}


def grade(body: Body, answer_key: AnswerKey, response: Response) -> Grade:
    """Return full credit for the right choice, none for another."""
    choice = str(response.get("choice"))
    if choice not in answer_key["choices"]:
        return Grade(credit=0.0)
    right = bool(answer_key["choices"][choice]["correct"])
    wrong = [] if right else [choice]
    return Grade(float(right), {choice: right}, misconceptions_of(answer_key, wrong))


def order(body: Body, seed: int, shuffle: bool) -> list[str]:
    """Return the choices as the author ordered them or, shuffled, as the seed decides."""
    keys = choice_keys(body)
    return shuffled(keys, seed) if shuffle else keys

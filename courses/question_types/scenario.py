"""What to do in a situation: options graded by experts, to choose one of. Answer: `{"choice": key}`."""

from collections.abc import Iterator

from courses.grading import AnswerKey, Body, Grade, Response, misconceptions_of
from courses.question_types.shape import Draft, Fault, Shape, at_least_two
from courses.question_types.single import order, parse
from courses.wording import gettext as _

__all__ = ["NAME", "SHAPE", "faults", "grade", "order", "parse"]

NAME = "scenario"
SHAPE = Shape(listed_as="choices", truth="credit")


def faults(draft: Draft) -> Iterator[Fault]:
    """Yield a fault unless every option has a credit from 0 to 1, and one is worth all."""
    yield from at_least_two(draft)
    for choice in draft.choices:
        if choice.credit is None or not 0 <= choice.credit <= 1:
            yield ("choices", choice.key), _("the credit is a number from 0 to 1")
    if not any(choice.credit == 1 for choice in draft.choices):
        yield ("choices",), _("one choice has the credit 1.0")


def grade(body: Body, answer_key: AnswerKey, response: Response) -> Grade:
    """Return the credit that experts gave the chosen option."""
    choice = str(response.get("choice"))
    if choice not in answer_key["choices"]:
        return Grade(credit=0.0)
    credit = answer_key["choices"][choice]["credit"]
    wrong = [] if credit >= 1 else [choice]
    return Grade(round(credit, 3), {choice: credit >= 1}, misconceptions_of(answer_key, wrong))

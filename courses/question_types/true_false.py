"""A statement that is true or false: a single choice whose two options keep their order."""

from collections.abc import Iterator

from courses.grading import Body, choice_keys
from courses.question_types import single
from courses.question_types.shape import Draft, Fault, Shape
from courses.question_types.single import grade, parse
from courses.wording import gettext as _

__all__ = ["NAME", "SHAPE", "faults", "grade", "order", "parse"]

NAME = "true_false"
SHAPE = Shape(listed_as="feedback", truth="correct")


def faults(draft: Draft) -> Iterator[Fault]:
    """Yield a fault unless the choices are true and false, and one of them is right."""
    if [choice.key for choice in draft.choices] != ["true", "false"]:
        yield ("choices",), _("the choices of true_false are true and false, in this order")
    yield from single.faults(draft)


def order(body: Body, seed: int, shuffle: bool) -> list[str]:
    """Return true, then false: people expect it so, and nothing is gained by shuffling two words."""
    return choice_keys(body)

"""A statement that is true or false: a single choice whose two options keep their order."""

from courses.grading import Body, choice_keys
from courses.question_types.single import grade, parse

__all__ = ["NAME", "grade", "order", "parse"]

NAME = "true_false"


def order(body: Body, seed: int, shuffle: bool) -> list[str]:
    """Return true, then false: people expect it so, and nothing is gained by shuffling two words."""
    return choice_keys(body)

"""The types of question. Each module says what its questions are made of, reads, grades and orders.

`single` one of several; `true_false`; `multiple` any of several, with partial credit; `classify` each item
into a bucket; `match` each left side with its right one; `order` steps into their order; `numeric` a number;
`short_text` a word or two; `scenario` one of several, graded by experts. docs/authoring.md says how to add
one.
"""

from collections.abc import Iterator
from typing import Protocol

from courses.grading import AnswerKey, Body, Form, Grade, Options, Response
from courses.question_types import (
    classify,
    match,
    multiple,
    numeric,
    order,
    scenario,
    short_text,
    single,
    true_false,
)
from courses.question_types.shape import Draft, Fault, Shape


class QuestionType(Protocol):
    """What a module of this package offers."""

    NAME: str
    SHAPE: Shape

    def faults(self, draft: Draft) -> Iterator[Fault]:
        """Yield what keeps a question of this type from being published, beyond missing texts."""

    def parse(self, form: Form, body: Body, options: Options) -> Response:
        """Return the answer in the form; raise InvalidResponse, with words for the person, if none."""

    def grade(self, body: Body, answer_key: AnswerKey, response: Response) -> Grade:
        """Return the grade of an answer. A choice that the question does not have earns nothing."""

    def order(self, body: Body, seed: int, shuffle: bool) -> list[str]:
        """Return the choice keys in the order to show them."""


TYPES: dict[str, QuestionType] = {
    module.NAME: module
    for module in (
        single,
        multiple,
        true_false,
        classify,
        match,
        order,
        numeric,
        short_text,
        scenario,
    )
}


def get(name: str) -> QuestionType:
    """Return the type of that name. Raises KeyError if there is none."""
    return TYPES[name]

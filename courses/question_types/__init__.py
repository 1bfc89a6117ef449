"""The types of question. Each is a module that reads an answer, grades it and orders its options.

`single` one of several; `true_false`; `multiple` any of several, with partial credit; `classify` each item
into a bucket. docs/authoring.md says how to add one.
"""

from typing import Protocol

from courses.grading import AnswerKey, Body, Form, Grade, Options, Response
from courses.question_types import classify, multiple, single, true_false


class QuestionType(Protocol):
    """What a module of this package offers."""

    NAME: str

    def parse(self, form: Form, body: Body, options: Options) -> Response:
        """Return the answer in the form; raise InvalidResponse, with words for the person, if none."""

    def grade(self, body: Body, answer_key: AnswerKey, response: Response) -> Grade:
        """Return the grade of an answer. A choice that the question does not have earns nothing."""

    def order(self, body: Body, seed: int, shuffle: bool) -> list[str]:
        """Return the choice keys in the order to show them."""


TYPES: dict[str, QuestionType] = {module.NAME: module for module in (single, multiple, true_false, classify)}


def get(name: str) -> QuestionType:
    """Return the type of that name. Raises KeyError if there is none."""
    return TYPES[name]

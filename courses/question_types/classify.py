"""Items to sort into buckets. Answer: `{"buckets": {item key: bucket}}`."""

from courses.grading import (
    AnswerKey,
    Body,
    Form,
    Grade,
    InvalidResponse,
    Options,
    Response,
    misconceptions_of,
)
from courses.question_types.single import order

__all__ = ["NAME", "grade", "order", "parse"]

NAME = "classify"


def parse(form: Form, body: Body, options: Options) -> Response:
    """Return the bucket of every item. Raises InvalidResponse if one is missing or is no bucket here."""
    buckets: dict[str, str] = {}
    for public_id, key in options:
        values = form.get(f"bucket-{public_id}", [])
        if len(values) != 1:
            raise InvalidResponse("Choose where each line belongs.")
        if values[0] not in body["buckets"]:
            raise InvalidResponse("This answer belongs to another question. Please answer again.")
        buckets[key] = values[0]
    return {"buckets": buckets}


def grade(body: Body, answer_key: AnswerKey, response: Response) -> Grade:
    """Return the share of the items that are in their bucket."""
    choices = answer_key["choices"]
    given = response.get("buckets", {})
    by_choice = {key: given.get(key) == choice["bucket"] for key, choice in choices.items()}
    wrong = [key for key, right in by_choice.items() if not right and key in given]
    credit = sum(by_choice.values()) / len(by_choice)
    return Grade(round(credit, 3), by_choice, misconceptions_of(answer_key, wrong))

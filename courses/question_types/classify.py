"""Items to sort into buckets. Answer: `{"buckets": {item key: bucket}}`."""

from collections.abc import Iterator

from courses.grading import (
    FOREIGN,
    AnswerKey,
    Body,
    Form,
    Grade,
    InvalidResponse,
    Options,
    Response,
    misconceptions_of,
)
from courses.question_types.shape import Draft, Fault, Shape, at_least_two
from courses.question_types.single import order
from courses.wording import gettext as _

__all__ = ["NAME", "SHAPE", "faults", "grade", "order", "parse"]

NAME = "classify"
SHAPE = Shape(listed_as="items", truth="bucket", buckets_as="buckets")


def faults(draft: Draft) -> Iterator[Fault]:
    """Yield a fault unless there are buckets to sort into, and every item has one of them."""
    yield from at_least_two(draft)
    if len(set(draft.buckets)) < 2 or len(set(draft.buckets)) < len(draft.buckets):
        yield ("buckets",), _("classify has at least two buckets, each once")
    for choice in draft.choices:
        if choice.bucket not in draft.buckets:
            yield ("choices", choice.key), _("unknown bucket %(bucket)r") % {"bucket": choice.bucket}


def parse(form: Form, body: Body, options: Options) -> Response:
    """Return the bucket of every item. Raises InvalidResponse if one is missing or is no bucket here."""
    buckets: dict[str, str] = {}
    for public_id, key in options:
        values = form.get(f"bucket-{public_id}", [])
        if len(values) != 1:
            raise InvalidResponse(_("Choose where each line belongs."))
        if values[0] not in body["buckets"]:
            raise InvalidResponse(FOREIGN)
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

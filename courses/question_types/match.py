"""Left sides, each with its right one. Answer: `{"buckets": {key of the left side: right side}}`.

The body's `buckets` are all right sides, extra ones among them, by the alphabet: they tell nothing.
"""

from collections.abc import Iterator

from courses.grading import FOREIGN, Body, Form, InvalidResponse, Options, Response
from courses.question_types.classify import grade
from courses.question_types.shape import Draft, Fault, Shape, at_least_two
from courses.question_types.single import order
from courses.wording import gettext as _

__all__ = ["NAME", "SHAPE", "faults", "grade", "order", "parse"]

NAME = "match"
SHAPE = Shape(listed_as="pairs", text_as="left", truth="right", buckets_as="extra")


def faults(draft: Draft) -> Iterator[Fault]:
    """Yield a fault unless every pair is whole and an extra right side is no pair's."""
    yield from at_least_two(draft)
    rights = {choice.bucket for choice in draft.choices}
    for choice in draft.choices:
        if not choice.bucket:
            yield ("choices", choice.key), _("the right side is missing")
    if len(rights | set(draft.buckets)) < 2:
        yield ("choices",), _("there are at least two right sides to choose from")
    for extra in draft.buckets:
        if extra in rights or list(draft.buckets).count(extra) > 1:
            yield ("extra",), _("%(extra)r is there twice") % {"extra": extra}


def parse(form: Form, body: Body, options: Options) -> Response:
    """Return the right side of every left one. Raises InvalidResponse if one is missing or foreign."""
    given: dict[str, str] = {}
    for public_id, key in options:
        values = [value for value in form.get(f"bucket-{public_id}", []) if value]
        if len(values) != 1:
            raise InvalidResponse(_("Choose a match for each line."))
        if values[0] not in body["buckets"]:
            raise InvalidResponse(FOREIGN)
        given[key] = values[0]
    return {"buckets": given}

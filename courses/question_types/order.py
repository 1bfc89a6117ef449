"""Steps to put in order. Answer: `{"order": [keys, the first one first]}`.

The body lists the steps by key, so that nothing but the answer key knows the order.
"""

from bisect import bisect_left
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
    choice_keys,
    misconceptions_of,
    shuffled,
)
from courses.question_types.shape import Draft, Fault, Setting, Shape, at_least_two
from courses.wording import gettext as _
from courses.wording import gettext_lazy

NAME = "order"
SHAPE = Shape(
    listed_as="sequence",
    truth="place",
    settings=(Setting("feedback", "text", gettext_lazy("What to say where the order is not right.")),),
)


def faults(draft: Draft) -> Iterator[Fault]:
    """Yield a fault unless there is an order to find."""
    yield from at_least_two(draft)


def parse(form: Form, body: Body, options: Options) -> Response:
    """Return the steps by their numbers. Raises InvalidResponse unless each number is given once."""
    places: dict[int, str] = {}
    allowed = {str(place): place for place in range(1, len(options) + 1)}
    for public_id, key in options:
        values = [value for value in form.get(f"place-{public_id}", []) if value]
        if len(values) != 1:
            raise InvalidResponse(_("Give each line a number."))
        if values[0] not in allowed:
            raise InvalidResponse(FOREIGN)
        places[allowed[values[0]]] = key
    if len(places) < len(options):
        raise InvalidResponse(_("Two lines have the same number. Give each line its own."))
    return {"order": [places[place] for place in sorted(places)]}


def grade(body: Body, answer_key: AnswerKey, response: Response) -> Grade:
    """Return 1 less the share of steps that must move: of four steps, one at a wrong place leaves 0.667.

    The steps that need not move are a longest row that stands in the right order already; turning everything
    around earns nothing.
    """
    places = {key: choice["place"] for key, choice in answer_key["choices"].items()}
    given = [key for key in dict.fromkeys(response.get("order", [])) if key in places]
    stands = _longest_run([places[key] for key in given])
    by_choice = {key: places[key] in stands for key in given}
    credit = max(len(stands) - 1, 0) / (len(places) - 1)
    wrong = [key for key in given if not by_choice[key]]
    feedback = answer_key["feedback"] if credit < 1 else ""
    return Grade(round(credit, 3), by_choice, misconceptions_of(answer_key, wrong), feedback)


def _longest_run(places: list[int]) -> set[int]:
    """Return the members of a longest rising row within the places, which are all different."""
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for place in places:
        at = bisect_left(ends, place)
        before[place] = ends[at - 1] if at else None
        ends[at : at + 1] = [place]
    run: set[int] = set()
    last = ends[-1] if ends else None
    while last is not None:
        run.add(last)
        last = before[last]
    return run


def order(body: Body, seed: int, shuffle: bool) -> list[str]:
    """Return the steps as the seed decides, always: the author's order is what is asked."""
    return shuffled(choice_keys(body), seed)

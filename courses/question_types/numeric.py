"""A number, with a tolerance. Answer: `{"text": the number as digits, a minus and a point}`."""

import re
from collections.abc import Iterator
from decimal import Decimal

from courses.grading import AnswerKey, Body, Form, Grade, InvalidResponse, Options, Response, written
from courses.question_types.shape import Draft, Fault, Setting, Shape
from courses.wording import gettext as _
from courses.wording import gettext_lazy

NAME = "numeric"
SHAPE = Shape(
    settings=(
        Setting("answer", "number", gettext_lazy("The right number.")),
        Setting("tolerance", "number", gettext_lazy("How far from it an answer may lie, in the same unit.")),
        Setting("unit", "text", gettext_lazy("Stands behind the field; may be empty."), public=True),
        Setting(
            "near", "near_numbers", gettext_lazy("Wrong numbers that tell what went wrong."), required=False
        ),
    )
)
MOST_CHARACTERS = 40
GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?")
GROUPED_BY_POINTS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]*")
PLAIN = re.compile(r"[+-]?(?:[0-9]{1,12}(?:\.[0-9]{0,6})?|\.[0-9]{1,6})")


def faults(draft: Draft) -> Iterator[Fault]:
    """Yield a fault for a tolerance below zero, and for a near miss that is right."""
    settings = draft.settings
    if settings["tolerance"] < 0:
        yield ("tolerance",), _("the tolerance is not below zero")
    for near in settings.get("near", []):
        if _fits(Decimal(str(near["value"])), settings["answer"], settings["tolerance"]):
            yield ("near",), _("%(value)s is right, not nearly right") % {"value": near["value"]}


def parse(form: Form, body: Body, options: Options) -> Response:
    """Return the number of the form. Spaces and commas between thousands, and the unit, may be written.

    Raises InvalidResponse for what is no number.
    """
    text = written(form, most=MOST_CHARACTERS).replace("\u2212", "-")
    text = text.removesuffix(body["unit"]).removeprefix(body["unit"])
    number = _as_number(re.sub(r"[\s'\u2019_]", "", text))
    if not PLAIN.fullmatch(number):
        raise InvalidResponse(_("Write a number, such as 12, 1,500 or 0.5."))
    return {"text": format(Decimal(number).normalize() + 0, "f")}


def _as_number(text: str) -> str:
    """Return a number with a point before its decimals and nothing between thousands, where that is clear."""
    sign = text[:1] if text[:1] in ("-", "+") else ""
    digits = text[len(sign) :]
    if GROUPED.fullmatch(digits):
        digits = digits.replace(",", "")
    elif GROUPED_BY_POINTS.fullmatch(digits):
        digits = digits.replace(".", "").replace(",", ".")
    else:
        digits = digits.replace(",", ".")
    return sign + digits


def grade(body: Body, answer_key: AnswerKey, response: Response) -> Grade:
    """Return full credit within the tolerance, none beyond. A near miss gets its own feedback."""
    given = Decimal(str(response.get("text", "NaN")))
    if _fits(given, answer_key["answer"], answer_key["tolerance"]):
        return Grade(1.0)
    near = [one for one in answer_key.get("near", []) if _fits(given, one["value"], answer_key["tolerance"])]
    feedback = near[0]["feedback"] if near else ""
    misconception = answer_key["misconception"]
    return Grade(0.0, {}, [misconception["key"]] if misconception else [], feedback)


def _fits(given: Decimal, number: float, tolerance: float) -> bool:
    return not given.is_nan() and abs(given - Decimal(str(number))) <= Decimal(str(tolerance))


def order(body: Body, seed: int, shuffle: bool) -> list[str]:
    """Return nothing: there are no options."""
    return []

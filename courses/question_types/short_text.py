"""A word or a few. Answer: `{"text": what was written}`. Case, accents and spaces never matter."""

import re
import unicodedata
from collections.abc import Iterator

from courses.grading import AnswerKey, Body, Form, Grade, InvalidResponse, Options, Response, written
from courses.question_types.numeric import order
from courses.question_types.shape import Draft, Fault, Setting, Shape
from courses.wording import gettext as _
from courses.wording import gettext_lazy

__all__ = ["NAME", "SHAPE", "faults", "grade", "order", "parse"]

NAME = "short_text"
SHAPE = Shape(
    settings=(
        Setting("accept", "texts", gettext_lazy("What is right, in every form that is; the best one first.")),
        Setting("near", "near_texts", gettext_lazy("Wrong words that tell what went wrong."), required=False),
    )
)
MOST_CHARACTERS = 120
LEAST_LETTERS = 5
"""Of a word in which one slip of the pen is still recognised: in shorter ones it makes another word."""
SLIP_CREDIT = 0.5


def faults(draft: Draft) -> Iterator[Fault]:
    """Yield a fault for forms that are the same once folded, and for a near miss that is right."""
    accepted = [folded(text) for text in draft.settings["accept"]]
    for text in draft.settings["accept"]:
        if accepted.count(folded(text)) > 1 or not folded(text):
            yield ("accept",), _("%(text)r says nothing that another form does not") % {"text": text}
        if len(text) > MOST_CHARACTERS:
            yield (
                ("accept",),
                _("%(text)r… is longer than %(most_characters)s characters")
                % {"text": text[:20], "most_characters": MOST_CHARACTERS},
            )
    for near in draft.settings.get("near", []):
        if folded(near["text"]) in accepted:
            yield ("near",), _("%(text)r is right, not nearly right") % {"text": near["text"]}


def folded(text: str) -> str:
    """Return a text without what does not matter: case, accents, spaces, hyphens, punctuation."""
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.findall(r"\w+", kept))


def parse(form: Form, body: Body, options: Options) -> Response:
    """Return the words of the form. Raises InvalidResponse if there are none, or far too many."""
    text = written(form, most=MOST_CHARACTERS)
    if not folded(text):
        raise InvalidResponse(_("Write your answer."))
    return {"text": text}


def grade(body: Body, answer_key: AnswerKey, response: Response) -> Grade:
    """Return full credit for an accepted form, half for one with a slip of the pen, none for another.

    A slip is one letter more, less or other, or two that changed places, in a form of at least five letters.
    A near miss gets its own feedback.
    """
    given = folded(str(response.get("text", "")))
    accepted = {folded(text): text for text in answer_key["accept"]}
    if given in accepted:
        return Grade(1.0)
    misconception = answer_key["misconception"]
    carried = [misconception["key"]] if misconception else []
    for near in answer_key.get("near", []):
        if folded(near["text"]) == given:
            return Grade(0.0, {}, carried, near["feedback"])
    for form, text in accepted.items():
        if len(form) >= LEAST_LETTERS and _is_slip(given, form):
            return Grade(
                SLIP_CREDIT, {}, [], _("Nearly: look at the spelling of “%(text)s”.") % {"text": text}
            )
    return Grade(0.0, {}, carried)


def _is_slip(given: str, right: str) -> bool:
    """Whether one letter was added, left out, replaced or swapped with its neighbour."""
    start = next(
        (at for at, (a, b) in enumerate(zip(given, right, strict=False)) if a != b),
        min(len(given), len(right)),
    )
    one, other = given[start:], right[start:]
    swapped = one[1::-1] == other[:2] and one[2:] == other[2:]
    return one[1:] == other or one == other[1:] or one[1:] == other[1:] or swapped

"""What grading a question gives, and what the question types share. Pure: no Django, no clock."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from courses.wording import gettext as _
from courses.wording import gettext_lazy

Body = Mapping[str, Any]
"""The body of a question's version: type, prompt, choices by key, buckets, unit; never the key."""

AnswerKey = Mapping[str, Any]
"""`choices`: per choice key what is right, its feedback, its misconception; the `explanation`; the settings
that are not public; and, where people write their answer, the `misconception` behind a wrong one."""

Response = dict[str, Any]
"""An answer as JSON: `choice`, `choices`, `buckets` or `order` by choice keys, or the `text` written."""

Options = Sequence[Sequence[str]]
"""`[public id, choice key]` in the order shown. Forms carry public ids only: no page gives a key away."""

Form = Mapping[str, Sequence[str]]
"""A submitted form: every value of every field."""


FOREIGN = gettext_lazy("This answer belongs to another question. Please answer again.")
"""What to say of an answer that no form of ours sends."""


class InvalidResponse(ValueError):
    """The form is no answer to the question. The message is for the person who answers."""


@dataclass(frozen=True)
class Grade:
    """How good an answer is."""

    credit: float
    """0 (nothing right) to 1 (all right), in steps of 0.001."""

    by_choice: dict[str, bool] = field(default_factory=dict)
    """For each choice that the answer says something about: whether it says the right thing."""

    misconceptions: list[str] = field(default_factory=list)
    """Keys of the misconceptions behind what was answered wrongly; each once, sorted."""

    feedback: str = ""
    """What to say about this very answer, as inline Markdown; empty if there is nothing of its own to say."""


def shuffled(keys: Iterable[str], seed: int) -> list[str]:
    """Return the keys in an order that the seed alone decides, on every machine and Python alike."""
    return sorted(keys, key=lambda key: hashlib.sha256(f"{seed}:{key}".encode()).digest())


def choice_keys(body: Body) -> list[str]:
    """Return the keys of the choices in the author's order."""
    return [choice["key"] for choice in body["choices"]]


def key_for(body: Body, answer_key: AnswerKey) -> AnswerKey:
    """Return a later answer key without the choices that a question did not have when it was asked.

    Raises KeyError if it says nothing of a choice that the question had.
    """
    truths = answer_key.get("choices", {})
    return {**answer_key, "choices": {key: truths[key] for key in choice_keys(body)}}


def picked(form: Form, options: Options) -> list[str]:
    """Return the choice keys behind the public ids in the form's `option` fields; each once, sorted.

    Raises InvalidResponse for an id that the question does not have.
    """
    keys = {public_id: key for public_id, key in options}  # noqa: C416 - dict() of sequences of any length is untyped
    try:
        return sorted({keys[public_id] for public_id in form.get("option", [])})
    except KeyError as error:
        raise InvalidResponse(FOREIGN) from error


def written(form: Form, *, most: int) -> str:
    """Return what was written into the form's `answer` field, without space around it.

    What cannot be seen is left out. Raises InvalidResponse if there is nothing, more than one, or too much.
    """
    values = form.get("answer", [])
    if len(values) > 1:
        raise InvalidResponse(FOREIGN)
    text = "".join(values)
    if len(text) > most:
        raise InvalidResponse(
            _("Your answer is longer than %(most)s characters. Please write less.") % {"most": most}
        )
    seen = visible(text)
    if not seen:
        raise InvalidResponse(_("Write your answer."))
    return seen


def visible(text: str) -> str:
    """Return a text on one line, without space around it and without what cannot be seen."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def misconceptions_of(answer_key: AnswerKey, choices: Iterable[str]) -> list[str]:
    """Return the keys of the misconceptions that these choices carry; each once, sorted."""
    carried = (answer_key["choices"][choice]["misconception"] for choice in choices)
    return sorted({misconception["key"] for misconception in carried if misconception})

"""What a QTI item asks: the interaction of each of our types, and the answer that is right. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from courses.content_files import format as files
from courses.exchange.words import to_elements

ANSWER, FEEDBACK = "RESPONSE", "FEEDBACK"


@dataclass(frozen=True)
class Kind:
    """How one of our types is written as an item."""

    cardinality: str
    base_type: str
    correct: Callable[[files.Question], list[str]]
    body: Callable[[Element, files.Question], None]
    writes: bool = False
    """Whether people write their answer."""

    gives_feedback: bool = False
    """Whether what was chosen names the feedback that is shown."""


def identifier(key: str) -> str:
    """Return a key as an XML name, which begins with no digit."""
    return f"_{key}" if key[:1].isdigit() else key


def sides(question: files.Question) -> dict[str, str]:
    """Return the identifiers of the right sides or buckets, by their words."""
    own = [choice.bucket for choice in question.choices]
    texts = [*question.buckets, *own] if question.type == "classify" else [*own, *question.buckets]
    return {text: f"side-{number}" for number, text in enumerate(dict.fromkeys(texts), start=1)}


def pairs(question: files.Question) -> list[str]:
    """Return each choice with its side, as QTI writes a pair."""
    of_side = sides(question)
    return [f"{identifier(choice.key)} {of_side[choice.bucket]}" for choice in question.choices]


def _best(question: files.Question) -> list[str]:
    rights = [choice for choice in question.choices if choice.correct or choice.credit == 1]
    return [identifier(choice.key) for choice in (rights if question.type == "multiple" else rights[:1])]


def _in_order(question: files.Question) -> list[str]:
    return [identifier(choice.key) for choice in question.choices]


def _number(question: files.Question) -> list[str]:
    return [str(question.settings["answer"])]


def _first_form(question: files.Question) -> list[str]:
    return [str(text) for text in question.settings["accept"][:1]]


def _choices(body: Element, question: files.Question) -> None:
    most = "0" if question.type == "multiple" else "1"
    about = {"response-identifier": ANSWER, "max-choices": most, "shuffle": _shuffles(question)}
    interaction = SubElement(body, "qti-choice-interaction", about)
    to_elements(SubElement(interaction, "qti-prompt"), question.prompt)
    for choice in question.choices:
        _choice(interaction, "qti-simple-choice", choice)


def _shuffles(question: files.Question) -> str:
    return "false" if question.type == "true_false" else "true"


def _choice(parent: Element, name: str, choice: files.Choice, **attributes: str) -> None:
    known = identifier(choice.key)
    element = SubElement(parent, name, {"identifier": known, **attributes})
    to_elements(element, choice.text)
    if choice.feedback:
        about = {"outcome-identifier": FEEDBACK, "identifier": known, "show-hide": "show"}
        to_elements(SubElement(element, "qti-feedback-inline", about), choice.feedback)


def _order(body: Element, question: files.Question) -> None:
    about = {"response-identifier": ANSWER, "shuffle": "true"}
    interaction = SubElement(body, "qti-order-interaction", about)
    to_elements(SubElement(interaction, "qti-prompt"), question.prompt)
    for choice in question.choices:
        _choice(interaction, "qti-simple-choice", choice)


def _sorting(body: Element, question: files.Question) -> None:
    about = {"response-identifier": ANSWER, "max-associations": "0", "shuffle": "true"}
    interaction = SubElement(body, "qti-match-interaction", about)
    to_elements(SubElement(interaction, "qti-prompt"), question.prompt)
    items = SubElement(interaction, "qti-simple-match-set")
    for choice in question.choices:
        _choice(items, "qti-simple-associable-choice", choice, **{"match-max": "1"})
    targets = SubElement(interaction, "qti-simple-match-set")
    for text, known in sides(question).items():
        target = {"identifier": known, "match-max": "0"}
        SubElement(targets, "qti-simple-associable-choice", target).text = text


def _writing(body: Element, question: files.Question) -> None:
    to_elements(SubElement(body, "p"), question.prompt)
    SubElement(SubElement(body, "p"), "qti-text-entry-interaction", {"response-identifier": ANSWER})


KINDS = {
    "single": Kind("single", "identifier", _best, _choices, gives_feedback=True),
    "true_false": Kind("single", "identifier", _best, _choices, gives_feedback=True),
    "scenario": Kind("single", "identifier", _best, _choices, gives_feedback=True),
    "multiple": Kind("multiple", "identifier", _best, _choices, gives_feedback=True),
    "order": Kind("ordered", "identifier", _in_order, _order),
    "classify": Kind("multiple", "directedPair", pairs, _sorting),
    "match": Kind("multiple", "directedPair", pairs, _sorting),
    "numeric": Kind("single", "float", _number, _writing, writes=True),
    "short_text": Kind("single", "string", _first_form, _writing, writes=True),
}

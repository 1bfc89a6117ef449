"""What a QTI 3.0 item asks, as one of our questions. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from xml.etree.ElementTree import Element

from courses.content_files import format as files
from courses.exchange.found import draft, number, tag
from courses.exchange.qti_answers import Answer, answers_to
from courses.exchange.words import Words, from_elements, local_name
from courses.wording import gettext as _
from courses.wording import gettext_lazy

OURS = "{urn:crossroads:question:1}question"
BLANK = "_____"
PASSED_OVER = {
    "qti-feedback-block": gettext_lazy("feedback inside the text is left out"),
    "qti-rubric-block": gettext_lazy("instructions for those who mark are left out"),
    "qti-template-block": gettext_lazy("a template is left out"),
}


@dataclass(frozen=True)
class About:
    """What our manifests say of an item that the item has no place for."""

    known: dict[str, str] = field(default_factory=dict)
    misconceptions: dict[str, str] = field(default_factory=dict)
    near: tuple[tuple[str, str], ...] = ()


NOTHING = About()


def about(metadata: Element) -> About:
    """Read the element that `qti_writer` puts into the manifest."""
    wrong = {
        one.get("identifier", ""): one.get("misconception", "")
        for one in metadata
        if local_name(one) == "choice"
    }
    near = tuple((one.get("value", ""), one.text or "") for one in metadata if local_name(one) == "near")
    return About(dict(metadata.attrib), wrong, near[:40])


def read(root: Element, about: About) -> tuple[files.Question, list[str]]:
    """Return a question and what of the item was lost. Raises ValueError for what is none of ours."""
    if local_name(root) == "assessmentItem":
        raise ValueError(_("this is QTI 2; only QTI 3.0 is read"))
    if local_name(root) != "qti-assessment-item":
        raise ValueError(_("this is no QTI 3.0 item, but “%(name)s”") % {"name": local_name(root)[:40]})
    if any(local_name(one) == "qti-template-declaration" for one in root):
        raise ValueError(_("its numbers are drawn anew each time (a template); that is not read"))
    body = next((one for one in root if local_name(one) == "qti-item-body"), None)
    if body is None:
        raise ValueError(_("it has no qti-item-body"))
    interactions = [one for one in body.iter() if local_name(one).endswith("-interaction")]
    if not interactions:
        raise ValueError(_("it asks nothing; one is read"))
    if len(interactions) > 1:
        raise ValueError(_("it asks %(count)s things; one is read") % {"count": len(interactions)})
    interaction = interactions[0]
    notes: list[str] = []

    def words(element: Element, without: set[Element] | None = None) -> str:
        said = from_elements(element, Words(), without=without)
        notes.extend(said.notes)
        return said.said()

    reader = _KINDS.get(local_name(interaction))
    if reader is None:
        raise ValueError(
            _("“%(name)s” is a kind of question that we do not have") % {"name": local_name(interaction)[:60]}
        )
    answer = answers_to(root, interaction)
    question = reader(draft(key=root.get("identifier", "")), interaction, answer, about, words)
    question = replace(question, prompt=_prompt(body, interaction, words, notes))
    question = replace(question, explanation=_explained(root, words, notes), **_known(about))
    if question.type == "order":
        said = [words(one) for one in _modal(root) if one.get("identifier") == "misordered"]
        question = replace(question, settings={"feedback": "\n".join(said)})
    return question, notes


Say = Callable[..., str]


def _known(about: About) -> dict[str, Any]:
    known = about.known
    lesson, __, heading = known.get("passage", "").partition("#")
    return {
        "module": known.get("module", ""),
        "objective": known.get("objective", ""),
        "passage_lesson": lesson,
        "passage_heading": heading,
        "difficulty": known.get("difficulty", ""),
        "uses": tuple(known.get("uses", "").split()),
        "tags": tuple(dict.fromkeys(found for one in known.get("tags", "").split() if (found := tag(one)))),
        "misconception": known.get("misconception", ""),
    }


def _prompt(body: Element, interaction: Element, words: Say, notes: list[str]) -> str:
    """Return what stands around the interaction, with a blank where people write, and its own prompt."""
    without = {one for one in body.iter() if local_name(one) in PASSED_OVER}
    notes += dict.fromkeys(str(PASSED_OVER[local_name(one)]) for one in without)
    asked = [one for one in interaction if local_name(one) == "qti-prompt"]
    own = [text for one in asked if (text := words(one))]
    if local_name(interaction) in ("qti-text-entry-interaction", "qti-inline-choice-interaction"):
        for child in list(interaction):
            interaction.remove(child)
        interaction.tag, interaction.text = "span", BLANK
    elif local_name(interaction) == "qti-gap-match-interaction":
        without |= {
            one for one in interaction if local_name(one) in ("qti-prompt", "qti-gap-text", "qti-gap-img")
        }
        for place, gap in enumerate(_all(interaction, "qti-gap"), start=1):
            gap.tag, gap.text = "span", f"({place}) {BLANK}"
    else:
        without.add(interaction)
    around = words(body, without)
    lines = [line for line in around.split("\n") if line.strip() not in ("", BLANK, "\\_" * 5)]
    return "\n".join([*lines, *own])


def _modal(root: Element) -> Iterator[Element]:
    return (one for one in root if local_name(one) == "qti-modal-feedback")


def _explained(root: Element, words: Say, notes: list[str]) -> str:
    said = [words(one) for one in _modal(root) if one.get("identifier") != "misordered"]
    if len(said) > 1:
        notes.append(
            _("what it says after a right and after a wrong answer is kept together, as the explanation")
        )
    return "\n".join(text for text in said if text)


def _all(parent: Element, *names: str) -> list[Element]:
    return [one for one in parent.iter() if local_name(one) in names]


def _key(element: Element) -> str:
    return (element.get("identifier") or "").removeprefix("_")


def _choice(element: Element, about: About, words: Say) -> files.Choice:
    feedback = _all(element, "qti-feedback-inline", "qti-feedback-block")
    return files.Choice(
        key=_key(element),
        text=words(element, set(feedback)).replace("\n", " "),
        feedback="\n".join(text for one in feedback if (text := words(one))),
        misconception=about.misconceptions.get(element.get("identifier", ""), ""),
    )


def _chosen(
    question: files.Question, interaction: Element, answer: Answer, about: About, words: Say
) -> files.Question:
    """One of several, or some of them."""
    elements = _all(interaction, "qti-simple-choice", "qti-inline-choice")
    names = [one.get("identifier", "") for one in elements]
    best = max(answer.worth.values(), default=0.0)
    rights = set(answer.correct) or {name for name, worth in answer.worth.items() if worth > 0}
    choices = [_choice(one, about, words) for one in elements]
    if answer.cardinality != "single":
        kind = "multiple"
    else:
        rights = set(answer.correct) or {name for name, worth in answer.worth.items() if 0 < worth == best}
        part = any(0 < worth < best for worth in answer.worth.values())
        kind = "scenario" if about.known.get("type") == "scenario" or part else "single"
    if kind == "scenario":
        credits = [min(max(answer.worth.get(name, 0.0) / (best or 1), 0.0), 1.0) for name in names]
        graded = [replace(one, credit=round(worth, 5)) for one, worth in zip(choices, credits, strict=True)]
        return replace(question, type=kind, choices=tuple(graded))
    choices = [replace(one, correct=name in rights) for name, one in zip(names, choices, strict=True)]
    if (
        kind == "single"
        and {one.text.casefold() for one in choices} == {"true", "false"}
        and len(choices) == 2
    ):
        kind = "true_false"
        choices.sort(key=lambda one: one.text.casefold(), reverse=True)
        choices = [
            replace(one, key=key, text=text)
            for one, (key, text) in zip(choices, files.TRUE_FALSE, strict=True)
        ]
    return replace(question, type=kind, choices=tuple(choices))


def _ordered(
    question: files.Question, interaction: Element, answer: Answer, about: About, words: Say
) -> files.Question:
    elements = {one.get("identifier", ""): one for one in _all(interaction, "qti-simple-choice")}
    if sorted(answer.correct) != sorted(elements):
        raise ValueError(_("the right order does not name each line once"))
    choices = tuple(_choice(elements[name], about, words) for name in answer.correct)
    return replace(question, type="order", choices=choices)


def _paired(
    question: files.Question, interaction: Element, answer: Answer, about: About, words: Say
) -> files.Question:
    """Pairs, of a match, an associate or a gap match interaction."""
    of_gaps = local_name(interaction) == "qti-gap-match-interaction"
    elements = {
        one.get("identifier", ""): one
        for one in _all(interaction, "qti-simple-associable-choice", "qti-gap-text", "qti-gap")
    }
    partner: dict[str, str] = {}
    for pair in answer.correct or [name for name, worth in answer.worth.items() if worth > 0]:
        left, __, right = pair.partition(" ")
        left, right = (right, left) if of_gaps else (left, right)
        if left not in elements or right not in elements or left in partner:
            raise ValueError(_("a line belongs to two others, or to one that is not there"))
        partner[left] = right
    sets = _all(interaction, "qti-simple-match-set")
    gaps = _all(interaction, "qti-gap")
    first = [one.get("identifier", "") for one in (sets[0] if len(sets) == 2 else gaps)] or list(partner)
    if set(first) - partner.keys():
        raise ValueError(_("not every line has a partner"))
    said = {name: words(one, set(_all(one, "qti-feedback-inline"))) for name, one in elements.items()}
    said |= {gap.get("identifier", ""): f"Gap {place}" for place, gap in enumerate(gaps, start=1)}
    choices = tuple(
        replace(_choice(elements[name], about, words), text=said[name], bucket=said[partner[name]])
        for name in first
    )
    others = [text for name, text in said.items() if name not in first]
    sorts = len(set(partner.values())) < len(partner) and len(sets) == 2
    kind = about.known.get("type", "classify" if sorts else "match")
    used = set(partner.values())
    extra = [text for name, text in said.items() if name not in first and name not in used]
    buckets = others if kind == "classify" else extra
    return replace(question, type=kind, choices=choices, buckets=tuple(dict.fromkeys(buckets)))


def _written(
    question: files.Question, interaction: Element, answer: Answer, about: About, words: Say
) -> files.Question:
    """A number or a word."""
    if answer.base_type in ("integer", "float"):
        if not answer.correct:
            raise ValueError(_("it does not say which number is right"))
        value = number(answer.correct[0])
        settings: dict[str, Any] = {
            "answer": value,
            "tolerance": answer.tolerance_of(value),
            "unit": about.known.get("unit", ""),
        }
        if about.near:
            settings["near"] = [{"value": number(near), "feedback": said} for near, said in about.near]
        return replace(question, type="numeric", settings=settings)
    best = max(answer.worth.values(), default=0.0)
    accepted = [*answer.correct, *(text for text, worth in answer.worth.items() if 0 < worth == best)]
    settings = {"accept": list(dict.fromkeys(text.strip() for text in accepted if text.strip()))}
    if about.near:
        settings["near"] = [{"text": near, "feedback": said} for near, said in about.near]
    return replace(question, type="short_text", settings=settings)


_KINDS = {
    "qti-choice-interaction": _chosen,
    "qti-inline-choice-interaction": _chosen,
    "qti-order-interaction": _ordered,
    "qti-match-interaction": _paired,
    "qti-associate-interaction": _paired,
    "qti-gap-match-interaction": _paired,
    "qti-text-entry-interaction": _written,
}

"""Questions as pages show them: before an answer (nothing of the key is even read), and after it."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.cache import caches
from django.template.loader import render_to_string
from django.utils.crypto import salted_hmac
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from courses import languages, markdown, marks, question_types
from courses.grading import Form, Grade, Options, Response, visible
from courses.models import Version


@dataclass(frozen=True)
class OptionView:
    """An option, an item to sort (classify), a left side (match) or a step (order)."""

    id: str
    text_html: SafeString
    picked: bool = False
    bucket: str = ""
    """classify, match: where the person put it; empty if nowhere yet."""

    place: int = 0
    """order: the number that the person gave it, from 1; 0 if none yet."""

    # The rest is known after the answer only.
    correct: bool = False
    """Whether it should have been picked; of classify, match and order, whether it was put right."""

    correct_bucket: str = ""
    correct_place: int = 0
    percent: int = 0
    """scenario: what the experts find it worth."""

    feedback_html: SafeString = field(default_factory=SafeString)
    misconception: dict[str, str] | None = None
    """Of what was answered wrongly: the key, name and correction of the mistaken idea."""


@dataclass(frozen=True)
class QuestionView:
    """A question, ready for its template: `{% include item.template %}`."""

    type: str
    prompt_html: SafeString
    options: list[OptionView]
    buckets: list[str]
    graded: bool
    unit: str = ""
    """numeric: what stands behind the field."""

    text: str = ""
    """numeric, short_text: what was written; empty if nothing yet."""

    unanswered: bool = False
    error: str = ""
    """What to tell the person about the answer that could not be read."""

    credit: float = 0.0
    explanation_html: SafeString = field(default_factory=SafeString)
    feedback_html: SafeString = field(default_factory=SafeString)
    """What there is to say about this very answer."""

    version_id: int | None = None
    """Of the version that was graded; None of one that nobody has kept yet."""

    solution: str = ""
    """numeric, short_text: what would have been right."""

    language: str = field(default_factory=languages.shared)
    """Of its texts. What is HTML here says so itself."""

    @property
    def mark(self) -> str:
        """By what the page names the version that it shows; empty where there is none yet."""
        return marks.of_version(self.version_id) if self.version_id else ""

    @property
    def places(self) -> range:
        """The numbers that steps may be given."""
        return range(1, len(self.options) + 1)

    @property
    def template(self) -> str:
        """The partial to include: `ask` before the answer, `answered` after it."""
        return f"courses/question_types/{self.type}.html#{'answered' if self.graded else 'ask'}"

    @cached_property
    def html(self) -> SafeString:
        """The question as its template shows it. Its form stands around it."""
        return render_to_string(self.template, {"item": self})

    @property
    def right(self) -> bool:
        """Whether everything is right."""
        return self.credit >= 1

    @property
    def partly_right(self) -> bool:
        """Whether something is right, and something is not."""
        return 0 < self.credit < 1


def freeze_options(version: Version, *, seed: int, shuffle: bool) -> list[list[str]]:
    """Return `[[public id, choice key], …]` for an attempt: order by the seed, ids random."""
    keys = question_types.get(version.body["type"]).order(version.body, seed, shuffle)
    return [[secrets.token_hex(4), key] for key in keys]


def check_options(version: Version) -> list[list[str]]:
    """Return `[[public id, choice key], …]` of a check: the same for everyone, and telling nobody a key."""
    keys = question_types.get(version.body["type"]).order(version.body, version.pk, True)
    return [[salted_hmac("courses.check", f"{version.pk}:{key}").hexdigest()[:8], key] for key in keys]


def ask(
    version: Version,
    options: Options,
    response: Response | None = None,
    error: str = "",
    typed: Form | None = None,
) -> QuestionView:
    """Return a question before it is graded, with what was answered so far.

    `typed`: a form that was no answer, or could not be kept. What it holds stands in the fields again.
    """
    language = languages.of_version(version)
    texts = {choice["key"]: _html(choice["text"], language) for choice in version.body["choices"]}
    shown = [
        OptionView(public_id, texts[key], *_so_far(key, response))
        if typed is None
        else OptionView(public_id, texts[key], *_as_typed(public_id, typed, len(options)))
        for public_id, key in options
    ]
    return QuestionView(
        type=version.body["type"],
        prompt_html=_html(version.body["prompt"], language),
        options=shown,
        buckets=version.body["buckets"],
        graded=False,
        unit=version.body.get("unit", ""),
        text=(response or {}).get("text", "") if typed is None else visible("".join(typed.get("answer", []))),
        error=error,
        language=language,
    )


def asked(version: Version) -> QuestionView:
    """Return a live check before its answer, kept with its version: it is the same for everyone."""
    name = f"asked:{version.pk}:{version.content_hash}"
    kept: QuestionView | None = caches["versions"].get(name)
    if kept is None:
        kept = ask(version, check_options(version))
        caches["versions"].set(name, kept)
    return kept


def answered(
    version: Version, options: Options, response: Response | None, grade: Grade | None
) -> QuestionView:
    """Return a graded question with feedback, on a version that was read with its answer key.

    Without response and grade it is a question that was handed in unanswered: it shows what would be right.
    """
    answer_key: dict[str, Any] = version.answer_key or {}
    language = languages.of_version(version)
    texts = {choice["key"]: choice["text"] for choice in version.body["choices"]}
    by_choice = grade.by_choice if grade else {}
    graded = [
        _graded(public_id, texts[key], key, answer_key["choices"][key], response, by_choice, language)
        for public_id, key in options
    ]
    return QuestionView(
        type=version.body["type"],
        prompt_html=_html(version.body["prompt"], language),
        options=sorted(graded, key=lambda option: option.correct_place),
        buckets=version.body["buckets"],
        graded=True,
        version_id=version.pk,
        unit=version.body.get("unit", ""),
        text=(response or {}).get("text", ""),
        feedback_html=_html(grade.feedback, language) if grade else SafeString(),
        solution=_solution(answer_key),
        unanswered=not response,
        credit=grade.credit if grade else 0.0,
        explanation_html=_html(answer_key["explanation"], language),
        language=language,
    )


def misconceptions(version: Version, grade: Grade) -> list[dict[str, str]]:
    """Return name and correction of each misconception behind an answer, on a version read with its key."""
    answer_key: dict[str, Any] = version.answer_key or {}
    carried = [choice["misconception"] for choice in answer_key["choices"].values()]
    carried.append(answer_key.get("misconception"))
    named = {misconception["key"]: misconception for misconception in carried if misconception}
    return [named[key] for key in grade.misconceptions]


def _graded(
    public_id: str,
    text: str,
    key: str,
    truth: dict[str, Any],
    response: Response | None,
    by_choice: dict[str, bool],
    language: str,
) -> OptionView:
    bucket = _bucket(key, response)
    picked = _picked(key, response)
    wrong = (picked or bool(bucket)) and not by_choice.get(key, False)
    return OptionView(
        id=public_id,
        text_html=_html(text, language),
        picked=picked,
        bucket=bucket,
        place=_place(key, response),
        correct=by_choice.get(key, False) if truth["bucket"] or "place" in truth else truth["correct"],
        correct_bucket=truth["bucket"] or "",
        correct_place=truth.get("place", 0),
        percent=round(100 * truth.get("credit", 0)),
        feedback_html=_html(truth["feedback"], language),
        misconception=truth["misconception"] if wrong else None,
    )


def _so_far(key: str, response: Response | None) -> tuple[bool, str, int]:
    """Whether a choice is picked, its bucket and its place, by an answer."""
    return _picked(key, response), _bucket(key, response), _place(key, response)


def _as_typed(public_id: str, typed: Form, places: int) -> tuple[bool, str, int]:
    """The same by a form, whatever else the form holds."""
    numbers = {str(place): place for place in range(1, places + 1)}
    bucket, place = ("".join(typed.get(f"{field}-{public_id}", [])) for field in ("bucket", "place"))
    return public_id in typed.get("option", []), bucket, numbers.get(place, 0)


def _picked(key: str, response: Response | None) -> bool:
    if not response:
        return False
    choices: Sequence[str] = response.get("choices", [])
    return key == response.get("choice") or key in choices


def _bucket(key: str, response: Response | None) -> str:
    buckets: dict[str, str] = (response or {}).get("buckets", {})
    return buckets.get(key, "")


def _place(key: str, response: Response | None) -> int:
    order: Sequence[str] = (response or {}).get("order", [])
    return order.index(key) + 1 if key in order else 0


def _solution(answer_key: dict[str, Any]) -> str:
    """Return the right number or words of a question that has no options; empty for others."""
    if "answer" in answer_key:
        return f"{answer_key['answer']:,}"
    return _(" or ").join(answer_key.get("accept", []))


def _html(source: str, language: str) -> SafeString:
    html: SafeString = mark_safe(markdown.inline(source))  # noqa: S308 - cleaned by an allow-list
    spoken: SafeString = languages.spoken(html, language)
    return spoken

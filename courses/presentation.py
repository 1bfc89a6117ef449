"""Questions as pages show them: before an answer (nothing of the key is even read), and after it."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.crypto import salted_hmac
from django.utils.safestring import SafeString, mark_safe

from courses import markdown, question_types
from courses.grading import Grade, Options, Response
from courses.models import Version


@dataclass(frozen=True)
class OptionView:
    """An option or, of classify, an item to sort."""

    id: str
    text_html: SafeString
    picked: bool = False
    bucket: str = ""
    """classify: where the person put it; empty if nowhere yet."""

    # The rest is known after the answer only.
    correct: bool = False
    """Whether it should have been picked; of classify, whether it was put right."""

    correct_bucket: str = ""
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
    unanswered: bool = False
    error: str = ""
    """What to tell the person about the answer that could not be read."""

    credit: float = 0.0
    explanation_html: SafeString = field(default_factory=SafeString)

    @property
    def template(self) -> str:
        """The partial to include: `ask` before the answer, `answered` after it."""
        return f"courses/question_types/{self.type}.html#{'answered' if self.graded else 'ask'}"

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
    version: Version, options: Options, response: Response | None = None, error: str = ""
) -> QuestionView:
    """Return a question before it is graded, with what was answered so far."""
    texts = {choice["key"]: choice["text"] for choice in version.body["choices"]}
    shown = [
        OptionView(public_id, _html(texts[key]), _picked(key, response), _bucket(key, response))
        for public_id, key in options
    ]
    return QuestionView(
        type=version.body["type"],
        prompt_html=_html(version.body["prompt"]),
        options=shown,
        buckets=version.body["buckets"],
        graded=False,
        error=error,
    )


def answered(
    version: Version, options: Options, response: Response | None, grade: Grade | None
) -> QuestionView:
    """Return a graded question with feedback, on a version that was read with its answer key.

    Without response and grade it is a question that was handed in unanswered: it shows what would be right.
    """
    key_of_choices: dict[str, Any] = (version.answer_key or {})["choices"]
    texts = {choice["key"]: choice["text"] for choice in version.body["choices"]}
    by_choice = grade.by_choice if grade else {}
    return QuestionView(
        type=version.body["type"],
        prompt_html=_html(version.body["prompt"]),
        options=[
            _graded(public_id, texts[key], key, key_of_choices[key], response, by_choice)
            for public_id, key in options
        ],
        buckets=version.body["buckets"],
        graded=True,
        unanswered=not response,
        credit=grade.credit if grade else 0.0,
        explanation_html=_html((version.answer_key or {})["explanation"]),
    )


def misconceptions(version: Version, grade: Grade) -> list[dict[str, str]]:
    """Return name and correction of each misconception behind an answer, on a version read with its key."""
    choices = (version.answer_key or {})["choices"].values()
    named = {
        choice["misconception"]["key"]: choice["misconception"]
        for choice in choices
        if choice["misconception"]
    }
    return [named[key] for key in grade.misconceptions]


def _graded(
    public_id: str,
    text: str,
    key: str,
    truth: dict[str, Any],
    response: Response | None,
    by_choice: dict[str, bool],
) -> OptionView:
    bucket = _bucket(key, response)
    picked = _picked(key, response)
    wrong = (picked or bool(bucket)) and not by_choice.get(key, False)
    return OptionView(
        id=public_id,
        text_html=_html(text),
        picked=picked,
        bucket=bucket,
        correct=by_choice.get(key, False) if truth["bucket"] else truth["correct"],
        correct_bucket=truth["bucket"] or "",
        feedback_html=_html(truth["feedback"]),
        misconception=truth["misconception"] if wrong else None,
    )


def _picked(key: str, response: Response | None) -> bool:
    if not response:
        return False
    choices: Sequence[str] = response.get("choices", [])
    return key == response.get("choice") or key in choices


def _bucket(key: str, response: Response | None) -> str:
    buckets: dict[str, str] = (response or {}).get("buckets", {})
    return buckets.get(key, "")


def _html(source: str) -> SafeString:
    return mark_safe(markdown.inline(source))  # noqa: S308 - cleaned by an allow-list

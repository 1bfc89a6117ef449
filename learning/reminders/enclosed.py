"""What a reminder carries in itself: one question to answer, or the three counts. Loaded for one mail."""

from dataclasses import dataclass, field
from datetime import date

from courses import plain_text
from learning import asking, overview, review
from learning.overview import Overview
from learning.reminders import links
from learning.reminders.links import AskedCard
from learning.reminders.reasons import Reason
from learning.reminders.standing import Standing

LISTED = ("single", "multiple", "true_false")
"""Types whose choices can be read in a line each."""


@dataclass(frozen=True, slots=True)
class Enclosed:
    """The question, its choices as plain text and where to answer it; or the learner's counts."""

    prompt: str = ""
    choices: list[str] = field(default_factory=list)
    question_url: str = ""
    counts: Overview | None = None


NOTHING = Enclosed()


def load(of: Standing, reason: Reason, *, today: date) -> Enclosed:
    """Return what a mail with this reason carries."""
    if reason is Reason.DIGEST:
        return Enclosed(counts=overview.of(of.user, today=today))
    if reason is Reason.REVIEW:
        return _question(of, today)
    return NOTHING


def _question(of: Standing, today: date) -> Enclosed:
    """Ask the card that the review would ask first, if it can be asked."""
    for card in review.standing(of.user, today=today).set[:1]:
        showing = asking.ask(asking.card_of(of.user, card.pk))
        if showing is None:
            break
        body = showing.version.body
        texts = {choice["key"]: plain_text.inline(choice["text"]) for choice in body.get("choices", [])}
        return Enclosed(
            prompt=plain_text.inline(body["prompt"]),
            choices=[texts[key] for _, key in showing.options] if body["type"] in LISTED else [],
            question_url=links.question_url(
                AskedCard(of.user.pk, card.pk, card.review_number, showing.version_id)
            ),
        )
    return NOTHING

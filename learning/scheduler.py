"""When something comes back: the one place that knows the `fsrs` package. Pure: no clock, no chance.

Time is counted in whole local days of the learner, and a day holds at most one review that counts, so the
package's short steps within a day are switched off and nothing depends on the hour. Its own defaults would
make a card due in ten minutes, shuffle intervals by chance, and sleep to invent an id.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from importlib.metadata import version

from fsrs import Card, Rating, Scheduler, State

__all__ = ["Memory", "Rating"]

FSRS = version("fsrs")
RETENTION = 0.9
"""A card comes back when the predicted chance to recall it has sunk to this."""
_SCHEDULER = Scheduler(
    desired_retention=RETENTION, learning_steps=(), relearning_steps=(), enable_fuzzing=False
)
PARAMETERS = list(_SCHEDULER.parameters)
_DECAY = -PARAMETERS[20]
_FACTOR = 0.9 ** (1 / _DECAY) - 1
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Memory:
    """What is believed about one person's memory of one thing.

    `stability`: days until the chance to recall it has sunk to 90 %, above 0. `difficulty`: 1 to 10.
    `last_on`: local date of the last review that counted. `due_on`: local date from which it is due.
    """

    stability: float
    difficulty: float
    last_on: date
    due_on: date


def rating_of(credit: float, sureness: str) -> Rating:
    """Return how well something was recalled, from the credit (0 to 1) and how sure the person was.

    All right: Easy if sure, Hard if guessed, else Good. At least half right: Hard. Less: Again.
    """
    if credit < 1:
        return Rating.Hard if credit >= HALF else Rating.Again
    return {"sure": Rating.Easy, "guess": Rating.Hard}.get(sureness, Rating.Good)


def review(memory: Memory | None, rating: Rating, *, on: date) -> Memory:
    """Return the memory after a review on a local date; `None` stands for something never reviewed."""
    card, _ = _SCHEDULER.review_card(_card(memory, on), rating, _instant(on))
    if card.stability is None or card.difficulty is None:
        raise RuntimeError("fsrs left a reviewed card without a state.")
    return Memory(card.stability, card.difficulty, on, card.due.date())


def recall(memory: Memory, *, on: date) -> float:
    """Return the predicted chance, above 0 and at most 1, to recall it on a local date."""
    return chance(memory.stability, memory.last_on, on=on)


def chance(stability: float, last_on: date, *, on: date) -> float:
    """Return `recall` from the two numbers that it rests on: a page asks it of hundreds of cards.

    The forgetting curve of FSRS 6: (1 + f * days / stability) ** -d, where d is the last of the parameters,
    and f makes it 0.9 after as many days as the stability says.
    """
    return float((1 + _FACTOR * max(0, (on - last_on).days) / stability) ** _DECAY)


def replay(reviews: Iterable[tuple[Rating, date]]) -> Memory | None:
    """Return the memory after these reviews, the oldest first; None after none."""
    memory = None
    for rating, on in reviews:
        memory = review(memory, rating, on=on)
    return memory


def urgency(recalled: float, *, sure_but_wrong: bool) -> tuple[bool, float]:
    """Return what to sort by: what was answered wrongly with certainty first, then the least remembered.

    `recalled` is the chance to recall it.
    """
    return not sure_but_wrong, recalled


def _card(memory: Memory | None, on: date) -> Card:
    """The package's card. Its id says nothing to us; given none, the package sleeps to make one."""
    if memory is None:
        return Card(card_id=0, due=_instant(on))
    return Card(
        card_id=0,
        state=State.Review,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=_instant(memory.due_on),
        last_review=_instant(memory.last_on),
    )


def _instant(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)

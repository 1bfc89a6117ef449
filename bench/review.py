"""The cost of scheduling a review, as `make bench` has it: 100,000 simulated ones, without a database."""

import random
import sys
import time
from datetime import date

from learning import scheduler
from learning.scheduler import Rating

REVIEWS, OF_A_CARD = 100_000, 10


def microseconds() -> float:
    """Return the CPU time a review takes, the mean over REVIEWS reviews of cards with chance ratings."""
    chance = random.Random(20261121)  # noqa: S311 - ratings, not secrets
    started = time.process_time()
    for _ in range(REVIEWS // OF_A_CARD):
        memory, on = None, date(2026, 11, 21)
        for _ in range(OF_A_CARD):
            memory = scheduler.review(memory, chance.choice(list(Rating)), on=on)
            on = memory.due_on
    return (time.process_time() - started) / REVIEWS * 1e6


def report(page: float | None = None) -> str:
    """Measure, and say what a review takes; beside it, its share of a bare page of `page` ms of CPU."""
    each = microseconds()
    share = f", {each / page / 1000:.3f} M" if page else ""
    cards = REVIEWS // OF_A_CARD
    return f"{REVIEWS:,} simulated reviews of {cards:,} cards: {each:.0f} microseconds of CPU each{share}."


if __name__ == "__main__":
    sys.stdout.write(report() + "\n")

"""The cost of scheduling a review: `python -m bench.review`, 100,000 simulated ones, no database."""

import random
import sys
import time
from datetime import date

from learning import scheduler
from learning.scheduler import Rating

REVIEWS, OF_A_CARD = 100_000, 10


def microseconds() -> float:
    """Return the time a review takes, the mean over REVIEWS reviews of cards with chance ratings."""
    chance = random.Random(20261121)  # noqa: S311 - ratings, not secrets
    started = time.perf_counter()
    for _ in range(REVIEWS // OF_A_CARD):
        memory, on = None, date(2026, 11, 21)
        for _ in range(OF_A_CARD):
            memory = scheduler.review(memory, chance.choice(list(Rating)), on=on)
            on = memory.due_on
    return (time.perf_counter() - started) / REVIEWS * 1e6


if __name__ == "__main__":
    sys.stdout.write(f"{REVIEWS:,} reviews, {microseconds():.0f} microseconds each\n")

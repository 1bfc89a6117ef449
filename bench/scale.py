"""`python -m bench.scale --learners N`: what each page costs among N learners against among a thousand.

The same people ask for the same pages in the same database, before and after the others are made around them
(`seed_demo`). Each cost is taken beside that of the bare page of its own pass.
"""

import argparse
import statistics
import sys
from dataclasses import replace

from bench.__main__ import M, Subject, measure, prepare, scenarios
from bench.stand import servers

FEW = 1000


def among(learners: int, subjects: list[Subject], database: int) -> list[Subject]:
    """Make so many learners more, and measure anew; return the subjects with what they cost now."""
    from django.core.management import call_command
    from django.db import connection

    call_command("seed_demo", learners=learners, anyway=True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    connection.close()
    anew = [replace(subject, spent=[], runs=[], alone=[]) for subject in subjects]
    measure(anew, database)
    return anew


def table(few: list[Subject], many: list[Subject], learners: int) -> str:
    """Return the costs in units of M and their ratios as a Markdown table, and the median of the ratios."""
    units = [next(each.cost for each in subjects if each.name == M) for subjects in (few, many)]
    lines = [f"| page | among {FEW:,} | among {learners:,} | ratio |", "|---|---|---|---|"]
    ratios = []
    for before, after in zip(few, many, strict=True):
        if before.bare or before.name.startswith("limit"):
            continue
        costs = before.cost / units[0], after.cost / units[1]
        ratios.append(costs[1] / costs[0])
        lines.append(f"| {before.name} | {costs[0]:.2f} | {costs[1]:.2f} | {ratios[-1]:.2f} |")
    return "\n".join(lines) + f"\n\nThe median of the ratios is {statistics.median(ratios):.2f}.\n"


def main() -> None:
    """Measure among a thousand and among as many as asked for, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learners", type=int, default=1_000_000)
    learners = parser.parse_args().learners
    with servers() as database:
        subjects = scenarios(prepare(passes=2))
        few = among(FEW, subjects, database)
        many = among(learners - FEW, subjects, database)
    sys.stdout.write(table(few, many, learners))


if __name__ == "__main__":
    main()

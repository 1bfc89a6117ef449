"""`python -m bench.processes`: what the number of web processes and threads does to learners' pages.

Sixteen browsers ask for lessons, their course, their progress and a search in turn. Beside speed stands what
a process holds of memory, after WARM requests and after all.
"""

import sys
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

from bench import cpu, load
from bench.__main__ import prepare
from bench.stand import served, servers

SHAPES = ((1, 2), (1, 4), (2, 1), (2, 2), (2, 4), (3, 2), (4, 1))
"""Processes, and threads of each."""

SHIPPED = (2, 2)
WARM, REQUESTS, MANY, CONNECTIONS = 200, 1_000, 20_000, 16


def main() -> None:
    """Measure each shape, then the one that is shipped for longer; print the table."""
    with servers() as database:
        cookie = prepare().long
        paths = ("/learn/two-pms/what-is-a-project/", "/learn/two-pms/", "/dashboard/", "/search/?q=project")
        asks = cycle([load.Ask(path, cookie) for path in paths])
        lines = [
            "| processes, threads of each | requests | requests/s | p50, p99 ms at 16 | CPU ms "
            "| MiB a process | at the end |",
            "|---|---|---|---|---|---|---|",
        ]
        for shape, requests in [*((shape, REQUESTS) for shape in SHAPES), (SHIPPED, MANY)]:
            lines.append(measured(shape, requests, asks, database))
            sys.stderr.write(lines[-1] + "\n")
    sys.stdout.write("\n".join(lines) + "\n")


def measured(shape: tuple[int, int], requests: int, asks: Iterator[load.Ask], database: int) -> str:
    """Return the row of a shape."""
    processes, threads = shape
    with served("portal.settings", processes=processes, threads=threads) as (port, pid):
        load.run(port=port, asks=asks, requests=WARM, connections=CONNECTIONS)
        warm, before = memory(pid), cpu.milliseconds(pid, database)
        run = load.run(port=port, asks=asks, requests=requests, connections=CONNECTIONS)
        spent = (cpu.milliseconds(pid, database) - before) / requests
        return (
            f"| {processes}, {threads} | {requests:,} | {requests / run.seconds:.0f} "
            f"| {run.percentile(0.5):.0f}, {run.percentile(0.99):.0f} "
            f"| {spent:.1f} | {warm:.0f} | {memory(pid):.0f} |"
        )


def memory(server: int) -> float:
    """Return the MiB of the largest process that a web server started: its own, and its share of the rest."""
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    held = []
    for child in children:
        found = dict(
            line.split(":", 1) for line in Path(f"/proc/{child}/smaps_rollup").read_text().splitlines()[1:]
        )
        held.append(int(found["Pss"].split()[0]) / 1024)
    return max(held)


if __name__ == "__main__":
    main()

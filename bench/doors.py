"""How long sign-up, log-in and their kin take for an address with an account and for one without.

`python -m bench.doors`: nobody should learn from a clock who has an account (docs/reliability.md, B36). Each
way is taken with 200 known and 200 unknown addresses in turn, each of them once, without rate limits. The
medians may differ by 10 %.
"""

import statistics
import sys
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from bench import stand

if TYPE_CHECKING:
    from django.test import Client

PAIRS, WARMING_UP, MOST = 200, 20, 10.0
Way = Callable[["Client", str], object]


def main() -> None:
    """Measure all ways and print a Markdown table; end with 1 where a clock tells who is known."""
    with stand.servers():
        stand.set_up()
        from django.conf import settings

        settings.ACCOUNT_RATE_LIMITS = False
        settings.ALLOWED_HOSTS = ["testserver"]
        found = {name: measure(way, name.replace(" ", "-")) for name, way in ways().items()}
    sys.stdout.write(f"{table(found)}\n")
    sys.exit(max(map(abs, map(apart, found.values()))) > MOST)


def ways() -> Mapping[str, Way]:
    """Return each way to a door that is given an address, as a browser's first step."""
    from tests.accounts import test_security as doors

    def once_more(client: "Client", email: str) -> object:
        client.post("/accounts/login/code/", {"email": email})
        return doors.send_again(client, email)

    return {
        "sign-up": doors.sign_up,
        "log-in by code": doors.ask_for_code,
        "log-in with a wrong password": doors.log_in_wrongly,
        "new password": doors.ask_for_new_password,
        "code sent again": once_more,
    }


def measure(way: Way, name: str) -> tuple[float, float]:
    """Return the median milliseconds for a known and for an unknown address, taken in turn."""
    from django.test import Client

    from tests.accounts.people import make_member

    taken: tuple[list[float], list[float]] = ([], [])
    for number in range(PAIRS + WARMING_UP):
        known = make_member(f"known-{name}-{number}@example.org").email or ""
        for email, times in zip((known, f"nobody-{name}-{number}@example.org"), taken, strict=True):
            client, began = Client(), time.perf_counter()
            way(client, email)
            times.append(1000 * (time.perf_counter() - began))
    known_ms, unknown_ms = (statistics.median(times[WARMING_UP:]) for times in taken)
    return known_ms, unknown_ms


def apart(found: tuple[float, float]) -> float:
    """Return by how many per cent the known address takes longer than the unknown one."""
    known, unknown = found
    return 100 * (known / unknown - 1)


def table(found: Mapping[str, tuple[float, float]]) -> str:
    """Return the medians as a Markdown table."""
    lines = ["| way | known address, ms | unknown address, ms | apart |", "|---|---|---|---|"]
    lines += [
        f"| {name} | {both[0]:.1f} | {both[1]:.1f} | {apart(both):+.0f} % |" for name, both in found.items()
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()

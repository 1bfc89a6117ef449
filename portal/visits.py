"""How many people come by: counted in memory, without cookies, and written once a minute by a thread."""

import logging
import re
import threading
import time
from collections import Counter
from datetime import date

from django.db import DatabaseError, connection
from django.http import HttpRequest

from accounts.caching import is_visitor
from learning import totals

LOG = logging.getLogger(__name__)
WRITTEN_EVERY = 60
"""Seconds. A process that ends loses what it counted since."""

ROBOTS = re.compile(r"bot|crawl|spider|preview|monitor|curl|python|^$", re.IGNORECASE)
_counted: Counter[tuple[date, str]] = Counter()
_turn = threading.Lock()


def note(request: HttpRequest, *, status: int, day: date) -> None:
    """Count an answer if it showed the landing page or a course's page to somebody whom we do not know.

    Under a course's key: each time that its page was shown. Under none: each time that somebody came to
    either page from elsewhere (the browser names no page of ours that led there). No robots that say so;
    what a cache or the browser answered by itself is not seen here. Nothing of the visitor is kept.
    """
    match = request.resolver_match
    if match is None or match.view_name not in ("portal:home", "courses:course"):
        return
    robot = ROBOTS.search(request.headers.get("User-Agent", ""))
    if request.method != "GET" or status not in (200, 304) or robot or not is_visitor(request):
        return
    came_from_here = request.headers.get("Referer", "").startswith(
        f"{request.scheme}://{request.get_host()}/"
    )
    with _turn:
        if not came_from_here:
            _counted[day, ""] += 1
        if course := match.kwargs.get("course"):
            _counted[day, course] += 1


def write() -> None:
    """Add what was counted to the day's totals; keep it for the next time where that fails."""
    with _turn:
        counted = dict(_counted)
        _counted.clear()
    if not counted:
        return
    try:
        totals.add_visits(counted)
    except DatabaseError:
        LOG.warning("Visits of the last minute could not be written; they are tried again.")
        with _turn:
            _counted.update(counted)


def keep_writing() -> None:
    """Write once a minute, in a thread that ends with its process. For processes that serve pages."""

    def work() -> None:
        while True:
            time.sleep(WRITTEN_EVERY)
            write()
            connection.close()

    threading.Thread(target=work, name="visits", daemon=True).start()

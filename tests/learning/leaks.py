"""What the tests for leaking answer keys share: another truth behind the same page."""

import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from django.core.cache import caches
from django.db import connection

from courses.models import Version

EACH_TIME = ("Expires", "Date", "X-Request-ID")

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response


def another_truth(answer_key: dict[str, Any]) -> dict[str, Any]:
    """Make other choices, places or words right, and change every reason; for a question of any type."""
    key = deepcopy(answer_key)
    choices: list[dict[str, Any]] = list(key["choices"].values())
    buckets = [choice["bucket"] for choice in choices]
    credits = [choice.get("credit") for choice in choices]
    for number, choice in enumerate(choices):
        choice["correct"] = not choice["correct"]
        choice["bucket"] = buckets[number - 1]
        choice["feedback"] += " And more."
        choice["misconception"] = None
        if "credit" in choice:
            choice["credit"] = credits[number - 1]
        if "place" in choice:
            choice["place"] = len(choices) - number
    written = {"answer": 8100, "tolerance": 1, "near": [], "accept": ["else"], "feedback": "And more."}
    key |= {name: value for name, value in written.items() if name in key}
    key["explanation"] += " And more."
    return key


def tell_another_truth(version: Version) -> None:
    """Make something else right in the very version, past its trigger."""
    key = another_truth(version.answer_key or {})
    assert key != version.answer_key
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        Version.objects.filter(pk=version.pk).update(answer_key=key)
        cursor.execute("SET session_replication_role = origin")
    for kept in caches.all():
        kept.clear()  # what is kept of a version was made from the old truth: it would hide the new one


def without_tokens(page: "Response") -> tuple[str, list[tuple[str, str]]]:
    """A page and its headers without what is another each time: CSRF tokens, times, the request's id."""
    headers = [(name, value) for name, value in page.items() if name not in EACH_TIME]
    return re.sub(r"\b[A-Za-z0-9]{64}\b", "TOKEN", page.content.decode()), headers

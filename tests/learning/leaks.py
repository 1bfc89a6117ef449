"""What the tests for leaking answer keys share: another truth behind the same page."""

import re
from typing import TYPE_CHECKING, Any

from django.db import connection

from courses.models import Version

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response


def tell_another_truth(version: Version) -> None:
    """Make other choices right and change every reason, in the very version, past its trigger."""
    key: dict[str, Any] = version.answer_key or {}
    for choice in key["choices"].values():
        choice["correct"] = not choice["correct"]
        choice["bucket"] = {"product": "project", "project": "product"}.get(choice["bucket"])
        choice["feedback"] += " And more."
        choice["misconception"] = None
    key["explanation"] += " And more."
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        Version.objects.filter(pk=version.pk).update(answer_key=key)
        cursor.execute("SET session_replication_role = origin")


def without_tokens(page: "Response") -> tuple[str, list[tuple[str, str]]]:
    """A page and its headers without the CSRF tokens, which are masked anew each time."""
    headers = [(name, value) for name, value in page.items() if name not in ("Expires", "Date")]
    return re.sub(r"\b[A-Za-z0-9]{64}\b", "TOKEN", page.content.decode()), headers

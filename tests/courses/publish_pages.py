"""The pages that publish, in tests: what they show, and sending their forms back."""

from typing import TYPE_CHECKING, Any

from django.test import Client

from courses import releases
from courses.admin import publish_page
from courses.models import Versioned

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response


def look(client: Client, *rows: Versioned) -> dict[str, Any]:
    """Open the page that publishes these rows and return what its form would send unchanged."""
    page = client.get(publish_page.address(*rows))
    assert page.status_code == 200
    return {"change": page.context["form"]["change"].value(), "note": "", "seen": page.context["seen"]}


def send(client: Client, data: dict[str, Any], *rows: Versioned) -> "Response":
    """Press "Publish now"."""
    return client.post(publish_page.address(*rows), {"when": "now", **data}, follow=True)


def name(row: Versioned) -> str:
    """What the pages call a row."""
    return releases.name(row)

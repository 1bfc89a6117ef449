"""Who may open what in the admin: every address, by every role, with a GET and with an empty POST.

The table is tests/security/admin_doors.txt, a line for each address and method. A new address fails here
until it has its lines; the failure prints them as they stand, to be judged before they are copied.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import transaction
from django.http import Http404
from django.test import RequestFactory
from django.urls import URLPattern, get_resolver, reverse

from accounts import roles
from accounts.models import Organisation, User
from mailing.clock import now
from tests.careers import small
from tests.factories import make_course

TABLE = Path(__file__).with_name("admin_doors.txt")
ACTORS = ("visitor", "learner", "staff", *roles.ROLES)
"""`staff` has no role; a superuser may what owners may (tests/accounts/test_roles.py).

200 is opened, 302 led away or done, 403 refused; 400, 404 and 405: open, but nothing to find or do."""
PARTS: dict[str, object] = {
    "app_label": "courses",
    "kind": "facts",
    "variant": 0,
    "content_type_id": 1,
    "mail_kind": "account",
    "mail_name": "login_code",
    "wording": 0,
}
"""What stands for parts of addresses; for an id it is the first row of the table, or 1."""


def doors() -> Iterator[URLPattern]:
    """Every address of the admin, but the one that catches what is left."""
    around: list[Any] = [
        each for each in get_resolver().url_patterns if getattr(each, "namespace", "") == "admin"
    ]
    while around:
        for each in around.pop().url_patterns:
            if not isinstance(each, URLPattern):
                around.append(each)
            elif "(?P<url>" not in str(each.pattern):
                yield each


def first_row(name: str) -> object:
    """Return the key of the first row of the table that an address is about."""
    app, _, rest = name.partition("_")
    models = apps.get_app_config(app).get_models() if app in apps.app_configs else []
    model = next((each for each in models if rest.startswith(f"{each._meta.model_name}_")), None)
    row = model and model._default_manager.order_by("pk").first()
    return row.pk if row else 1


def address(door: URLPattern) -> str:
    """Return an address of a door."""
    wanted = door.pattern.converters or ({"app_label": 1} if door.name == "app_list" else {})
    parts = {part: PARTS[part] if part in PARTS else first_row(door.name or "") for part in wanted}
    query = f"?row=lesson-{first_row('courses_lesson_')}" if door.name == "courses_version_publish" else ""
    return reverse(f"admin:{door.name}", kwargs=parts) + query


def knock(door: URLPattern, method: str, path: str, user: Any) -> int:
    """Ask a door as somebody, without consequences and without painting the page; return the status."""
    request = getattr(RequestFactory(), method.lower())(path)
    request.user, request.learner, request.htmx = user, user, False
    request.session, request._messages = SessionStore(), CookieStorage(request)
    request._dont_enforce_csrf_checks = True
    match = get_resolver().resolve(request.path)
    mark = transaction.savepoint() if method == "POST" else ""
    try:
        return int(match.func(request, *match.args, **match.kwargs).status_code)
    except (PermissionDenied, Http404, BadRequest) as refusal:
        return {PermissionDenied: 403, Http404: 404, BadRequest: 400}[type(refusal)]
    finally:
        if mark:
            transaction.savepoint_rollback(mark)


@pytest.fixture
def people(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Somebody of each kind, staff with a second factor, where there is something to look at."""
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    monkeypatch.setattr(admin.site, "each_context", lambda request: {})  # the frame of pages costs the most
    small.bring(tmp_path)
    make_course("toolkit")
    Organisation.objects.get_or_create(singleton=True)
    roles.sync()
    make = partial(User.objects.create_user)
    found: dict[str, Any] = {"visitor": AnonymousUser(), "learner": make("lea@example.org")}
    found["staff"] = make("staff@example.org", is_staff=True)
    for role in roles.ROLES:
        person = make(f"{role}@example.org")
        roles.hand_out(user=person, roles=[role], by=None, now=now())
        found[role] = User.objects.get(pk=person.pk)
    return found


def test_each_role_gets_what_the_table_says_at_every_address(people: dict[str, Any]) -> None:
    got = set()
    for door in doors():
        if door.name is None:
            continue  # Django's short address of a row leads to the one that has a name
        path = address(door)
        for method in ("GET", "POST"):
            statuses = " ".join(str(knock(door, method, path, people[actor])) for actor in ACTORS)
            got.add(f"{door.name:<42} {method:<4} {statuses}")
    lines = {line for line in TABLE.read_text().splitlines() if line and not line.startswith("#")}
    stray = [f"+ {line}" for line in sorted(got - lines)] + [f"- {line}" for line in sorted(lines - got)]
    assert not stray, "admin_doors.txt says (-), the admin does (+):\n" + "\n".join(stray)


def test_only_djangos_short_addresses_of_rows_have_no_name() -> None:
    assert {str(door.pattern) for door in doors() if door.name is None} == {"<path:object_id>/"}


def test_who_has_no_role_sees_the_start_page_alone() -> None:
    rows = [line.split() for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    opened = {row[0] for row in rows if row[2 + ACTORS.index("staff")] == "200"}
    assert opened <= {"index", "jsi18n", "search", "logout"}

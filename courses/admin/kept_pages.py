"""Lists and editors as they were drawn last: while no content was written, they are not drawn anew.

Putting such a page together costs several times what finding out costs. A page is kept in the process for the
person it was drawn for, by all that it follows from besides content: address, rights, zone, language, day.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar, cast

from django.conf import settings
from django.contrib.messages import get_messages
from django.core.cache import caches
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import get_language

from courses import row_stamps, versions
from courses.admin import frames, kept_forms
from courses.row_stamps import Tables

Value = TypeVar("Value")


def answer(
    request: HttpRequest,
    draw: Callable[[], HttpResponse],
    *,
    also: Tables = (),
    without: Tables = (),
    whole: bool = True,
) -> HttpResponse:
    """Return the page at a request's address: the one that is kept, or what `draw` makes of it now (1 query).

    `also`: the tables of other rooms that it shows; `without`: those of this room that it never shows. Not
    `whole` is kept what shows things that are not watched: of it no more than the frame. A page that follows
    from the hour must not be kept.
    """
    if request.method != "GET" or settings.DEBUG or len(get_messages(request)):
        return draw()
    kept = caches["admin_pages"]
    name, stamps = _name(request), row_stamps.of_content(also=also, without=without)
    before, body = kept.get(name, ({}, b"")) if whole else ({}, b"")
    if before == stamps:
        return HttpResponse(frames.with_token(body, get_token(request)))
    request.row_stamps = stamps  # type: ignore[attr-defined]  # for `part`
    response = draw()
    if len(get_messages(request)):  # of drawing: a search that cannot be read
        return response
    if response.status_code == 200 and isinstance(response, TemplateResponse):
        page = frames.drawn(response, reader=_reader(request))
        if whole:
            kept.set(name, (stamps, page))
        return HttpResponse(frames.with_token(page, get_token(request)))
    return response


def part(
    request: HttpRequest,
    name: str,
    make: Callable[[], Value],
    *,
    of: Sequence[type[Model] | str] | None = None,
) -> Value:
    """Return what `make` makes of some tables `of` this room: on a page that may be kept, while they stand.

    Without `of`, of all that the page shows. It must be the same for everyone.
    """
    stamps: dict[str, str] = getattr(request, "row_stamps", {})
    named = [each if isinstance(each, str) else each._meta.db_table for each in of or ()]
    tables = named or list(stamps)
    if not tables or not stamps.keys() >= set(tables):
        return make()
    kept, stamp = caches["admin_rows"], [stamps[table] for table in tables]
    before, value = kept.get(name, (None, None))
    if before != stamp:
        value = make()
        kept.set(name, (stamp, value))
    return cast(Value, value)


def _name(request: HttpRequest) -> str:
    return versions.digest([request.get_full_path(), _reader(request)])


def _reader(request: HttpRequest) -> list[object]:
    """Return all that a page follows from besides content and address."""
    user = request.user
    person = [user.pk, getattr(user, "name", ""), user.get_username(), kept_forms.rights(request)]
    return [person, timezone.get_current_timezone_name(), get_language(), str(timezone.localdate())]

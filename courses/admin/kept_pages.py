"""Lists and editors as they were drawn last: while no content was written, they are not drawn anew.

Putting such a page together costs several times what finding out costs. A page is kept in the process for the
person it was drawn for, by all that it follows from besides content: address, rights, zone, language, day.
"""

import re
from collections.abc import Callable

from django.conf import settings
from django.contrib.messages import get_messages
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.response import SimpleTemplateResponse
from django.utils import timezone
from django.utils.translation import get_language

from courses import row_stamps, versions
from courses.row_stamps import Tables

TOKEN = re.compile(rb'(?<=name="csrfmiddlewaretoken" value=")[A-Za-z0-9]+')
"""What a form must hold of the session it is sent from: the only part of a page that is never kept."""


def answer(
    request: HttpRequest, draw: Callable[[], HttpResponse], *, also: Tables = (), without: Tables = ()
) -> HttpResponse:
    """Return the page at a request's address: the one that is kept, or what `draw` makes of it now (1 query).

    `also`: the tables of other rooms that it shows; `without`: those of this room that it never shows. A page
    that follows from the hour must not be kept.
    """
    if request.method != "GET" or settings.DEBUG or len(get_messages(request)):
        return draw()
    kept = caches["admin_pages"]
    name, stamp = _name(request), row_stamps.of_content(also=also, without=without)
    before, body = kept.get(name, ("", b""))
    if before == stamp:
        token = get_token(request).encode()
        return HttpResponse(TOKEN.sub(token, body))
    response = draw()
    if response.status_code == 200 and isinstance(response, SimpleTemplateResponse):
        kept.set(name, (stamp, response.render().content))
    return response


def _name(request: HttpRequest) -> str:
    user = request.user
    rights = ["all"] if user.is_superuser else sorted(user.get_all_permissions())
    person = [user.pk, getattr(user, "name", ""), user.get_username(), rights]
    zone = timezone.get_current_timezone_name()
    return versions.digest([request.get_full_path(), person, zone, get_language(), str(timezone.localdate())])

"""Every mail that there is, as it would read to whoever looks: nothing is sent, nothing is stored."""

from itertools import groupby

from csp.decorators import csp
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from accounts import organisation
from accounts.models import User
from mailing import kinds
from mailing.clock import now
from mailing.kinds import Example, Message

MAY = "accounts.preview_texts"


@require_safe
@permission_required(MAY, raise_exception=True)
def mails(request: HttpRequest) -> HttpResponse:
    """List every mail by what it is about."""
    found = groupby(kinds.examples(), key=lambda example: example.group)
    context = {
        **admin.site.each_context(request),
        "title": _("How mails and certificates read"),
        "groups": [(group, list(examples)) for group, examples in found],
        "note": organisation.current().mail_note,
        "may_change": request.user.has_perm("accounts.change_organisation"),
    }
    return TemplateResponse(request, "admin/accounts/mails.html", context)


@require_safe
@permission_required(MAY, raise_exception=True)
def mail(request: HttpRequest, mail_kind: str, mail_name: str) -> HttpResponse:
    """Show one mail in each of its wordings, as text and in frames."""
    example = _example(mail_kind, mail_name)
    context = {
        **admin.site.each_context(request),
        "title": example.words,
        "mails": [
            (message, reverse("admin:accounts_organisation_mail_alone", args=[mail_kind, mail_name, number]))
            for number, message in enumerate(_wordings(example, request))
        ],
    }
    return TemplateResponse(request, "admin/accounts/mail.html", context)


@require_safe
@xframe_options_sameorigin
@csp(settings.MAIL_POLICY)  # type: ignore[arg-type]  # its types know no view with arguments
@permission_required(MAY, raise_exception=True)
def mail_alone(request: HttpRequest, mail_kind: str, mail_name: str, wording: int) -> HttpResponse:
    """Return the HTML of one wording, a document with a policy of its own."""
    found = _wordings(_example(mail_kind, mail_name), request)
    if wording >= len(found):
        raise Http404
    return HttpResponse(found[wording].html)


def addresses() -> list[URLPattern]:
    """Return the pages' addresses, below the organisation's."""
    views = (
        ("mails/", mails, "mails"),
        ("mails/<str:mail_kind>/<str:mail_name>/", mail, "mail"),
        ("mails/<str:mail_kind>/<str:mail_name>/<int:wording>/", mail_alone, "mail_alone"),
    )
    return [
        path(route, admin.site.admin_view(view), name=f"accounts_organisation_{name}")
        for route, view, name in views
    ]


def _example(kind: str, name: str) -> Example:
    for example in kinds.examples():
        if (example.kind, example.name) == (kind, name):
            return example
    raise Http404


def _wordings(example: Example, request: HttpRequest) -> list[Message]:
    assert isinstance(request.user, User)  # noqa: S101 - the admin lets nobody else in
    return list(example.write(user=request.user, now=now()))

"""The mails of an installation that has no mail server: only with the embedded sink, otherwise 404."""

from csp.decorators import csp
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from portal import mailbox


@require_safe
@login_not_required
@never_cache
def inbox(request: HttpRequest) -> HttpResponse:
    """The list of mails, the newest first."""
    if not mailbox.is_open():
        raise Http404
    return render(request, "portal/inbox.html", {"mails": list(mailbox.newest()), "newest": mailbox.NEWEST})


@require_safe
@login_not_required
@never_cache
def message(request: HttpRequest, name: str) -> HttpResponse:
    """One mail: headers, text, and the HTML part in a frame of its own."""
    return render(request, "portal/message.html", {"mail": kept(name)})


@require_safe
@login_not_required
@never_cache
@xframe_options_sameorigin
@csp(settings.MAIL_POLICY)  # type: ignore[arg-type]  # its types know no view with arguments
def message_html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part alone, a document with its own policy."""
    mail = kept(name)
    if not mail.html:
        raise Http404
    return HttpResponse(mail.html)


def kept(name: str) -> mailbox.Mail:
    """Return the mail or answer 404."""
    mail = mailbox.find(name) if mailbox.is_open() else None
    if mail is None:
        raise Http404
    return mail

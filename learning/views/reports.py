"""“Something wrong here?”: a form about one thing that a page showed, for everybody who saw it."""

from urllib.parse import urlsplit

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import guests
from accounts.middleware import LearnerRequest
from courses import marks
from learning import reports
from learning.forms import ReportForm
from mailing import clock

TOO_MANY = _("That is a lot for one day. What you wrote stands below: send it tomorrow, or by mail.")
THANKS = _("Thank you. An editor looks at it.")
INLINE = "report"


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required  # whoever saw it may say so
@never_cache
def report(request: LearnerRequest, mark: str) -> HttpResponse:
    """Ask what is wrong with the thing that a page marked so, and take it down."""
    try:
        thing = marks.find(mark)
    except marks.Unknown as unknown:
        raise Http404 from unknown
    learner = request.learner
    has_account = learner is not None and not learner.is_guest
    form = ReportForm(request.POST or None, has_account=has_account, initial={"back": _came_from(request)})
    refused = False
    inline = request.htmx.target == INLINE  # type: ignore[attr-defined]  # django-htmx sets it
    if form.is_valid():
        back = _own_path(request, form.cleaned_data["back"])
        refused = not _taken_down(request, thing, form)
        if not refused and inline:
            return render(request, "learning/report.html#thanks", {"back": back, "thanks": THANKS})
        if not refused:
            messages.success(request, THANKS)
            return redirect(back)
        form.add_error(None, TOO_MANY)
    context = {"form": form, "about": reports.about(thing), "mark": mark, "inline": inline}
    template = "learning/report.html#form" if inline else "learning/report.html"
    return render(request, template, context, status=429 if refused else 200)


def _taken_down(request: LearnerRequest, thing: marks.Marked, form: ReportForm) -> bool:
    """Keep what was said, unless this person or their network has said too much already."""
    if not ratelimit.consume(request, action="report"):
        return False
    now = clock.now()
    said = form.cleaned_data
    try:
        reports.take_down(
            user=guests.ensure(request, now=now),
            thing=thing,
            kind=said["kind"],
            text=said["text"],
            wants_mail=bool(said.get("wants_mail")),
            now=now,
        )
    except reports.TooManyError:
        return False
    return True


def _came_from(request: LearnerRequest) -> str:
    """Return the path of the page that led here, if it is ours."""
    address = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    return _own_path(request, address)


def _own_path(request: LearnerRequest, address: str) -> str:
    """Return path and query of an address of this portal; of any other, the landing page."""
    if not url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}):
        return "/"
    parts = urlsplit(address)
    return f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"

"""Certificates: the page that proves them, their PDF and badge, and what their learner may do with them."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import organisation
from accounts.middleware import LearnerRequest
from courses import typesetting
from courses.models import Course
from learning import badges, certificates
from learning import certificate_words as words
from learning.certificates import CannotIssueError, Shown
from learning.forms import CertificateForm
from learning.models import Certificate
from mailing import clock

LINKEDIN = "https://www.linkedin.com/profile/add"


@require_safe
@login_not_required  # whoever has the link of a shared one may check it
@never_cache
def certificate(request: LearnerRequest, certificate_id: UUID) -> HttpResponse:
    """A certificate: its facts and what they prove; for its learner also the name, the link and the files."""
    return _page(request, _shown(request, certificate_id))


@require_POST
@login_not_required  # guests are told that it needs an account
def issue_certificate(request: LearnerRequest, certificate_id: UUID) -> HttpResponse:
    """Issue a certificate under a name, or again under another."""
    own, form = _own(request, certificate_id), CertificateForm(request.POST)
    form.is_valid()
    name = form.cleaned_data.get("name", "")
    try:
        issued = certificates.issue(user=own.user, certificate_id=own.pk, name=name, now=clock.now())
    except CannotIssueError as reason:
        form.add_error("name", str(reason))
        return _page(request, Shown(own, own=True), form=form)
    if issued.pk != certificate_id:
        said = _("This is your new certificate. The old address says that it was replaced.")
        messages.success(request, said)
    return redirect("learning:certificate", issued.pk)


@require_POST
@login_not_required
def share_certificate(request: LearnerRequest, certificate_id: UUID) -> HttpResponse:
    """Let whoever has the link see a certificate (`shared` is "yes"), or nobody else."""
    own, shared = _own(request, certificate_id), request.POST.get("shared") == "yes"
    if certificates.share(user=own.user, certificate_id=own.pk, shared=shared):
        said = _("Shared: whoever has the link sees it."), _("Not shared any more: only you see it.")
        messages.success(request, said[0] if shared else said[1])
    return redirect("learning:certificate", own.pk)


@require_POST
@login_not_required
def claim_certificate(request: LearnerRequest, course: str) -> HttpResponse:
    """Look again whether the learner has finished a course: it may have begun to give certificates later."""
    row = get_object_or_404(Course.objects.live(), key=course)
    if request.learner:
        certificates.look_again(user=request.learner, course=row, now=clock.now())
        standing = request.learner.certificates.filter(course=row, replaced_at=None).first()
        if standing:
            return redirect("learning:certificate", standing.pk)
    messages.info(request, _("This course is not finished yet. What is left stands below."))
    return redirect("learning:my_course", course)


@require_safe
@login_not_required
@never_cache
def certificate_pdf(request: LearnerRequest, certificate_id: UUID) -> HttpResponse:
    """The certificate as one page to print or to send."""
    valid = _valid(request, certificate_id)
    who = organisation.current()
    content = words.document(valid, who, logo=organisation.logo_bytes(who))
    try:
        document = typesetting.pdf("certificate", content, made_at=words.made_at(valid))
    except typesetting.CannotBeSetError as problem:
        return _unsettable(problem)
    return _file(document, "application/pdf", f"certificate-{valid.course.key}.pdf", inline=True)


@require_safe
@login_not_required
@never_cache
def certificate_json(request: LearnerRequest, certificate_id: UUID) -> HttpResponse:
    """What the signed credential says, to read."""
    signed = _signed(request, certificate_id)
    answer = JsonResponse(
        badges.payload(signed, organisation.current()),
        json_dumps_params={"indent": 2, "ensure_ascii": False},
    )
    answer["X-Robots-Tag"] = "noindex"
    return answer


@require_safe
@login_not_required
@never_cache
def certificate_jwt(request: LearnerRequest, certificate_id: UUID) -> HttpResponse:
    """The signed credential, for machines that check it."""
    signed = _signed(request, certificate_id)
    token = badges.token(signed, organisation.current()).encode()
    return _file(token, "application/jwt", f"certificate-{signed.course.key}.jwt")


@require_safe
@login_not_required
@never_cache
def certificate_badge(request: LearnerRequest, certificate_id: UUID, kind: str) -> HttpResponse:
    """The badge's picture, PNG or SVG, with the signed credential inside."""
    if kind not in badges.PICTURES:
        raise Http404
    signed = _signed(request, certificate_id)
    try:
        picture = badges.baked(signed, organisation.current(), kind=kind)
    except typesetting.CannotBeSetError as problem:
        return _unsettable(problem)
    return _file(picture, badges.PICTURES[kind], f"badge-{signed.course.key}.{kind}")


@require_safe
@login_not_required
@cache_control(public=True, max_age=3600)
def badge_issuer(request: LearnerRequest) -> HttpResponse:
    """Who issues: the profile that credentials name, with the keys."""
    if not badges.available():
        raise Http404
    return JsonResponse(badges.issuer(organisation.current()))


@require_safe
@login_not_required
@cache_control(public=True, max_age=3600)
def badge_keys(request: LearnerRequest) -> HttpResponse:
    """The public keys that credentials are or were signed with."""
    if not badges.available():
        raise Http404
    return JsonResponse(badges.key_set())


@require_safe
@login_not_required
@cache_control(public=True, max_age=3600)
def badge_key(request: LearnerRequest, thumbprint: str) -> HttpResponse:
    """One public key, at the address by which credentials name it."""
    found = badges.key(thumbprint)
    if found is None:
        raise Http404
    return JsonResponse(found)


@require_safe
@login_not_required
@cache_control(public=True, max_age=300)
def badge_revocations(request: LearnerRequest) -> HttpResponse:
    """Which credentials do not stand any more; addresses alone, and nothing about anybody."""
    if not badges.available():
        raise Http404
    return JsonResponse(badges.revocations(certificates.withdrawn()))


def _shown(request: LearnerRequest, certificate_id: UUID) -> Shown:
    found = certificates.find(certificate_id, viewer=request.learner)
    if found is None:
        raise Http404
    return found


def _own(request: LearnerRequest, certificate_id: UUID) -> Certificate:
    own = request.learner.certificates if request.learner else Certificate.objects.none()
    return get_object_or_404(own.select_related("user", "course", "outline"), pk=certificate_id)


def _valid(request: LearnerRequest, certificate_id: UUID) -> Certificate:
    """The certificate, if it stands and this person may see it: only then it has files."""
    shown = _shown(request, certificate_id)
    if shown.certificate is None or shown.status != "valid":
        raise Http404
    return shown.certificate


def _signed(request: LearnerRequest, certificate_id: UUID) -> Certificate:
    if not badges.available():
        raise Http404
    return _valid(request, certificate_id)


def _page(request: LearnerRequest, shown: Shown, *, form: CertificateForm | None = None) -> HttpResponse:
    row = shown.certificate
    if row is None:
        return render(request, "learning/certificate_withdrawn.html", status=410)
    context = {
        "shown": shown,
        "certificate": row,
        "url": words.url(row),
        "facts": words.facts(row),
        "proves": words.proves(row),
        "proves_not": words.proves_not(row),
        "badges": badges.available(),
        "linkedin": _linkedin(row),
        "issuer": words.issuer(organisation.current()),
        "logo": organisation.logo(organisation.current()),
        "form": form or CertificateForm(initial={"name": row.name or row.user.name}),
    }
    return render(request, "learning/certificate.html", context, status=400 if form else 200)


def _linkedin(certificate: Certificate) -> str:
    """A plain link that fills LinkedIn's form; nothing is sent before it is followed."""
    day = words.earned_on(certificate)
    fields = {
        "startTask": "CERTIFICATION_NAME",
        "name": certificate.title,
        "organizationName": words.issuer(organisation.current()),
        "issueYear": day.year,
        "issueMonth": day.month,
        "certUrl": words.url(certificate),
        "certId": certificate.pk,
    }
    return f"{LINKEDIN}?{urlencode(fields)}"


def _unsettable(problem: typesetting.CannotBeSetError) -> HttpResponse:
    """A course's title may have letters that no font of ours has; a name that has them was refused."""
    words = _(
        "This cannot be typeset: no font of ours has the letters “%(letters)s”. The page says the same."
    )
    return HttpResponse(words % {"letters": problem}, status=409, content_type="text/plain; charset=utf-8")


def _file(content: bytes, kind: str, name: str, *, inline: bool = False) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{name}"'
    answer["X-Robots-Tag"] = "noindex"
    return answer

"""People in the admin, with what staff do for who asks for help: look in, send again, start a file."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts import assisting
from accounts.admin.people import UserAdmin
from accounts.models import DataExport, User
from accounts.privacy import erasure, look_ins
from learning import certificate_mail, look_in
from learning.models import Certificate
from mailing.clock import now

admin.site.unregister(User)  # the room below knows nothing of what is learned


class ReasonForm(forms.Form):
    """Why somebody looks in."""

    reason = forms.CharField(
        label=gettext_lazy("Why do you look?"),
        max_length=200,
        help_text=gettext_lazy(
            "One sentence, such as “You wrote that lesson 4 is missing”. The learner reads it."
        ),
        error_messages={"required": gettext_lazy("Say why. The learner reads it.")},
        widget=UnfoldAdminTextInputWidget,
    )


@admin.register(User)
class PersonAdmin(UserAdmin):
    """People with an account; one page shows how far somebody is, another does what they ask for."""

    actions_detail = ("progress", "assist")

    def has_look_in_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        """Say whether somebody may see how far a learner is."""
        return request.user.has_perm("accounts.look_in")

    def has_assist_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        """Say whether somebody may do what learners ask for."""
        return request.user.has_perm("accounts.assist")

    @action(description=gettext_lazy("Progress"), permissions=["look_in"], url_path="progress")  # type: ignore[untyped-decorator]  # unfold ships no types
    def progress(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask why; then show how far somebody is, to read only. They find both in their settings."""
        user, staff = self._person(request, object_id), self._staff(request)
        form = ReasonForm(request.POST or None)
        context = self._context(request, user, _("Progress of %(who)s") % {"who": user.name or user.email})
        if request.method == "POST" and form.is_valid():
            at, reason = now(), form.cleaned_data["reason"]
            look_ins.record(staff=staff, user=user, page=look_in.WHAT, reason=reason, now=at)
            context |= {"progress": look_in.at(user, now=at), "reason": reason, "shown": look_in.SHOWN}
        return TemplateResponse(request, "admin/learning/look_in.html", {**context, "form": form})

    @action(description=gettext_lazy("Help"), permissions=["assist"], url_path="assist")  # type: ignore[untyped-decorator]  # as above
    def assist(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Offer what a person may ask for; on POST do it. Whatever comes of it goes to them alone."""
        user, staff = self._person(request, object_id), self._staff(request)
        if request.method == "POST":
            messages.info(request, _do(request.POST.get("what", ""), user, staff))
            return HttpResponseRedirect(request.path)
        contract = getattr(user, "reminder_contract", None)
        context = self._context(request, user, _("Help %(who)s") % {"who": user.name or user.email}) | {
            "certificates": Certificate.objects.filter(user=user, revoked_at=None, replaced_at=None)
            .select_related("outline")
            .order_by("-awarded_at"),
            "mails_on": contract is not None and contract.enabled,
        }
        return TemplateResponse(request, "admin/learning/assist.html", context)

    def _person(self, request: HttpRequest, object_id: str) -> User:
        """Return whom a page is about: an account that is awake. Raises Http404."""
        user: User | None = self.get_object(request, object_id)
        if user is None or erasure.is_asleep(user):
            raise Http404
        return user

    def _staff(self, request: HttpRequest) -> User:
        assert isinstance(request.user, User)  # noqa: S101 - the admin lets nobody else in
        return request.user

    def _context(self, request: HttpRequest, user: User, title: str) -> dict[str, Any]:
        frame = self.admin_site.each_context(request)
        return {**frame, "title": title, "opts": self.opts, "person": user}


def _do(what: str, user: User, staff: User) -> str:
    """Do what was asked for, and say what comes of it."""
    at = now()
    if what == "way-in":
        done = assisting.send_way_in(user=user, by=staff, now=at)
        return (
            _("The way to log in goes to %(address)s.") % {"address": user.email}
            if done
            else _("It has just gone. Give it ten minutes.")
        )
    if what == "export":
        made = assisting.start_export(user=user, by=staff, now=at)
        ready = made.state == DataExport.State.READY
        return (
            _("It is ready for them.") if ready else _("It is being made. They get a mail when it is ready.")
        )
    found = Certificate.objects.filter(user=user, revoked_at=None, replaced_at=None)
    certificate = next((each for each in found.select_related("user") if str(each.pk) == what), None)
    if certificate is None:
        return _("Nothing was done: choose one of these.")
    done = certificate_mail.send_again(certificate, by=staff, now=at)
    return _("The mail goes once more.") if done else _("It has just gone. Give it ten minutes.")

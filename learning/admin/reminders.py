"""Reminders in the admin: who asked for what, who would get one when and why not, and how one reads."""

from datetime import UTC, datetime
from itertools import islice
from typing import Any

from csp.decorators import csp
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts import audit, organisation
from accounts.admin.people import named
from accounts.models import User
from learning.models import ReminderContract
from learning.reminders import effect, examples, links, simulate
from learning.reminders.kinds import VARIANTS, message_now
from learning.reminders.reasons import Reason
from mailing.admin import ReadOnlyAdmin
from mailing.clock import now
from mailing.kinds import Message

SHOWN = 200
DAYS = [
    gettext_lazy("Mon"),
    gettext_lazy("Tue"),
    gettext_lazy("Wed"),
    gettext_lazy("Thu"),
    gettext_lazy("Fri"),
    gettext_lazy("Sat"),
    gettext_lazy("Sun"),
]
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class InstantForm(forms.Form):
    """The instant to look at, in UTC."""

    at = forms.DateTimeField(
        label=gettext_lazy("At (UTC)"),
        input_formats=["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"],
        error_messages={
            "invalid": gettext_lazy("Write it as year-month-day hour:minute, such as 2026-11-24 18:00.")
        },
        validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)],
        widget=UnfoldAdminTextInputWidget,
    )


@admin.register(ReminderContract)
class ReminderContractAdmin(ReadOnlyAdmin):
    """What learners asked for, to read only: it is theirs. Who may not see people sees numbers."""

    list_display = (
        "person",
        "enabled",
        "days",
        "local_time",
        "ceiling_per_week",
        "next_due_at",
        "unanswered",
    )
    list_filter = ("enabled", "ceiling_per_week")
    list_select_related = ("user",)
    search_fields = ("=user__id", "user__name", "user__email")
    ordering = ("next_due_at",)
    actions_list = ("simulator", "effect")
    actions_detail = ("how_it_reads",)
    fields = (
        ("user", "enabled"),
        ("days", "local_time", "ceiling_per_week"),
        ("paused_until", "unanswered"),
        ("next_due_at", "next_local_date", "computed_zone"),
    )

    def get_urls(self) -> list[URLPattern]:
        """Add the mail alone, as a document for the frames of `how_it_reads`."""
        mail = path(
            "<path:object_id>/mail/<int:variant>/",
            self.admin_site.admin_view(self.mail),
            name="learning_remindercontract_mail",
        )
        return [mail, *super().get_urls()]

    def get_list_display(self, request: HttpRequest) -> list[str]:
        """Show names to those who may see people, numbers to others."""
        found: list[str] = list(super().get_list_display(request))
        return found if _sees_people(request) else ["user", *found[1:]]

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """Find by name and address for those who may see them."""
        found: tuple[str, ...] = super().get_search_fields(request)
        return found if _sees_people(request) else found[:1]

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> ReminderContract | None:
        """Return a contract; its learner goes by name where that may be seen."""
        found: ReminderContract | None = super().get_object(request, object_id, from_field)
        if found is not None and _sees_people(request):
            named(found.user)
        return found

    @display(description=gettext_lazy("Learner"), header=True)  # type: ignore[untyped-decorator]  # unfold ships no types
    def person(self, contract: ReminderContract) -> tuple[str, str]:
        """Name and address."""
        return contract.user.name or _("No name given"), contract.user.email or ""

    @display(description=gettext_lazy("Days"))  # type: ignore[untyped-decorator]  # unfold ships no types
    def days(self, contract: ReminderContract) -> str:
        """Return the weekdays in short."""
        return ", ".join(str(DAYS[day - 1]) for day in contract.weekdays)

    @action(description=gettext_lazy("Simulator"), permissions=["view"], url_path="simulator")  # type: ignore[untyped-decorator]  # as above
    def simulator(self, request: HttpRequest) -> HttpResponse:
        """Say for an instant who would get a reminder about what, and who not and why. Writes nothing."""
        form = InstantForm(request.GET or None, initial={"at": f"{now():%Y-%m-%d %H:%M}"})
        at = now()
        with timezone.override(UTC):  # elsewhere clocks skip some hours, and show others twice
            if form.is_valid():
                at = form.cleaned_data["at"]
        verdicts = list(islice(simulate.verdicts(now=at), SHOWN + 1))
        if _sees_people(request):
            for verdict in verdicts:
                named(verdict.user)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Reminder simulator"),
            "opts": self.model._meta,
            "form": form,
            "at": at,
            "verdicts": verdicts[:SHOWN],
            "more": len(verdicts) > SHOWN,
            "would": sum(not verdict.objection for verdict in verdicts[:SHOWN]),
        }
        return TemplateResponse(request, "admin/learning/simulator.html", context)

    @action(description=gettext_lazy("Effect of the digest"), permissions=["view"], url_path="effect")  # type: ignore[untyped-decorator]  # as above
    def effect(self, request: HttpRequest) -> HttpResponse:
        """Say who came back with the digest and without it, where a hold-out runs."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("Effect of the digest"),
            "opts": self.model._meta,
            "effect": effect.lately(now=now()),
            "least": effect.LEAST,
            "days": effect.LOOKED_BACK.days,
            "per_cent": organisation.current().digest_hold_out,
        }
        return TemplateResponse(request, "admin/learning/effect.html", context)

    @action(description=gettext_lazy("How it reads"), permissions=["view"], url_path="how-it-reads")  # type: ignore[untyped-decorator]  # as above
    def how_it_reads(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the mail that this learner would get now, or one of each kind, in its three wordings.

        It tells where they stopped, so the look is noted in the audit log. POST: send one wording to oneself.
        """
        contract = self._contract(request, object_id)
        at, about = now(), _about(request.GET.get("about"))
        actor = request.user if isinstance(request.user, User) else None
        if request.method == "POST" and actor is not None and about is not None:
            examples.put(user=actor, reason=about, variant=_variant(request.POST.get("variant")), now=at)
            messages.success(
                request,
                _("A test goes to %(address)s. It tells of you, not of this learner.")
                % {"address": actor.email},
            )
            return redirect(request.get_full_path())
        audit.record(actor=actor, action="reminder.read", obj=contract, now=at)
        found = [_safe(contract, variant, at, about) for variant in range(VARIANTS)]
        name = "admin:learning_remindercontract_mail"
        number = _("learner %(number)s") % {"number": contract.user_id}
        query = f"?about={about}" if about else ""
        context = {
            **self.admin_site.each_context(request),
            "title": _("How the mail of %(who)s reads") % {"who": contract.user.called or number},
            "kinds": examples.SHOWN,
            "about": about,
            "opts": self.model._meta,
            "original": contract,
            "mails": [
                (mail, reverse(name, args=[contract.pk, variant]) + query)
                for variant, mail in enumerate(found)
                if mail
            ],
        }
        return TemplateResponse(request, "admin/learning/how_it_reads.html", context)

    @method_decorator(xframe_options_sameorigin)
    @method_decorator(csp(settings.MAIL_POLICY))
    def mail(self, request: HttpRequest, object_id: str, variant: int) -> HttpResponse:
        """Return the HTML of one wording, a document with a policy of its own."""
        about = _about(request.GET.get("about"))
        found = _safe(self._contract(request, object_id), variant % VARIANTS, now(), about)
        if found is None:
            raise Http404
        return HttpResponse(found.html)

    def _contract(self, request: HttpRequest, object_id: str) -> ReminderContract:
        contract: Any = self.get_object(request, object_id)
        if not self.has_view_permission(request, contract):
            raise PermissionDenied
        if contract is None:
            raise Http404
        found: ReminderContract = contract
        return found


def _sees_people(request: HttpRequest) -> bool:
    return request.user.has_perm("accounts.view_user")


def _about(word: str | None) -> Reason | None:
    """Return the kind that was asked for; None: what would be sent now."""
    return Reason(word) if word in list(Reason) else None


def _variant(word: str | None) -> int:
    return int(word) % VARIANTS if word and word.isdecimal() else 0


def _safe(contract: ReminderContract, variant: int, at: datetime, about: Reason | None) -> Message | None:
    """Return the mail without the learner's own tokens: whoever looks must not act for them."""
    if about is not None:
        found: Message | None = examples.message_about(contract.user, about, variant=variant, now=at)
    else:
        found = message_now(contract.user_id, variant=variant, now=at)
    return links.disarmed(found) if found else None

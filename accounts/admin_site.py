"""The admin asks for a second factor, and keeps a log of what is done in it."""

from collections.abc import Mapping, Sequence
from functools import cache, partial
from ipaddress import ip_address
from typing import Any, NamedTuple
from urllib.parse import urlencode

from allauth.account.decorators import secure_admin_login
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import SimpleTemplateResponse, TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import SimpleLazyObject, cached_property
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin
from unfold.settings import get_config
from unfold.sites import UnfoldAdminSite

from accounts import audit
from accounts.models import User
from mailing import clock

LISTED = 100
"""Rows that one entry names, or that a history shows, at most."""


def is_waived(request: HttpRequest) -> bool:
    """Say whether no second factor is asked: of the embedded demo's own accounts, on its own machine."""
    demo_addresses = {address for address, _ in settings.DEMO_ACCOUNTS.values()}
    return (
        settings.DEMO
        and isinstance(request.user, User)
        and request.user.email in demo_addresses
        and ip_address(request.META.get("REMOTE_ADDR") or "0.0.0.0").is_loopback  # noqa: S104  binds nothing
    )


def has_second_factor(request: HttpRequest) -> bool:
    """Say whether this person has one set up. Asked of the database once per request."""
    if not hasattr(request, "_has_second_factor"):
        request._has_second_factor = is_mfa_enabled(request.user)  # type: ignore[attr-defined]  # kept for the next call
    return bool(request._has_second_factor)  # type: ignore[attr-defined]  # set just above


class Audited(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    """What every list of the admin does besides: whatever is done in it leaves a row in the audit log.

    The site mixes it into each, so that none can forget it. Names of fields are kept, never what was in them.
    """

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:
        """Note that a row was added."""
        self._note(request, "add", obj)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> None:
        """Note that a row was changed: the names of its fields, and what became of the rows in it."""
        if message:
            said = {"note": message} if isinstance(message, str) else _named(message)
            self._note(request, "change", obj, after=said)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Note which rows go, before they do."""
        for obj in queryset:
            key = getattr(obj, "key", None)
            self._note(request, "delete", obj, before={"key": key} if key else None)

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Do what was chosen for several rows, all or nothing, and note it unless it only led to a page."""
        names = request.POST.getlist("action")
        index = request.POST.get("index", "0")
        name = names[int(index)] if index.isdecimal() and int(index) < len(names) else ""
        everything = request.POST.get("select_across", "0") != "0"
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        with transaction.atomic():
            many = queryset.count() if everything else len(chosen)
            answer: HttpResponse | None = super().response_action(request, queryset)
            leads_on = isinstance(answer, HttpResponseRedirect) and answer.url != request.get_full_path()
            asks = isinstance(answer, SimpleTemplateResponse)
            if many and name in self.get_actions(request) and not (leads_on or asks):
                rows = {} if everything else {"rows": chosen[:LISTED]}
                self._note(request, "bulk", self.model, after={"action": name, "many": many, **rows})
        return answer

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show what was done with a row, from the audit log, to those who may look at the row."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "title": _("History of %s") % obj,
            "opts": self.opts,
            "object": obj,
            "rows": [
                (audit.words(row), audit.told(row), audit.who(row), row.at)
                for row in audit.history(obj)[:LISTED]
            ],
            "listed": LISTED,
            "log_url": log_address(obj) if request.user.has_perm("accounts.view_auditlog") else "",
        }
        return TemplateResponse(request, "admin/object_history.html", context)

    def _note(
        self, request: HttpRequest, action: str, obj: Model | type[Model], **said: Mapping[str, Any] | None
    ) -> None:
        actor = request.user if isinstance(request.user, User) else None
        audit.record(actor=actor, action=action, obj=obj, now=clock.now(), **said)


def log_address(obj: Model) -> str:
    """Return the address of the audit log's rows about an object."""
    query = urlencode({"object_type": obj._meta.label, "object_id": obj.pk})
    return f"{reverse('admin:accounts_auditlog_changelist')}?{query}"


def _named(message: Sequence[Mapping[str, Mapping[str, Any]]]) -> dict[str, list[str]]:
    """Return the names of Django's list of what a form changed: its fields, and its rows by what they are."""
    found: dict[str, list[str]] = {"fields": [], "rows": []}
    for each in message:
        for verb, what in each.items():
            if "name" in what:
                found["rows"].append(f"{what['name']} {verb}")
            else:
                found["fields"] += [str(field) for field in what.get("fields", [])]
    return {kind: names for kind, names in found.items() if names}


class Listed(NamedTuple):
    """A link beside every page of the admin."""

    title: str
    icon: str
    address: str
    table: str | None
    right: str


@cache
def _listed(language: str) -> tuple[tuple[str, tuple[Listed, ...]], ...]:
    """Return the links of portal/admin_look.py in their groups, in words."""
    return tuple(
        (
            str(group.get("title", "")),
            tuple(
                Listed(
                    str(each["title"]), each["icon"], str(each["link"]), each["table"], each.get("right", "")
                )
                for each in group["items"]
            ),
        )
        for group in get_config()["SIDEBAR"]["navigation"]
    )


def _is_at(path: str, address: str, start: str) -> bool:
    return path == address or (address != start and path.startswith(address))


class CrossroadsAdminSite(UnfoldAdminSite):  # type: ignore[misc]  # unfold ships no types
    """Unfold's admin for staff with a second factor. Log-in is the one that everyone uses."""

    def register(self, models: Any, admin_class: type[Any] | None = None, **options: Any) -> None:
        """Register tables, each with the audit log behind its list."""
        own = admin_class or ModelAdmin
        audited = type(own.__name__, (Audited, own), {"__module__": own.__module__, "__doc__": own.__doc__})
        super().register(models, audited, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff, and either a second factor or the demo."""
        is_staff: bool = super().has_permission(request)
        return is_staff and (is_waived(request) or has_second_factor(request))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return what every page of the admin is made with: its language and direction, too."""
        name = (get_language(), request.META.get("SCRIPT_NAME", ""))
        if name not in self._same:
            language = {"LANGUAGE_CODE": settings.LANGUAGE_CODE, "LANGUAGE_BIDI": get_language_bidi()}
            self._same[name] = {**super().each_context(request), **language}
        may = self.has_permission(request)
        return {
            **self._same[name],
            "has_permission": may,
            "available_apps": self.get_app_list(request),
            "log_entries": self.get_log_entries(request),
            "sidebar_navigation": self.get_sidebar_list(request) if may else [],
        }

    @cached_property
    def _same(self) -> dict[tuple[str | None, str], dict[str, Any]]:
        """What the settings say of all pages, by language and by where the site lies."""
        return {}

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """Return the tables that somebody may look at, worked out only where a page shows them."""
        return SimpleLazyObject(partial(super().get_app_list, request, app_label))

    def get_sidebar_list(self, request: HttpRequest) -> list[tuple[str, list[tuple[str, str, str, bool]]]]:
        """Return the lists that somebody may look at, in groups: title, icon, address, whether one is there.

        What they are is said in portal/admin_look.py; an item without a table is for everybody, one with
        a right for those who have it.
        """
        seen = {""} | {
            f"{model._meta.app_label}_{model._meta.model_name}"
            for model, own in self._registry.items()
            if own.has_view_or_change_permission(request)
        }
        start, listed = reverse("admin:index"), _listed(get_language() or "")
        links = [each.address for _, items in listed for each in items]
        here = max((link for link in links if _is_at(request.path, link, start)), key=len, default="")
        groups = []
        for title, items in listed:
            shown = [
                (each.title, each.icon, each.address, each.address == here)
                for each in items
                if each.table in seen or (each.right and request.user.has_perm(each.right))
            ]
            if shown:
                groups.append((title, shown))
        return groups

    @method_decorator(login_not_required)
    @method_decorator(secure_admin_login)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send visitors to the log-in, staff without a second factor to its set-up; others get a 403."""
        if self.has_permission(request):
            return redirect(get_next_redirect_url(request) or "admin:index")
        messages.info(
            request, _("The admin asks for a second step. Set it up here, then open the admin again.")
        )
        return redirect(f"{reverse('mfa_activate_totp')}?{REDIRECT_FIELD_NAME}={reverse('admin:index')}")

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send staff to the page that everyone uses: it asks who they are, and a notice goes out."""
        return redirect("account_change_password")

    def password_change_done(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The same, for whoever kept this address."""
        return redirect("account_change_password")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Log out by the admin's own button, and note it."""
        if request.method == "POST":
            audit.record_log_in(request.user, audit.LOG_OUT, now=clock.now())
        answer: HttpResponse = super().logout(request, extra_context)
        return answer

"""The admin asks for a second factor."""

from ipaddress import ip_address
from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from unfold.sites import UnfoldAdminSite

from accounts.models import User


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


class CrossroadsAdminSite(UnfoldAdminSite):  # type: ignore[misc]  # unfold ships no types
    """Unfold's admin for staff with a second factor. Log-in is the one that everyone uses."""

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff, and either a second factor or the demo."""
        is_staff: bool = super().has_permission(request)
        return is_staff and (is_waived(request) or has_second_factor(request))

    @method_decorator(login_not_required)
    @method_decorator(secure_admin_login)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send visitors to the log-in, staff without a second factor to its set-up; others get a 403."""
        if self.has_permission(request):
            return redirect(get_next_redirect_url(request) or "admin:index")
        messages.info(request, "The admin asks for a second step. Set it up here, then open the admin again.")
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

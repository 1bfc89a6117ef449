"""The log-in of an organisation (OpenID Connect): who comes by it, and what it says of them."""

import logging
from collections.abc import Mapping
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.forms import SignupForm
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthError, Provider
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import claims, registration
from accounts.forms import OurWords, PersonForm
from accounts.models import User
from mailing import clock

logger = logging.getLogger(__name__)


class OrganisationSignupForm(OurWords, PersonForm, SignupForm):  # type: ignore[misc]  # allauth ships no types
    """What is asked of whom the organisation vouches for: name and two boxes. The address is given."""

    field_order = ("email", "name", "old_enough", "accept_terms", "time_zone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].disabled = True
        self.fields["email"].help_text = _("As your organisation gave it.")
        self.initial["name"] = said_of(self.sociallogin).get("name", "")[:120]


class OrganisationAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # as above
    """Our rules where allauth asks for rules about somebody else's log-in."""

    error_messages = {
        **DefaultSocialAccountAdapter.error_messages,
        "no_password": gettext_lazy("Set a password first: this log-in is the only one that you have used."),
    }

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Let the organisation's people in, unless accounts are by invitation alone or by domain."""
        try:
            registration.check_address(sociallogin.email_addresses[0].email)
        except registration.NotOpenError:
            return False
        return settings.SIGNUP != "invite"

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Refuse whom nobody vouches for, and let cohorts and roles follow what is said of an account."""
        user = sociallogin.user
        if sociallogin.is_existing:
            if isinstance(user, User) and user.is_active:
                claims.follow(user=user, claims=said_of(sociallogin), now=clock.now())
            return
        proven = [each.email for each in sociallogin.email_addresses if each.verified]
        if not proven:
            raise ImmediateHttpResponse(render(request, "socialaccount/unproven.html", status=403))
        registration.drop_unproven(proven[0])

    @transaction.atomic
    def save_user(
        self, request: HttpRequest, sociallogin: SocialLogin, form: OrganisationSignupForm | None = None
    ) -> AbstractBaseUser:
        """Make the account, with what its person has just said."""
        now, said = clock.now(), form.cleaned_data if form else {}
        user: User = sociallogin.user
        registration.describe(
            user,
            name=said.get("name", ""),
            time_zone=said.get("time_zone", ""),
            theme=request.COOKIES.get("theme", ""),
            now=now,
        )
        user.set_unusable_password()
        sociallogin.save(request)
        claims.follow(user=user, claims=said_of(sociallogin), now=now)
        return user

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Provider,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: Mapping[str, Any] | None = None,
    ) -> None:
        """Tell the operator why nobody got in: the page that people see does not."""
        if error != AuthError.CANCELLED:
            said = request.GET.get("error", "") or error
            logger.warning("the organisation's log-in failed: %s", repr(exception) if exception else said)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send none: that they can log in by their organisation is no news to its people."""


def said_of(sociallogin: SocialLogin) -> Mapping[str, Any]:
    """Return what the log-in says of a person: the token's claims, and over them those of the user's page."""
    told = sociallogin.account.extra_data
    return {**(told.get("id_token") or {}), **(told.get("userinfo") or {})}

"""Where django-allauth meets this house: its mails go to the outbox, its log-ins bring the guest along."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import ratelimit
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts import audit, guests, mails, organisation, prepared, registration
from accounts.models import User
from accounts.privacy import erasure
from mailing import clock, encryption


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Our rules where allauth asks for rules."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed. Write to us if that is a mistake."),
        "duplicate_email": _("This is your address already."),
        "email_password_mismatch": _("The address or the password is not right."),
        "email_taken": _("This address belongs to another account."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_code": _("This code is not right. Take the one from our newest mail."),
        "incorrect_password": _("The password is not right."),
        "rate_limited": _("One code at a time: wait ten seconds, then ask again. An hour allows six."),
        "same_as_current": _("This is your address already."),
        "too_many_login_attempts": _("Too many tries. Wait a few minutes, then ask for a new code."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Ask the settings."""
        return registration.is_open()

    def is_safe_url(self, url: str | None) -> bool:
        """Go on to pages of this very host only; addresses that nobody can parse are refused too."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts={self.request.get_host()})

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put the mail into the outbox; its words are written when it is sent.

        A sleeping account is unknown to the log-in; its owner gets the mail that tells how to wake it.
        """
        if template_prefix == "account/email/unknown_account" and (sleeper := erasure.sleeper_at(email)):
            erasure.tell(sleeper, now=clock.now())
            return
        context = {**context, "as_guest": guests.find(self.request) is not None}
        at_sign_up = self.request.resolver_match.url_name == "account_signup"
        mails.put(template_prefix, email=email, context=context, at_sign_up=at_sign_up, now=clock.now())

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Log in, and bring along what was done here as a guest. The session gets a new key."""
        guest = guests.find(request)
        if guest is not None and isinstance(user, User):
            guests.merge(guest=guest, user=user, now=clock.now())
        user.refresh_from_db(fields=["email"])  # a sign-up has just become an account
        super().login(request, user)
        audit.record_log_in(user, audit.LOG_IN, now=clock.now())
        request.learner = user  # type: ignore[attr-defined]  # LearnerRequest's

    def logout(self, request: HttpRequest) -> None:
        """Log out, and note it of staff."""
        audit.record_log_in(request.user, audit.LOG_OUT, now=clock.now())
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Note that a password was tried that is not right, where the account is one of the staff."""
        user = registration.account_of(credentials.get("email") or "")
        audit.record_log_in(user, audit.LOG_IN_FAILED, now=clock.now())

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        """Offer who has just proven to own a sleeping account to wake it; others are told it is closed."""
        if isinstance(user, User) and erasure.is_asleep(user):
            return redirect("accounts:undo_erasure", erasure.token(user))
        closed: HttpResponse = super().respond_user_inactive(request, user)
        return closed

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Answer 429 once an address has had its wrong passwords, whatever the password."""
        try:
            super().pre_authenticate(request, **credentials)
        except forms.ValidationError:
            raise ImmediateHttpResponse(ratelimit.respond_429(request)) from None


SECOND_FACTOR = "SELECT 1 FROM mfa_authenticator WHERE user_id = %s LIMIT 1"


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """The second factor: named after the organisation, its secrets closed with our key."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right. Take the one your app shows now."),
    }

    def get_totp_issuer(self) -> str:
        """Return the name that stands in the authenticator app."""
        return organisation.current().name

    def is_mfa_enabled(self, user: Any, types: Any = None) -> bool:
        """Say whether somebody has a second factor. Every page of the admin asks."""
        if types is not None or user.is_anonymous:
            return bool(super().is_mfa_enabled(user, types))
        return bool(prepared.rows(SECOND_FACTOR, [user.pk]))

    def encrypt(self, text: str) -> str:
        """Close a secret before it is stored."""
        return encryption.close({"secret": text}).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a stored secret."""
        return str(encryption.open_payload(encrypted_text.encode())["secret"])

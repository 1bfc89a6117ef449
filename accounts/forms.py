"""What people type about themselves."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.utils import passthrough_next_redirect_url
from allauth.core import context, ratelimit
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp_forms
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import audit, guests, registration, time_zones
from accounts.models import User
from mailing import clock

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


def allow_code_mail(email: str) -> bool:
    """Count one more code for this address; False when it had its fill (one in ten seconds, six an hour)."""
    allowed: bool = ratelimit.consume(context.request, action="request_login_code", key=email.lower())
    return allowed


def _read_first() -> str:
    return format_html(
        gettext('Read the <a href="{}">terms</a> and <a href="{}">what happens with your data</a>.'),
        reverse("portal:terms"),
        reverse("portal:privacy"),
    )


class OurWords:
    """Our labels in place of allauth's, above the fields and not inside them."""

    labels: "Mapping[str, StrPromise | str]" = {"email": _("E-mail address")}
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = self.labels.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)
            if isinstance(field, forms.EmailField):
                field.error_messages["invalid"] = _("Type an e-mail address, such as ada@example.org.")


class PersonForm(forms.Form):
    """What a new account is asked besides its address: name, two boxes, and the browser's time zone."""

    name = forms.CharField(
        label=_("Your name"),
        required=False,
        max_length=120,
        help_text=_("How we address you. You can leave it empty."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    old_enough = forms.BooleanField(
        label=format_lazy(_("I am {age} or older"), age=settings.MIN_AGE),
        error_messages={
            "required": format_lazy(_("Accounts are for people of {age} or older."), age=settings.MIN_AGE)
        },
    )
    accept_terms = forms.BooleanField(
        label=_("I accept the terms and the privacy notice"),
        help_text=lazy(_read_first, str)(),
        error_messages={"required": _("Without it we cannot make an account.")},
    )
    time_zone = forms.CharField(required=False, widget=forms.HiddenInput)


class SignupForm(OurWords, PersonForm, allauth_forms.SignupForm):  # type: ignore[misc]  # allauth ships no types
    """Address, name, two boxes. No password: a code by mail is enough, a password can be set later."""

    field_order = ("email", "name", "old_enough", "accept_terms", "time_zone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = _("We send a 6-digit code there.")

    def clean_email(self) -> str:
        """Refuse addresses that may not sign up here. Whether one is known is never said."""
        email: str = self.cleaned_data["email"].lower()
        try:
            registration.check_address(email)
        except registration.NotOpenError as error:
            raise forms.ValidationError(str(error)) from error
        return email

    def clean(self) -> dict[str, Any]:
        """Count the code that a good sign-up is going to send."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not allow_code_mail(cleaned["email"]):
            self.add_error("email", get_adapter().error_messages["rate_limited"])
        return cleaned

    def try_save(self, request: HttpRequest) -> tuple[User, HttpResponse]:
        """Send a code that logs in, to a new address and to a known one alike, and ask for it."""
        email = self.cleaned_data["email"]
        user = registration.sign_up(
            guest=guests.find(request),
            email=email,
            name=self.cleaned_data["name"],
            time_zone=self.cleaned_data["time_zone"],
            theme=request.COOKIES.get("theme", ""),
            now=clock.now(),
        )
        LoginCodeVerificationProcess.initiate(request=request, user=user, email=email)
        url = passthrough_next_redirect_url(request, reverse("account_confirm_login_code"), "next")
        return user, HttpResponseRedirect(url)


class LoginForm(OurWords, allauth_forms.LoginForm):  # type: ignore[misc]  # as above
    """Address and, for those who have set one, a password; without it a code is sent."""

    labels = {"login": _("E-mail address"), "password": _("Password")}

    def _setup_password_field(self) -> None:
        password = self.fields["password"]
        password.required = False
        password.help_text = format_html(
            gettext(
                'Leave it empty and we e-mail you a 6-digit code. <a href="{}">Forgot your password?</a>'
            ),
            reverse("account_reset_password"),
        )


class RequestLoginCodeForm(OurWords, allauth_forms.RequestLoginCodeForm):  # type: ignore[misc]  # as above
    """Ask for a code to log in with."""


class ResetPasswordForm(OurWords, allauth_forms.ResetPasswordForm):  # type: ignore[misc]  # as above
    """Ask for a code to set a new password with."""

    def clean_email(self) -> str:
        """Count the code that is going to be sent."""
        email: str = super().clean_email()
        if not allow_code_mail(email):
            raise get_adapter().validation_error("rate_limited")
        return email


class AddEmailForm(OurWords, allauth_forms.AddEmailForm):  # type: ignore[misc]  # as above
    """Type a new address."""

    labels = {"email": _("New e-mail address")}


NEW_PASSWORD = {
    "oldpassword": _("Current password"),
    "password1": _("New password"),
    "password2": _("New password, once more"),
}


class ChangePasswordForm(OurWords, allauth_forms.ChangePasswordForm):  # type: ignore[misc]  # as above
    """Change the password."""

    labels = NEW_PASSWORD


class SetPasswordForm(OurWords, allauth_forms.SetPasswordForm):  # type: ignore[misc]  # as above
    """Set a first password."""

    labels = NEW_PASSWORD


class ResetPasswordKeyForm(OurWords, allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc]  # as above
    """Set a new password after a code."""

    labels = NEW_PASSWORD


class ReauthenticateByPasswordForm(OurWords, allauth_forms.ReauthenticateForm):  # type: ignore[misc]  # as above
    """Type the password once more before a sensitive step."""


def code_field() -> forms.CharField:
    """Return a field for a 6-digit code: phones offer it from the mail and show the number keys."""
    attributes = {
        "autocomplete": "one-time-code",
        "inputmode": "numeric",
        "spellcheck": "false",
    }
    return forms.CharField(label=_("Code"), max_length=20, widget=forms.TextInput(attrs=attributes))


class CodeForm(forms.Form):
    """A code from our mail that confirms one step."""

    code = code_field()


class ConfirmLoginCodeForm(allauth_forms.ConfirmLoginCodeForm):  # type: ignore[misc]  # allauth ships no types
    """The code that logs in."""

    code = code_field()

    def clean_code(self) -> str:
        """Note a code that is not right, where the account is one of the staff."""
        try:
            return str(super().clean_code())
        except forms.ValidationError:
            stage = getattr(context.request, "_login_stage", None)
            audit.record_log_in(stage and stage.login.user, audit.LOG_IN_FAILED, now=clock.now())
            raise


class ConfirmEmailForm(allauth_forms.ConfirmEmailVerificationCodeForm):  # type: ignore[misc]  # as above
    """The code that proves an address."""

    code = code_field()


class ConfirmPasswordResetForm(allauth_forms.ConfirmPasswordResetCodeForm):  # type: ignore[misc]  # as above
    """The code that allows a new password."""

    code = code_field()


class AuthenticateForm(mfa_forms.AuthenticateForm):  # type: ignore[misc]  # as above
    """The code of the authenticator app, or a recovery code."""

    code = code_field()

    def _emit_authentication_failed(self, authenticator: Authenticator) -> None:
        super()._emit_authentication_failed(authenticator)
        audit.record_log_in(self.user, audit.LOG_IN_FAILED, now=clock.now())


class ReauthenticateForm(mfa_forms.ReauthenticateForm):  # type: ignore[misc]  # as above
    """The same, asked again before a sensitive step."""

    code = code_field()


class ActivateTOTPForm(totp_forms.ActivateTOTPForm):  # type: ignore[misc]  # as above
    """The first code of a newly added authenticator app."""

    code = code_field()


class ThemeForm(forms.Form):
    """Light, dark or as the device."""

    theme = forms.ChoiceField(label=_("Appearance"), choices=User.Theme.choices, widget=forms.RadioSelect)


if TYPE_CHECKING:
    UserForm = forms.ModelForm[User]
else:
    UserForm = forms.ModelForm  # it takes its type argument in the stubs alone


class ProfileForm(UserForm):
    """What a learner may change about themselves at any time."""

    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=time_zones.choices,
        help_text=_("Reminders, days and weeks follow it."),
    )

    class Meta:
        model = User
        fields = ("name", "time_zone", "theme", "single_keys")
        labels = {
            "name": _("Your name"),
            "theme": _("Appearance"),
            "single_keys": _("Single keys are shortcuts"),
        }
        help_texts = {
            "name": _("How we address you, and the name on certificates. It may stay empty."),
            "single_keys": _(
                "Such as j for the next lesson; the key ? shows all of them. "
                "Switch them off if you speak instead of typing, or press keys by chance."
            ),
        }
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"}), "theme": forms.RadioSelect}

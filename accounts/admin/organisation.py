"""Who runs this portal, in the admin: name, addresses, logo, legal texts, words for certificates, mails."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextareaWidget, UnfoldBooleanWidget

from accounts import organisation, pictures
from accounts.admin import texts
from accounts.models import Organisation

WHO_MAY_SIGN_UP = {
    "open": _("everybody"),
    "domains": _("whoever has an address at {domains}"),
    "invite": _("whoever is invited"),
    "sso": _("whoever comes by the organisation's log-in"),
}


def ways_in() -> list[tuple[str, str, str]]:
    """Return who may come in, as it is set: the name of each setting, what it means, its value in words.

    The secret of the organisation's log-in is not among them.
    """
    who = str(WHO_MAY_SIGN_UP[settings.SIGNUP]).format(domains=", ".join(settings.SIGNUP_DOMAINS))
    rows = [("SIGNUP", gettext("Who makes an account"), who)]
    if not settings.OIDC_SERVER_URL:
        return [*rows, ("OIDC_SERVER_URL", gettext("The organisation's log-in"), gettext("none"))]
    back = settings.BASE_URL + reverse("openid_connect_callback", kwargs={"provider_id": "organisation"})
    proven = (
        gettext("every one that it gives")
        if settings.OIDC_EMAIL_TRUSTED
        else gettext("those it calls proven")
    )
    roles = "; ".join(f"{value} → {role}" for value, role in settings.OIDC_ROLES.items())
    none = gettext("none")
    return [
        *rows,
        ("OIDC_SERVER_URL", gettext("The organisation's log-in"), settings.OIDC_SERVER_URL),
        ("OIDC_NAME", gettext("Name on its button"), settings.OIDC_NAME),
        ("OIDC_CLIENT_ID", gettext("Known there as"), settings.OIDC_CLIENT_ID),
        ("BASE_URL", gettext("Comes back to"), back),
        ("OIDC_EMAIL_TRUSTED", gettext("Addresses that open accounts"), proven),
        ("OIDC_COHORT_CLAIM", gettext("Claim that gives cohorts"), settings.OIDC_COHORT_CLAIM or none),
        ("OIDC_ROLE_CLAIM", gettext("Claim that gives roles"), settings.OIDC_ROLE_CLAIM or none),
        ("OIDC_ROLES", gettext("Its values and roles"), roles or none),
    ]


class OrganisationForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """The organisation, with its logo as a file. A logo that is refused costs nothing typed."""

    upload = forms.FileField(
        label=_("Logo"),
        required=False,
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
        help_text=format_lazy(
            _("Stands on certificates. {formats}, at most {megabytes} MB; best a PNG that is see-through."),
            formats=pictures.KNOWN,
            megabytes=pictures.MOST_BYTES // 1_000_000,
        ),
    )
    no_logo = forms.BooleanField(label=_("Take the logo away"), required=False, widget=UnfoldBooleanWidget)

    class Meta:
        model = Organisation
        fields = "__all__"  # noqa: DJ007  OrganisationAdmin lists them, and it alone uses this form
        widgets = {"mail_note": UnfoldAdminTextareaWidget(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.logo:
            self.fields.pop("no_logo", None)

    def clean_mail_note(self) -> str:
        """Make one paragraph of what was typed."""
        return " ".join(self.cleaned_data["mail_note"].split())

    def _post_clean(self) -> None:
        """Read the logo last: what is read is stored."""
        super()._post_clean()  # type: ignore[misc]  # Django's own hook, which its stubs leave out
        upload = self.cleaned_data.get("upload")
        if self.cleaned_data.get("no_logo"):
            self.instance.logo = None
        if isinstance(upload, UploadedFile) and not self.errors:
            try:
                self.instance.logo = organisation.take_logo(upload, size=upload.size or 0)  # type: ignore[arg-type]  # it reads and seeks
            except pictures.NotAPicture as refusal:
                self.add_error("upload", str(refusal))


@admin.register(Organisation)
class OrganisationAdmin(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    """The one row that says who runs this portal."""

    form = OrganisationForm
    list_display = ("name", "support_email", "terms_version")
    change_form_outer_before_template = "admin/accounts/organisation_shown.html"
    change_form_outer_after_template = "admin/accounts/organisation_ways_in.html"
    fieldsets = (
        (None, {"fields": ("name", ("support_email", "postal_address"))}),
        (
            _("Certificates"),
            {"fields": ("certificate_issuer", "certificate_note", "upload", "no_logo")},
        ),
        (_("Mails"), {"fields": ("mail_note",)}),
        (_("Legal texts"), {"fields": ("imprint_text", "privacy_text", "terms_text", "terms_version")}),
        (_("Rules"), {"fields": ("review_publishing", "digest_hold_out")}),
    )

    def get_urls(self) -> list[URLPattern]:
        """Add how every mail reads."""
        return [*texts.addresses(), *super().get_urls()]

    def get_fieldsets(self, request: HttpRequest, obj: Organisation | None = None) -> Any:
        """Ask about taking the logo away where there is one."""
        if obj is not None and obj.logo:
            return self.fieldsets
        without = tuple(name for name in self.fieldsets[1][1]["fields"] if name != "no_logo")
        return (self.fieldsets[0], (_("Certificates"), {"fields": without}), *self.fieldsets[2:])

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show the logo and who may come in, and lead to what certificates look like."""
        row = kwargs.get("obj")
        context["ways_in"] = ways_in()
        context["logo"] = row and organisation.logo(row)
        answer: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return answer

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save, and let this process forget the old values at once (others do within a minute)."""
        super().save_model(request, obj, form, change)
        organisation.forget()

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is one row."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The one row stays."""
        return False

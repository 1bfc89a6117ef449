"""People in the admin."""

from collections.abc import Iterable
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from accounts import roles
from accounts.models import User
from accounts.privacy import erasure
from mailing import clock

admin.site.unregister(Group)
admin.site.unregister(EmailAddress)  # only the owner of an address proves it
admin.site.unregister(Authenticator)
for each in (SocialAccount, SocialApp, SocialToken):  # the organisation's log-in is set by the environment
    admin.site.unregister(each)


RIGHTS = gettext_lazy("Rights")


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """A person, with their roles in words."""

    roles = forms.MultipleChoiceField(
        choices=roles.ROLES.items(),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=gettext_lazy("Who has one may open the admin. Somebody may have several."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "roles" in self.fields:
            self.fields["roles"].initial = roles.of(self.instance)


@admin.register(User)
class UserAdmin(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    """People with an account. Passwords and second factors are theirs alone: neither shown nor set here."""

    form = PersonForm
    list_display = ("email", "name", "standing", "time_zone", "created_at")
    list_per_page = 50
    list_filter = ("is_staff", "is_active", "groups")
    search_fields = ("email", "name")
    ordering = ("-created_at",)
    readonly_fields = ("created_at", "accepted_terms_version", "accepted_terms_at")
    fieldsets = (
        (None, {"fields": (("email", "name"), ("time_zone", "locale"))}),
        (RIGHTS, {"fields": ("roles", "is_active")}),
        (
            gettext_lazy("Record"),
            {"fields": (("created_at", "accepted_terms_version", "accepted_terms_at"),)},
        ),
    )

    @display(description=gettext_lazy("Standing"))  # type: ignore[untyped-decorator]  # unfold ships no types
    def standing(self, user: User) -> str:
        """Whether they may open the admin, and whether the account is closed."""
        return ", ".join([_("Staff")] * user.is_staff + [_("Closed")] * (not user.is_active))

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Guests are nobody's business."""
        queryset: QuerySet[User] = super().get_queryset(request)
        return queryset.filter(email__isnull=False)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> User | None:
        """Return a person who goes by their name here, not by a number."""
        user: User | None = super().get_object(request, object_id, from_field)
        return named(user) if user else None

    def get_deleted_objects(self, objs: Iterable[User], request: HttpRequest) -> Any:
        """Say whom one is about to erase. What hangs on them goes as if they had asked for it themselves."""
        people = [str(named(user)) for user in objs]
        return people, {self.opts.verbose_name_plural: len(people)}, set(), []

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Addresses are confirmed by their owners; who may hands out rights, never to themself.

        A sleeping account is woken by its owner alone.
        """
        fields: tuple[str, ...] = self.readonly_fields
        if obj is not None:
            fields = (*fields, "email")
        return fields if self._may_assign(request, obj) else (*fields, "is_active", "roles", "roles_held")

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Show the roles to choose from to those who hand them out, to others those that are held."""
        shown = dict(super().get_fieldsets(request, obj))
        if not self._may_assign(request, obj):
            shown[RIGHTS] = {"fields": ("roles_held", "is_active")}
        return list(shown.items())

    def _may_assign(self, request: HttpRequest, obj: User | None) -> bool:
        allowed = request.user.has_perm(roles.MAY_ASSIGN) and obj != request.user
        return allowed and not (obj and erasure.is_asleep(obj))

    @display(description=gettext_lazy("Roles"))  # type: ignore[untyped-decorator]  # unfold ships no types
    def roles_held(self, user: User) -> str:
        """Return a person's roles in words."""
        return "; ".join(str(roles.ROLES[role]) for role in roles.of(user)) or _("None")

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save, and hand out the roles that were chosen."""
        super().save_model(request, obj, form, change)
        if "roles" in form.cleaned_data:
            roles.hand_out(user=obj, roles=form.cleaned_data["roles"], by=_staff(request), now=clock.now())

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """Erase a person as they could themselves, and at once."""
        erasure.erase(user=obj, now=clock.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Erase several."""
        for user in queryset:
            erasure.erase(user=user, now=clock.now())

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People sign up themselves: an address is only an account once its owner confirmed it."""
        return False


def named(user: User) -> User:
    """Let a person go by name, or by address where there is none, for those who may look at people."""
    user.called = user.name or user.email or ""
    return user


def _staff(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - the admin lets nobody else in
    return request.user


@admin.register(Authenticator)
class AuthenticatorAdmin(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    """Second factors: never shown; taken away from someone who has lost both phone and recovery codes."""

    list_display = ("user_email", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    list_select_related = ("user",)
    search_fields = ("user__email",)
    ordering = ("-created_at",)
    fields = ("user_email", "type", "created_at", "last_used_at")

    @admin.display(description=gettext_lazy("account"), ordering="user__email")
    def user_email(self, authenticator: Authenticator) -> str:
        """Whose it is."""
        return str(authenticator.user.email)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People set theirs up themselves."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """There is nothing to change about it."""
        return False

"""More time in quizzes for those who need it: who, how much, why, until when, and by whom."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.admin import address_lists
from accounts.models import User
from learning.models import Accommodation
from mailing.clock import now


class AccommodationForm(forms.ModelForm):  # type: ignore[type-arg]  # it takes its type argument in the stubs alone
    """Extra time; whose it is, is typed as an address."""

    address = forms.CharField(
        label=gettext_lazy("E-mail address"), max_length=254, widget=UnfoldAdminTextInputWidget
    )

    class Meta:
        model = Accommodation
        fields = ("extra_time_percent", "reason", "until")

    def clean_address(self) -> User:
        """Find the account."""
        found = address_lists.people_at(self.cleaned_data["address"])
        if len(found) != 1:
            raise forms.ValidationError(_("Type one address."))
        if Accommodation.objects.filter(user=found[0]).exists():
            raise forms.ValidationError(_("They have extra time already: change it in the list."))
        return found[0]


@admin.register(Accommodation)
class AccommodationAdmin(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    """One line a person. It counts for attempts that begin from then on; those under way keep their end."""

    list_display = ("person", "extra_time_percent", "until", "reason", "shown_giver", "given_at")
    search_fields = ("user__name", "user__email")
    ordering = ("-given_at",)
    readonly_fields = ("shown_person", "shown_giver", "given_at")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Ask for the address of a new one; whose it is stays."""
        if obj is None:
            kwargs["form"] = AccommodationForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Whose it is first."""
        about = ("extra_time_percent", "reason", "until")
        return ("shown_person", *about, "shown_giver", "given_at") if obj else ("address", *about)

    def save_model(self, request: HttpRequest, obj: Accommodation, form: Any, change: bool) -> None:
        """Note whose it is, who gave it, and when."""
        if not change:
            obj.user = form.cleaned_data["address"]
        obj.given_by_id, obj.given_at = request.user.pk, now()
        super().save_model(request, obj, form, change)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Accommodation]:
        """Read both people with the rows."""
        rows: QuerySet[Accommodation] = super().get_queryset(request)
        return rows.select_related("user", "given_by")

    @display(description=gettext_lazy("Learner"), header=True)  # type: ignore[untyped-decorator]  # unfold ships no types
    def person(self, given: Accommodation) -> tuple[str, str]:
        """Name and address."""
        return given.user.name or _("No name given"), str(given.user.email)

    @display(description=gettext_lazy("Learner"))  # type: ignore[untyped-decorator]  # as above
    def shown_person(self, given: Accommodation) -> str:
        """Name and address on one line."""
        return f"{given.user.name} ({given.user.email})" if given.user.name else str(given.user.email)

    @display(description=gettext_lazy("Given by"))  # type: ignore[untyped-decorator]  # as above
    def shown_giver(self, given: Accommodation) -> str:
        """Who of the staff."""
        return (given.given_by and (given.given_by.name or str(given.given_by.email))) or ""

"""Cohorts in the admin: made, filled by a list of addresses that is looked at first, and emptied."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextareaWidget

from accounts.admin import address_lists
from accounts.admin.address_lists import AddressListForm, addresses_field, file_field
from accounts.models import User
from learning import cohorts
from learning.models import Cohort, CohortMember
from mailing.clock import now

NOTE = gettext_lazy(
    "Those who are added are enrolled in the course. They find on their privacy "
    "page that they belong to the cohort, who looks after it and what that person "
    "sees. No mail is sent."
)


class PeopleForm(AddressListForm, forms.Form):
    """The addresses of those who join."""

    file = file_field()
    addresses = addresses_field()


class CohortForm(forms.ModelForm):  # type: ignore[type-arg]  # it takes its type argument in the stubs alone
    """A cohort; its owners are typed as addresses."""

    owned_by = forms.CharField(
        label=gettext_lazy("Owners"),
        required=False,
        max_length=5000,
        help_text=format_lazy(
            "{} {}",
            gettext_lazy("Addresses of accounts, one a line."),
            Cohort._meta.get_field("owners").help_text,
        ),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            addresses = self.instance.owners.order_by("email").values_list("email", flat=True)
            self.initial["owned_by"] = "\n".join(addresses)

    def clean_owned_by(self) -> list[User]:
        """Find their accounts."""
        return address_lists.people_at(self.cleaned_data["owned_by"])


@admin.register(Cohort)
class CohortAdmin(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    """Cohorts, each in one course. Its owners find it at /cohorts/ and need no rights in the admin."""

    list_display = ("name", "course", "target_date", "shown_members")
    list_filter = ("course",)
    list_select_related = ("course",)
    search_fields = ("name",)
    ordering = ("-created_at",)
    form = CohortForm
    fields = ("name", "course", "target_date", "owned_by", "claim")
    actions_detail = ("add_people", "members")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cohort]:
        """Count the members with the same query."""
        rows: QuerySet[Cohort] = super().get_queryset(request)
        return rows.annotate(size=Count("members"))

    def get_readonly_fields(self, request: HttpRequest, obj: Cohort | None = None) -> tuple[str, ...]:
        """People were enrolled in its course: another course is another cohort."""
        return ("course",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Cohort, form: Any, change: bool) -> None:
        """Note when it was made."""
        if not change:
            obj.created_at = now()
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Give it its owners."""
        super().save_related(request, form, formsets, change)
        form.instance.owners.set(form.cleaned_data["owned_by"])

    @display(description=gettext_lazy("Members"))  # type: ignore[untyped-decorator]  # unfold ships no types
    def shown_members(self, cohort: Any) -> int:
        """How many belong to it."""
        return int(cohort.size)

    @action(description=gettext_lazy("Members"), permissions=["view"], url_path="members")  # type: ignore[untyped-decorator]  # as above
    def members(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Open the list of its members."""
        query = urlencode({"cohort__id__exact": object_id})
        return redirect(f"{reverse('admin:learning_cohortmember_changelist')}?{query}")

    @action(description=gettext_lazy("Add people"), permissions=["change"], url_path="add-people")  # type: ignore[untyped-decorator]  # as above
    def add_people(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take a list, say what would become of each line, and add them once that was looked at."""
        cohort = self.get_object(request, object_id)
        if cohort is None:
            raise Http404
        if not self.has_change_permission(request, cohort):
            raise PermissionDenied
        form = PeopleForm(request.POST or None, request.FILES or None)
        checked = cohorts.check(cohort, form.lines) if form.is_valid() else None
        if checked and checked.good and "do" in request.POST:
            return self._added(request, cohort, checked)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Add people to %(name)s") % {"name": cohort.name},
            "opts": self.model._meta,
            "form": form,
            "column": _("Why it is left out"),
            "note": NOTE,
        }
        if checked:
            good, refused = len(checked.good), len(checked.refused)
            context |= address_lists.shown(checked.refused, list(checked.good))
            context["says"] = _("%(count)s can be added, %(refused)s cannot. Nothing is kept yet.") % {
                "count": good,
                "refused": refused,
            }
            context["button"] = _("Add %(count)s") % {"count": good}
        return TemplateResponse(request, address_lists.TEMPLATE, context)

    def _added(self, request: HttpRequest, cohort: Cohort, checked: cohorts.Checked) -> HttpResponse:
        people = checked.good.values()
        many = cohorts.add(cohort=cohort, people=people, actor=_actor(request), now=now())
        said = ngettext("%d person belongs to it now.", "%d people belong to it now.", many)
        messages.success(request, said % many)
        return redirect("admin:learning_cohort_change", cohort.pk)


@admin.register(CohortMember)
class CohortMemberAdmin(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    """Who belongs to which cohort. People are added on the cohort's page, and taken out here."""

    list_display = ("person", "cohort", "joined_at", "via")
    list_display_links = None
    list_filter = ("cohort", "via")
    list_select_related = ("user", "cohort")
    search_fields = ("user__name", "user__email")
    ordering = ("-pk",)

    @display(description=gettext_lazy("Learner"), header=True)  # type: ignore[untyped-decorator]  # unfold ships no types
    def person(self, member: CohortMember) -> tuple[str, str]:
        """Name and address."""
        return member.user.name or _("No name given"), str(member.user.email)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """They are added by list, on the cohort's page."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """There is nothing to change about belonging."""
        return False

    def delete_model(self, request: HttpRequest, obj: CohortMember) -> None:
        """Take one out, and note it."""
        self.delete_queryset(request, CohortMember.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[CohortMember]) -> None:
        """Take several out, and note it."""
        cohorts.remove(members=queryset, actor=_actor(request), now=now())


def _actor(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None

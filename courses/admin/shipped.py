"""Updates of the shipped curriculum in the admin: what a release changed where an editor had, to choose."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from courses import shipped_updates
from courses.admin.publish_page import author_of
from courses.models import ShippedContent
from courses.shipped_updates import NotTakeable
from mailing.admin import ReadOnlyAdmin
from mailing.clock import now

LIST = "admin:courses_shippedcontent_changelist"


@admin.register(ShippedContent)
class ShippedContentAdmin(ReadOnlyAdmin):
    """What waits for a choice; each leads to a page that compares."""

    list_display = ("what", "course_key", "offered_release", "state")
    list_filter = ("kind", "course_key")
    search_fields = ("key",)
    actions = ("take_chosen", "keep_chosen")
    list_before_template = "admin/courses/shipped_summary.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ShippedContent]:
        """Leave out what nobody has to choose about."""
        return shipped_updates.waiting()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Say above the list what the release brought."""
        context = {"title": _("Updates of the curriculum"), "summary": shipped_updates.summary()}
        answer: HttpResponse = super().changelist_view(request, context | (extra_context or {}))
        return answer

    @display(description=gettext_lazy("What"))  # type: ignore[untyped-decorator]  # unfold ships no types
    def what(self, offer: ShippedContent) -> str:
        """The object, as editors name it."""
        return f"{offer.kind.lower()} {offer.key}"

    @display(description=gettext_lazy("State"))  # type: ignore[untyped-decorator]  # as above
    def state(self, offer: ShippedContent) -> str:
        """Why it waits."""
        return offer.waits_for or _("changed here and in the release")

    def has_take_permission(self, request: HttpRequest) -> bool:
        """Say whether somebody may choose."""
        return request.user.has_perm("courses.take_shipped")

    @admin.action(description=gettext_lazy("Take what the release has"), permissions=["take"])
    def take_chosen(self, request: HttpRequest, queryset: QuerySet[ShippedContent]) -> None:
        """Write what the release has over the drafts, and publish it."""
        _take(request, list(queryset))

    @admin.action(description=gettext_lazy("Keep what is here"), permissions=["take"])
    def keep_chosen(self, request: HttpRequest, queryset: QuerySet[ShippedContent]) -> None:
        """Leave the drafts as they are, until the files change again."""
        _keep(request, list(queryset))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Compare what the release has with what is here, and choose."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        key = int(object_id) if object_id.isascii() and object_id.isdigit() and len(object_id) < 19 else 0
        offer = get_object_or_404(ShippedContent, pk=key)
        if not offer.offered_hash and request.method == "POST":
            messages.warning(request, _("Somebody has chosen already. Your answer changed nothing."))
        if not offer.offered_hash or (request.method == "POST" and self._chosen(request, offer)):
            return HttpResponseRedirect(reverse(LIST))
        context = {
            **self.admin_site.each_context(request),
            "title": _("%(what)s: release %(release)s and here")
            % {"what": self.what(offer).capitalize(), "release": offer.offered_release},
            "offer": offer,
            "three": shipped_updates.compare(offer),
            "may_choose": self.has_take_permission(request),
            "back": reverse(LIST),
        }
        return TemplateResponse(request, "admin/courses/shipped_compare.html", context)

    def _chosen(self, request: HttpRequest, offer: ShippedContent) -> bool:
        """Do what was chosen, of what was looked at; say so where it is another by now."""
        if not self.has_take_permission(request):
            raise PermissionDenied
        if request.POST.get("seen") != offer.offered_hash:
            messages.warning(
                request, _("The files have changed since you looked. This is what they hold now.")
            )
            return False
        choose = {"take": _take, "keep": _keep}.get(request.POST.get("choice", ""))
        return choose is not None and choose(request, [offer])


def _take(request: HttpRequest, chosen: list[ShippedContent]) -> bool:
    try:
        taken = shipped_updates.take(chosen, author=author_of(request), now=now())
    except NotTakeable as refusal:
        messages.error(request, _("Nothing was taken over. %(why)s") % {"why": refusal})
        return False
    messages.success(
        request, _("Taken over: %(count)s. What was here is kept in its versions.") % {"count": taken.many}
    )
    for name, problem in taken.unpublished:
        messages.warning(
            request, _("“%(name)s” is a draft and not live: %(problem)s") % {"name": name, "problem": problem}
        )
    return True


def _keep(request: HttpRequest, chosen: list[ShippedContent]) -> bool:
    many = shipped_updates.keep_ours(chosen, author=author_of(request), now=now())
    messages.success(
        request,
        _("Kept as they are here: %(count)s. You are asked again when the files change again.")
        % {"count": many},
    )
    return True

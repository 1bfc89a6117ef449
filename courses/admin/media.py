"""Pictures in the admin: sent in, described, found again in lessons, deleted where none shows them."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextareaWidget

from accounts import pictures
from courses import media
from courses.admin.kept_lists import KeptList
from courses.markdown_syntax import slug
from courses.models import MediaAsset
from mailing.clock import now

LONGEST_KEY = 60


class MediaForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """What is said of a picture; and, of a new one, the file. A file that is refused costs nothing typed."""

    upload = forms.FileField(
        label=gettext_lazy("Picture"),
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
        help_text=format_lazy(
            gettext_lazy(
                "{kinds}, at most {most} MB. It is drawn anew in our sizes; where and with what it was taken "
                "is left out."
            ),
            kinds=pictures.KNOWN,
            most=pictures.MOST_BYTES // 1_000_000,
        ),
    )

    class Meta:
        model = MediaAsset
        fields = ("name", "key", "alt", "decorative", "credit")
        widgets = {"alt": UnfoldAdminTextareaWidget(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.fields.pop("upload", None)  # another picture is another row: lessons keep what they showed
        elif "key" in self.fields:
            self.fields["key"].required = False
            key = self.fields["key"]
            how = _("Empty: made from the name.")
            key.help_text = f"{key.help_text} {how}"

    def clean(self) -> dict[str, Any]:
        """Make the key; insist on words or on “decorative”."""
        cleaned: dict[str, Any] = super().clean() or {}
        if "key" in self.fields and not cleaned.get("key") and "key" not in self.errors:
            cleaned["key"] = self._key(cleaned.get("name", ""))
        if "decorative" in cleaned and bool(cleaned["decorative"]) == bool(cleaned.get("alt")):
            self.add_error(
                "alt",
                _("A decorative picture has no text in its place: take one of the two away.")
                if cleaned["decorative"]
                else _("Say in a sentence what it shows, or tick “decorative”."),
            )
        return cleaned

    def _post_clean(self) -> None:
        """Read the picture last: it takes longest, and what is read is stored."""
        super()._post_clean()  # type: ignore[misc]  # Django's own hook, which its stubs leave out
        upload = self.cleaned_data.get("upload")
        if isinstance(upload, UploadedFile) and not self.errors:
            self._read(upload)

    def _key(self, name: str) -> str:
        """Return a free key that says what the name says."""
        stem = slug(name)[: LONGEST_KEY - 5].strip("-") or "picture"
        taken = set(MediaAsset.objects.filter(key__startswith=stem).values_list("key", flat=True))
        return next(
            key for key in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if key not in taken
        )

    def _read(self, upload: "UploadedFile[bytes]") -> None:
        try:
            media.take_in(self.instance, upload, size=upload.size or 0, now=now())  # type: ignore[arg-type]  # it reads and seeks
        except pictures.NotAPicture as refusal:
            self.add_error("upload", str(refusal))


@admin.register(MediaAsset)
class MediaAdmin(KeptList):
    form = MediaForm
    list_display = ("small", "name", "key", "said", "size", "created_at")
    list_display_links = ("small", "name")
    list_filter = ("decorative",)
    search_fields = ("name", "key", "alt", "credit")
    ordering = ("-created_at",)
    list_per_page = 50
    fields = ("upload", "name", "key", ("alt", "decorative"), "credit")
    change_form_outer_before_template = "admin/courses/media_shown.html"

    @admin.display(description=gettext_lazy("picture"))
    def small(self, asset: MediaAsset) -> SafeString:
        """Show it small; its name stands beside it."""
        return render_to_string("admin/courses/media_small.html", {"picture": media.of(asset)})

    @admin.display(description=gettext_lazy("text in its place"))
    def said(self, asset: MediaAsset) -> str:
        """What it says, or that it says nothing."""
        return asset.alt or _("decorative")

    @admin.display(description=gettext_lazy("size"))
    def size(self, asset: MediaAsset) -> str:
        """Its width and height."""
        return f"{asset.width} × {asset.height}"  # noqa: RUF001  the sign between two lengths

    def get_fields(self, request: HttpRequest, obj: MediaAsset | None = None) -> tuple[Any, ...]:
        """Leave the file out where it is there already."""
        return self.fields if obj is None else self.fields[1:]

    def get_readonly_fields(self, request: HttpRequest, obj: MediaAsset | None = None) -> tuple[str, ...]:
        """Freeze the key: lessons name the picture by it."""
        return ("key",) if obj is not None else ()

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Show the picture, how a lesson names it and which lessons do."""
        asset = kwargs.get("obj")
        if asset is not None:
            context |= {"asset": asset, "shown": media.of(asset), "lessons": media.lessons_naming(asset)}
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: MediaAsset, form: Any, change: bool) -> None:
        """Save, and let this process forget the old words at once (others do within a minute)."""
        super().save_model(request, obj, form, change)
        media.forget()

    def has_delete_permission(self, request: HttpRequest, obj: MediaAsset | None = None) -> bool:
        """Allow deleting one that no lesson shows; several at once never."""
        allowed: bool = super().has_delete_permission(request, obj)
        return allowed and obj is not None and not media.lessons_naming(obj).exists()

    def delete_model(self, request: HttpRequest, obj: MediaAsset) -> None:
        """Delete it with its files; a lesson that came to show it meanwhile keeps it."""
        try:
            media.delete(obj)
        except media.StillNamed as refusal:
            messages.error(request, _("Not deleted. %(why)s") % {"why": refusal})

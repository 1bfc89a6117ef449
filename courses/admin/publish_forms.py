"""What editors fill in on the page that publishes."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from courses.releases import Seen

CHANGES = [
    ("minor", gettext_lazy("Minor")),
    ("major", gettext_lazy("Major")),
    ("each", gettext_lazy("Each as it is")),
]
BUTTONS = ("now", "later", "away", "ask", "withdraw", "decline")
"""What the page's buttons do: publish now or at a time, take away at a time, and the steps of a review."""

LOCAL = "%Y-%m-%dT%H:%M"


class Instant(UnfoldAdminTextInputWidget):  # type: ignore[misc]  # unfold ships no types
    """A field for a day and an hour, in the editor's own time zone."""

    input_type = "datetime-local"

    def format_value(self, value: Any) -> Any:
        """Write a time as such fields have it."""
        return value.strftime(LOCAL) if hasattr(value, "strftime") else value


class PublishForm(forms.Form):
    """How drafts are published: as a minor or a major change, with a note, now or at a time."""

    change = forms.ChoiceField(choices=CHANGES)
    note = forms.CharField(
        max_length=200,
        required=False,
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("What changed and why, for other editors. It stands in the list of versions."),
        widget=UnfoldAdminTextInputWidget,
    )
    at = forms.DateTimeField(
        required=False,
        label=gettext_lazy("At"),
        input_formats=[LOCAL, "%Y-%m-%d %H:%M"],
        error_messages={
            "invalid": gettext_lazy("Write it as year-month-day hour:minute, such as 2026-11-24 18:00.")
        },
        widget=Instant,
    )
    seen = forms.JSONField(required=False, widget=forms.HiddenInput)
    when = forms.ChoiceField(choices=[(each, each) for each in BUTTONS])

    def clean_seen(self) -> dict[str, Seen]:
        """Refuse what no page of ours has sent."""
        seen = self.cleaned_data["seen"] or {}
        if not isinstance(seen, dict) or not all(isinstance(each, dict) for each in seen.values()):
            raise forms.ValidationError(_("Look at the changes again."))
        return {
            str(name): {"live": each.get("live"), "hash": str(each.get("hash")), "fields": _texts(each)}
            for name, each in seen.items()
        }

    def clean(self) -> dict[str, Any]:
        """Ask for a time where one is needed, and for a reason where a draft is sent back."""
        cleaned: dict[str, Any] = super().clean() or {}
        when = cleaned.get("when")
        if when in ("later", "away") and not cleaned.get("at") and "at" not in self.errors:
            self.add_error("at", _("Say when."))
        if when == "decline" and not cleaned.get("note"):
            self.add_error("note", _("Say what is to be changed."))
        return cleaned

    @property
    def major(self) -> bool | None:
        """What was chosen; None leaves it to each change."""
        return {"minor": False, "major": True}.get(self.cleaned_data["change"])


def _texts(seen: dict[str, Any]) -> dict[str, str]:
    fields = seen.get("fields")
    return {str(label): str(each) for label, each in fields.items()} if isinstance(fields, dict) else {}

"""The form that every list of addresses is uploaded with; what becomes of its lines is shown first."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextareaWidget

from accounts import address_lists
from accounts.address_lists import Line, Told
from accounts.models import User

LARGEST = 1_000_000  # bytes of a list
SHOWN = 200
TEMPLATE = "admin/accounts/address_list.html"


class AddressListForm(forms.BaseForm):
    """A file, or addresses typed below it. `lines` holds what was read of them."""

    lines: list[Line]

    def clean(self) -> dict[str, Any]:
        """Read the list; a file goes before what is typed."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        file = cleaned.get("file")
        if file is not None and file.size > LARGEST:
            self.add_error("file", _("The file is larger than 1 MB."))
            return cleaned
        try:
            text = file.read().decode("utf-8") if file is not None else cleaned.get("addresses", "")
            self.lines = address_lists.read(text)
        except UnicodeDecodeError:
            self.add_error("file", _("The file is not in UTF-8. Save it as CSV UTF-8."))
        except address_lists.UnreadableError as error:
            self.add_error("file" if file is not None else "addresses", str(error))
        return cleaned


def file_field() -> forms.FileField:
    """Return the field for a file with addresses."""
    label = gettext_lazy("File (CSV or text)")
    return forms.FileField(label=label, required=False, widget=UnfoldAdminFileFieldWidget)


def addresses_field() -> forms.CharField:
    """Return the field for addresses that are typed or pasted."""
    return forms.CharField(
        label=gettext_lazy("Or addresses, one a line"),
        required=False,
        max_length=LARGEST,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 8}),
    )


def people_at(text: str) -> list[User]:
    """Return the accounts with these addresses, one a line. Raises ValidationError with those that have none.

    A person is chosen by address, since they are shown by a number wherever else.
    """
    lines = [Line(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1)]
    wanted = [line for line in lines if line.address]
    found = address_lists.accounts_of(wanted)
    unknown = [line.address for line in wanted if line.address.lower() not in found]
    if unknown:
        raise forms.ValidationError(
            _("No account has this address: %(addresses)s.") % {"addresses": ", ".join(unknown)}
        )
    return list({user.pk: user for user in found.values()}.values())


def shown(told: list[Told], good: list[str]) -> dict[str, Any]:
    """Return what the page shows of a list that was looked at: the lines told of, and those that are good."""
    return {
        "looked_at": True,
        "shown": told[:SHOWN],
        "more": max(0, len(told) - SHOWN),
        "read": "\n".join(good),
    }

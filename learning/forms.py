"""What learners fill in."""

from collections.abc import Collection
from datetime import date, time, timedelta
from typing import Any, ClassVar

from django import forms
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from learning.models import ContentReport, ReminderContract
from learning.reminders.reasons import SWITCHES

DAYS = [(number + 1, name) for number, name in WEEKDAYS_ABBR.items()]
HOURS = [
    (f"{hour:02}:{minute:02}", f"{hour:02}:{minute:02}")
    for hour in range(5, 23)
    for minute in (0, 15, 30, 45)
]


def _ceilings() -> list[tuple[int, str]]:
    return [
        (mails, ngettext("%(mails)s mail a week", "%(mails)s mails a week", mails) % {"mails": mails})
        for mails in range(1, 5)
    ]


class ReminderForm(forms.Form):
    """When reminders come: days, the hour on the learner's own clock, and how many a week at most."""

    DEFAULTS: ClassVar[dict[str, Any]] = {"weekdays": [2, 4], "local_time": "18:00", "ceiling_per_week": 3}

    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("On these days"),
        choices=DAYS,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("Choose at least one day. To get no mails, press “No mails”.")
        },
    )
    local_time = forms.TypedChoiceField(
        label=pgettext_lazy("a time of day", "At"), choices=HOURS, coerce=time.fromisoformat
    )
    ceiling_per_week = forms.TypedChoiceField(label=gettext_lazy("At most"), choices=_ceilings, coerce=int)
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("About"),
        choices=list(SWITCHES.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one. To get no mails, press “No mails”.")},
    )
    always_send = forms.BooleanField(label=gettext_lazy("Always send mine"), required=False)

    def __init__(self, *args: Any, hold_out: int, **kwargs: Any) -> None:
        """`hold_out`: per cent of weeks in which digests are left out; 0 asks nothing about it."""
        super().__init__(*args, **kwargs)
        self.fields["always_send"].help_text = _(
            "To learn whether the three counts help, we leave them out in %(weeks)s of 100 weeks, drawn by "
            "chance. Your mail comes all the same, about the next thing."
        ) % {"weeks": hold_out}
        if not hold_out:
            del self.fields["always_send"]

    @classmethod
    def initial_for(cls, contract: ReminderContract | None, wanted: Collection[str]) -> dict[str, Any]:
        """Return what the fields show at first: what the learner asked for, else the defaults."""
        if contract is None:
            return {**cls.DEFAULTS, "kinds": list(wanted)}
        return {
            "kinds": list(wanted),
            "weekdays": contract.weekdays,
            "local_time": contract.local_time.strftime("%H:%M"),
            "ceiling_per_week": contract.ceiling_per_week,
            "always_send": contract.always_send,
        }


class CertificateForm(forms.Form):
    """The name that shall stand on a certificate; learning.certificates says whether it can be set."""

    name = forms.CharField(
        label=gettext_lazy("Your name, as it shall stand on the certificate"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Nobody checks it. Whoever sees the certificate sees the name."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class InterviewForm(forms.Form):
    """The date of an interview that everything is to come back before."""

    FURTHEST: ClassVar[timedelta] = timedelta(days=366)

    interview_on = forms.DateField(
        label=gettext_lazy("Interview on"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Choose the date of your interview."),
            "invalid": gettext_lazy("Write the date as year, month, day: 2027-03-31."),
        },
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_interview_on(self) -> date:
        """Take a date from tomorrow on, and within a year."""
        given: date = self.cleaned_data["interview_on"]
        if given <= self.today:
            raise forms.ValidationError(_("Choose a date after today."))
        if given > self.today + self.FURTHEST:
            raise forms.ValidationError(_("Choose a date within a year."))
        return given


class PauseForm(forms.Form):
    """Until when no reminders come; two weeks if no date is given."""

    LONGEST = timedelta(days=365)

    until = forms.DateField(
        label=gettext_lazy("Mails begin again on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Write the date as year-month-day, such as 2027-01-07.")},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """`today` is the learner's local date."""
        self.today = today
        super().__init__(*args, **kwargs)

    def clean_until(self) -> date | None:
        """Take a day after today, at most a year away."""
        until: date | None = self.cleaned_data["until"]
        if until and not self.today < until <= self.today + self.LONGEST:
            raise forms.ValidationError(_("Choose a day after today, at most a year away."))
        return until


class ReportForm(forms.Form):
    """What is wrong with something that was shown. Only who has an account can be told by mail."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        choices=ContentReport.Kind.choices,
        initial=ContentReport.Kind.WRONG,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=gettext_lazy("What should we look at?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Only editors read it. A source helps, if you have one."),
        error_messages={"required": gettext_lazy("Say in a few words what is wrong.")},
    )
    wants_mail = forms.BooleanField(
        label=gettext_lazy("Tell me by mail, too"),
        required=False,
        help_text=gettext_lazy("In any case your progress page tells you what became of it."),
    )
    back = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)

    def __init__(self, *args: Any, has_account: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_account:
            self.fields.pop("wants_mail")

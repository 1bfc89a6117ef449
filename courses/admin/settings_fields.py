"""The settings of a question as fields of its form: one for each that the shape of a type names."""

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from courses.question_types import TYPES
from courses.question_types.shape import Setting

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

TYPE_NAMES = {
    "single": gettext_lazy("One right choice"),
    "multiple": gettext_lazy("Several right choices"),
    "true_false": gettext_lazy("True or false"),
    "classify": gettext_lazy("Sort into buckets"),
    "match": gettext_lazy("Match pairs"),
    "order": gettext_lazy("Put into order"),
    "numeric": gettext_lazy("A number"),
    "short_text": gettext_lazy("A word or two"),
    "scenario": gettext_lazy("Scenario, judged by experts"),
}
"""What editors call the types."""

LABELS = {
    "answer": gettext_lazy("Answer"),
    "tolerance": gettext_lazy("Tolerance"),
    "unit": gettext_lazy("Unit"),
    "near": gettext_lazy("Near"),
    "accept": gettext_lazy("Accept"),
    "feedback": gettext_lazy("Feedback"),
}
"""What editors call the settings."""

PREFIX = "setting_"
SETTINGS: dict[str, Setting] = {}
"""Every setting of any type by its name; types that name theirs alike share the field."""

USED_BY: dict[str, list[str]] = {}
for _name, _kind in TYPES.items():
    for _setting in _kind.SHAPE.settings:
        SETTINGS.setdefault(_setting.name, _setting)
        USED_BY.setdefault(_setting.name, []).append(_name)


def field_names(type_name: str | None) -> tuple[str, ...]:
    """Return the form's fields for the settings of a type; of all types where it is not chosen yet."""
    if type_name not in TYPES:
        return tuple(PREFIX + name for name in SETTINGS)
    return tuple(PREFIX + setting.name for setting in TYPES[type_name].SHAPE.settings)


def _number(text: str) -> int | float:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value) >= 10**12 or round(value, 4) != value:
        raise forms.ValidationError(
            _("“%(text)s” must be a number with at most 4 places after the point.") % {"text": text}
        )
    return int(value) if value == value.to_integral_value() else float(value)


def _to_json(setting: Setting, text: str) -> Any:
    """Return what an editor wrote as the setting holds it. Raises ValidationError."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    match setting.kind:
        case "number":
            return _number(text)
        case "text":
            return text
        case "texts":
            return lines
        case "near_numbers" | "near_texts":
            return [_near(setting, line) for line in lines]


def _near(setting: Setting, line: str) -> dict[str, Any]:
    answer, separator, feedback = (part.strip() for part in line.partition("|"))
    if not (answer and separator and feedback):
        raise forms.ValidationError(
            _("“%(line)s” must be an answer, a bar and its feedback: 5000 | Too much.") % {"line": line}
        )
    if setting.kind == "near_numbers":
        return {"value": _number(answer), "feedback": feedback}
    return {"text": answer, "feedback": feedback}


def _to_text(value: Any) -> str:
    """Return a setting as an editor reads and writes it."""
    if not isinstance(value, list):
        return str(value)
    near = [one if isinstance(one, str) else " | ".join(map(str, one.values())) for one in value]
    return "\n".join(near)


def _field(name: str) -> forms.CharField:
    setting = SETTINGS[name]
    says = [setting.help, format_lazy(gettext_lazy("For {types}."), types=_types(name))]
    if setting.kind == "texts":
        says.insert(0, gettext_lazy("A line for each."))
    if setting.kind.startswith("near_"):
        says.insert(0, gettext_lazy("A line for each: the answer, a bar | and its feedback."))
    one_line = setting.kind == "number" or setting.public
    widget = UnfoldAdminTextInputWidget() if one_line else UnfoldAdminTextareaWidget(attrs={"rows": 4})
    help_text = format_lazy(" ".join("{}" for _ in says), *says)
    return forms.CharField(label=LABELS[name], required=False, widget=widget, help_text=help_text)


def _types(name: str) -> "StrPromise":
    """Return what editors call the types that have a setting."""
    return format_lazy(
        ", ".join("“{}”" for _ in USED_BY[name]), *(TYPE_NAMES[kind] for kind in USED_BY[name])
    )


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """A question's form whose settings are fields of their own."""

    setting_answer = _field("answer")
    setting_tolerance = _field("tolerance")
    setting_unit = _field("unit")
    setting_near = _field("near")
    setting_accept = _field("accept")
    setting_feedback = _field("feedback")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, value in self.instance.settings.items():
            if PREFIX + name in self.fields:
                self.initial[PREFIX + name] = _to_text(value)

    def clean(self) -> dict[str, Any]:
        """Put the fields of the type into the question's settings, and name what is wrong with each."""
        cleaned: dict[str, Any] = super().clean() or {}
        kind = TYPES.get(cleaned.get("type") or "")
        settings: dict[str, Any] = {}
        for setting in kind.SHAPE.settings if kind else ():
            text = cleaned.get(PREFIX + setting.name, "")
            try:
                if text or setting.public:
                    settings[setting.name] = _to_json(setting, text)
            except forms.ValidationError as error:
                self.add_error(PREFIX + setting.name, error)
        self.instance.settings = settings
        return cleaned

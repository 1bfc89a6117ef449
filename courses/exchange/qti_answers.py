"""Which answer a QTI item declares right, what others are worth, and how exact a number must be. Pure."""

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from courses.exchange.found import number
from courses.exchange.words import local_name
from courses.wording import gettext as _


@dataclass(frozen=True)
class Answer:
    """The declaration of a response."""

    cardinality: str
    base_type: str
    correct: list[str] = field(default_factory=list)
    worth: dict[str, float] = field(default_factory=dict)
    tolerance: float = 0
    relative: bool = False

    def tolerance_of(self, value: float) -> float:
        """Return how far from a number an answer may lie; QTI also writes it in per cent of the number."""
        return round(abs(value) * self.tolerance / 100, 6) if self.relative else self.tolerance


def answers_to(root: Element, interaction: Element) -> Answer:
    """Return what the item declares of the answer to its interaction. Raises ValueError if none."""
    name = interaction.get("response-identifier", "")
    declarations = [one for one in root if local_name(one) == "qti-response-declaration"]
    declared = next((one for one in declarations if one.get("identifier") == name), None)
    if declared is None:
        raise ValueError(_("it declares no answer “%(name)s”") % {"name": name[:40]})
    correct = [
        " ".join((value.text or "").split())
        for one in declared
        if local_name(one) == "qti-correct-response"
        for value in one
        if local_name(value) == "qti-value"
    ]
    worth = {
        " ".join(entry.get("map-key", "").split()): float(number(entry.get("mapped-value", "")))
        for one in declared
        if local_name(one) == "qti-mapping"
        for entry in one
    }
    if not correct and not any(value > 0 for value in worth.values()):
        raise ValueError(_("it does not say which answer is right"))
    tolerance, relative = _tolerance(root)
    cardinality, base_type = declared.get("cardinality", "single"), declared.get("base-type", "identifier")
    return Answer(cardinality, base_type, correct, worth, tolerance, relative)


def _tolerance(root: Element) -> tuple[float, bool]:
    """Return the wider side of the tolerance of the first comparison, and whether it is in per cent."""
    for one in root.iter():
        mode = one.get("tolerance-mode", "exact")
        if local_name(one) == "qti-equal" and mode in ("absolute", "relative") and one.get("tolerance"):
            return max(number(part) for part in one.get("tolerance", "0").split()), mode == "relative"
    return 0, False

"""What admins may know of everybody's answers: one line for each scale from 30 people on, and no more."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from careers import reliability
from careers.models import Instrument, Item, Response, ResponseSet, Scale
from courses.numbers import minus

MOST_PEOPLE = 1_000
"""The newest so many are enough, and the page stays quick however many there are."""


@dataclass(frozen=True, slots=True)
class ScaleAgreement:
    """How the statements of one scale hang together over `people`; without `alpha` nothing can be said."""

    scale: Scale
    people: int
    alpha: float | None
    misfits: list[Item]

    def __str__(self) -> str:
        if self.people < reliability.LEAST_PEOPLE:
            return _("%(scale)s: shown from %(least)d people on.") % {
                "scale": self.scale.name,
                "least": reliability.LEAST_PEOPLE,
            }
        if self.alpha is None:
            return _("%(scale)s: n = %(people)d, all answers are alike.") % {
                "scale": self.scale.name,
                "people": self.people,
            }
        return _("%(scale)s: Cronbach\u2019s alpha %(alpha)s, n = %(people)d.") % {
            "scale": self.scale.name,
            "alpha": minus(f"{self.alpha:.2f}"),
            "people": self.people,
        }


def of(instrument: Instrument) -> list[ScaleAgreement]:
    """Return a line for each scale, from everybody's newest complete answers (4 queries)."""
    newest = ResponseSet.objects.filter(instrument=instrument, result__isnull=False)
    ids = newest.order_by("user_id", "-number").distinct("user_id").values("pk")
    chosen = ResponseSet.objects.filter(pk__in=ids).order_by("-pk").values_list("pk", flat=True)[:MOST_PEOPLE]
    statements = Item.objects.asked().filter(instrument=instrument, scale__isnull=False)
    items: dict[int | None, list[Item]] = defaultdict(list)
    for item in statements:
        items[item.scale_id].append(item)
    points: dict[int, dict[int, int]] = defaultdict(dict)
    rows = Response.objects.filter(response_set__in=list(chosen), value__isnull=False)
    for set_id, item_id, product, project in rows.values_list(
        "response_set_id", "item_id", "product", "project"
    ):
        points[set_id][item_id] = product if product is not None else project or 0
    return [_agreement(scale, items[scale.pk], list(points.values())) for scale in instrument.scales.all()]


def _agreement(scale: Scale, items: list[Item], people: Sequence[dict[int, int]]) -> ScaleAgreement:
    table = [
        [points[item.pk] for item in items] for points in people if all(item.pk in points for item in items)
    ]
    if not items or len(table) < reliability.LEAST_PEOPLE:
        return ScaleAgreement(scale, len(table) if items else 0, None, [])
    fits = zip(items, reliability.rest_correlations(table), strict=True)
    misfits = [item for item, fit in fits if fit is None or fit < reliability.LEAST_CORRELATION]
    return ScaleAgreement(scale, len(table), reliability.alpha(table), misfits)

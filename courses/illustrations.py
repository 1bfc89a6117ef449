"""Figures of lessons as HTML, drawn from their data and from facts as they are at that moment; pictures."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override

from courses import figures
from courses.markdown import Segment
from courses.media import Shown
from courses.models import Version


def shown(
    figure: figures.Figure, *, number: str, live: Mapping[str, Version], today: date, language: str
) -> SafeString:
    """Return a figure with its caption and its table; a remark where the facts no longer make one.

    `number` tells the lesson's figures apart, `live` has the versions of facts by key, and `today` is the
    learner's date, which decides whether a fact is overdue. What is drawn is in `language`, the lesson's.
    """
    facts = tuple(_number(live[key], today) for key in figure.facts if key in live)
    return _shown(figure, number, facts, language)


@lru_cache(maxsize=128)
def _shown(
    figure: figures.Figure, number: str, facts: tuple[figures.Number, ...], language: str
) -> SafeString:
    """Draw once what is the same for everyone until a fact changes: it takes some milliseconds."""
    numbers = {fact.key: fact for fact in facts}
    try:
        with override(language):
            drawings, table = figure.drawings(numbers), figure.table(numbers)
    except figures.Undrawable:
        return format_html("<p>{}</p>", _("(figure withdrawn: %(title)s)") % {"title": figure.title})
    context = {
        "id": f"figure-{number}",
        "figure": figure,
        "drawings": [
            (name, drawing, mark_safe(drawing.markup))  # noqa: S308 - escaped by courses.figures.canvas
            for name, drawing in drawings.items()
        ],
        "table": table,
        "language": language,
        "origins": figures.origins(facts),
    }
    return render_to_string("courses/figure.html", context)


def _number(version: Version, today: date) -> figures.Number:
    """Return a fact's version as figures take it."""
    body = version.body
    review_by = date.fromisoformat(body["review_by"])
    return figures.Number(
        key=version.key,
        show=body["show"],
        value=Decimal(body["value"]),
        unit=body["unit"],
        statement=body["statement"],
        source=f"{body['source']['title']}, {body['source']['publisher']}",
        as_of=body["as_of"],
        as_of_note=body["as_of_note"],
        bears=body["bears"],
        review_by=review_by,
        stale=review_by < today,
    )


def picture(place: Segment, shown: Shown | None) -> SafeString:
    """Return a picture with its caption; where it is gone, the words that stand in its place."""
    words = mark_safe(place.html)  # noqa: S308 - escaped when the segment was made
    if shown is None:
        if not words:
            return SafeString()
        return format_html("<p>{}</p>", format_html(_("(picture withdrawn: {})"), words))
    context = {"picture": shown, "alt": words or shown.alt, "caption": place.caption}
    return render_to_string("courses/picture.html", context)

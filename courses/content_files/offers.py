"""What a release of the curriculum changed where an editor had, too: kept for somebody's choice.

Of every object, `base` is as it was last taken over (or declined): what an editor's changes are changes of.
"""

from typing import Any

from courses.content_files.as_json import dumped
from courses.content_files.format import Item, digest
from courses.content_files.steps import Plan, Step
from courses.models import ShippedContent

NOTHING: dict[str, Any] = {"offered": None, "offered_release": "", "offered_hash": "", "waits_for": ""}
TAKEN = ["base", "base_release", "updated_in", *NOTHING]


def remember(plan: Plan[Item], *, release: str) -> None:
    """Keep what an import has taken over, and what it offers, inside the caller's transaction.

    Where the files are as they were, it takes one query.
    """
    known = {
        (kind, course, key): (pk, offered_hash)
        for pk, kind, course, key, offered_hash in ShippedContent.objects.values_list(
            "pk", "kind", "course_key", "key", "offered_hash"
        )
    }
    taken: list[ShippedContent] = []
    for step in plan.steps:
        pk, offered_hash = known.get(step.name, (None, ""))
        if step.offers:
            _offer(step, pk, offered_hash, release=release)
        elif step.action in ("add", "update") or (step.action == "same" and pk is None):
            base = {"base": dumped(step.item), "base_release": release}
            taken.append(_named(step, **base, updated_in=release if step.action == "update" else ""))
        elif offered_hash and pk is not None:
            ShippedContent.objects.filter(pk=pk).update(**NOTHING)
    ShippedContent.objects.bulk_create(
        taken,
        update_conflicts=True,
        unique_fields=["kind", "course_key", "key"],
        update_fields=TAKEN,
        batch_size=500,
    )


def _offer(step: Step[Item], pk: int | None, offered_hash: str, *, release: str) -> None:
    found = digest(step.item)
    if found == offered_hash:
        return
    values = {
        "offered": dumped(step.item),
        "offered_release": release,
        "offered_hash": found,
        "waits_for": step.reason[:200] if step.offers == "later" else "",
    }
    if pk is None:
        _named(step, **values).save(force_insert=True)
    else:
        ShippedContent.objects.filter(pk=pk).update(**values)


def _named(step: Step[Item], **values: Any) -> ShippedContent:
    kind, course, key = step.name
    return ShippedContent(kind=kind, course_key=course, key=key, **values)

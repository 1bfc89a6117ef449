"""Choosing between what a release of the curriculum has and what an editor wrote."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import audit
from accounts.models import User
from courses import publishing
from courses.content_files import as_json, in_words, rows, sync
from courses.content_files.format import Item, Question, Quiz
from courses.content_files.steps import Name
from courses.differences import Difference, between
from courses.markdown_syntax import Problem
from courses.models import ShippedContent, Versioned
from courses.models.versions import Shipped


class NotTakeable(ValueError):
    """What was offered is not to be taken as it stands; the message says why. Nothing was written."""


@dataclass(frozen=True)
class Three:
    """One object as it was taken over last, as it is here, and as a release has it."""

    ours: Item | None
    theirs: Item
    theirs_changed: Sequence[Difference]
    ours_changed: Sequence[Difference]
    taking: Sequence[Difference]
    """What taking it over would change here."""


@dataclass(frozen=True)
class Taken:
    """What was taken over, and what of it could not be published: it is a draft."""

    many: int
    unpublished: Sequence[tuple[str, Problem]] = ()


def waiting() -> QuerySet[ShippedContent]:
    """Return what waits for a choice."""
    return ShippedContent.objects.exclude(offered_hash="").order_by("course_key", "kind", "key")


def compare(offer: ShippedContent) -> Three:
    """Return the three states of an object, and how they differ."""
    held = {name: item for name, _, item in sync.named_rows()}
    ours = held.get(name_of(offer))
    theirs = as_json.loaded(offer.kind, offer.offered or {})
    before = in_words.read(as_json.loaded(offer.kind, offer.base)) if offer.base else {}
    after, here = in_words.read(theirs), in_words.read(ours) if ours else {}
    return Three(ours, theirs, between(before, after), between(before, here), between(here, after))


def name_of(offer: ShippedContent) -> Name:
    """Return which object it is."""
    return offer.kind, offer.course_key, offer.key


@transaction.atomic
def take(chosen: Iterable[ShippedContent], *, author: User | None, now: datetime) -> Taken:
    """Write what a release has over the drafts, and publish it; then what waited for that alone.

    What an editor wrote stays: in a version of its own, and in the audit log. Done already is done nothing.
    Raises NotTakeable where a release has offered something else since, or where something is missing.
    """
    offers = _locked(chosen)
    many, changed = 0, list[Versioned]()
    while offers:
        held = {name: (row, item) for name, row, item in sync.named_rows()}
        for offer in sorted(offers, key=lambda each: as_json.ORDER.index(each.kind)):
            theirs = as_json.loaded(offer.kind, offer.offered or {})
            if missing := lacks(offer.course_key, theirs):
                raise NotTakeable(
                    _("%(offer)s waits: the objective %(missing)s is not here yet.")
                    % {"offer": offer, "missing": missing}
                )
            row, ours = held.get(name_of(offer), (None, None))
            written = _write(offer, theirs, row, ours, author=author, now=now)
            changed += [written] if isinstance(written, Versioned) else []
            many += 1
        offers = [each for each in _locked(waiting().exclude(waits_for="")) if not _waits(each)]
    return Taken(many, _publish(changed, author=author, now=now))


def _locked(chosen: Iterable[ShippedContent]) -> list[ShippedContent]:
    """Hold the offers; those that are answered already are none any more."""
    seen = {offer.pk: offer.offered_hash for offer in chosen}
    found = list(waiting().select_for_update().filter(pk__in=seen))
    if any(offer.offered_hash != seen[offer.pk] for offer in found):
        raise NotTakeable(_("A newer release has offered something else since. Look at it again."))
    return found


def _waits(offer: ShippedContent) -> bool:
    return bool(lacks(offer.course_key, as_json.loaded(offer.kind, offer.offered or {})))


def lacks(course_key: str, item: Item) -> str:
    """Return an objective that an object needs and the course does not have; nothing if it has all."""
    needed: set[str] = set()
    if isinstance(item, Question):
        needed = {item.objective}
    elif isinstance(item, Quiz):
        needed = {key for pool in item.pools for key in pool.objectives}
    return min(needed - rows.objective_keys(course_key), default="") if needed else ""


def _write(
    offer: ShippedContent,
    theirs: Item,
    row: Shipped | None,
    ours: Item | None,
    *,
    author: User | None,
    now: datetime,
) -> Shipped:
    if isinstance(row, Versioned):
        note = f"Before release {offer.offered_release} was taken over".replace("  ", " ")
        publishing.keep(publishing.lock(row), author=author, now=now, note=note, major=None)
    desk = rows.Desk(now, offer.offered_release)
    written = rows.write(offer.course_key, theirs, desk, new=row is None)
    about = {"release": offer.offered_release}
    before = as_json.dumped(ours) if ours else None
    audit.record(actor=author, action="shipped.take", obj=written, before=before, after=about, now=now)
    _settle(offer, updated_in=offer.offered_release)
    return written


def _publish(
    changed: Sequence[Versioned], *, author: User | None, now: datetime
) -> Sequence[tuple[str, Problem]]:
    """Show learners what was taken over, as an import does; what has faults here stays a draft."""
    told: list[tuple[str, Problem]] = []
    for row in publishing.in_order(changed):
        try:
            publishing.publish(row, author=author, now=now, note=f"As shipped, {row.shipped_version}")
        except publishing.NotPublishable as refusal:
            told += [(str(row), problem) for problem in refusal.problems]
    return told


@transaction.atomic
def keep_ours(chosen: Iterable[ShippedContent], *, author: User | None, now: datetime) -> int:
    """Decline what a release has: the drafts stay, and nothing is offered until the files change again.

    Returns how many were declined. What only waits for something else stays offered.
    """
    offers = [offer for offer in _locked(chosen) if not offer.waits_for]
    held = {name: row for name, row, _ in sync.named_rows()} if offers else {}
    for offer in offers:
        row = held[name_of(offer)]
        row.shipped_hash, row.shipped_version = offer.offered_hash, offer.offered_release
        row.save(update_fields=["shipped_hash", "shipped_version"])
        about = {"release": offer.offered_release}
        audit.record(actor=author, action="shipped.decline", obj=row, after=about, now=now)
        _settle(offer)
    return len(offers)


def _settle(offer: ShippedContent, *, updated_in: str = "") -> None:
    """What was offered is what the next changes are changes of."""
    offer.base, offer.base_release = offer.offered, offer.offered_release
    offer.updated_in = updated_in or offer.updated_in
    offer.offered, offer.offered_hash, offer.offered_release, offer.waits_for = None, "", "", ""
    offer.save()


def summary() -> str:
    """Say what the newest release brought: “1.3 changed 4 objects: 3 are taken over, 1 waits.” Or nothing."""
    offered = list(waiting().values_list("offered_release", flat=True))
    if not offered:
        return ""
    release = max(offered, key=offered.count)
    taken = ShippedContent.objects.filter(updated_in=release).exclude(updated_in="").count()
    many, waits = taken + len(offered), len(offered)
    objects = ngettext("%(count)s object", "%(count)s objects", many) % {"count": many}
    rest = ngettext("%(count)s is taken over", "%(count)s are taken over", taken) % {"count": taken}
    wait = ngettext("%(count)s waits for your choice", "%(count)s wait for your choice", waits)
    said = _("The last import changed %(objects)s: %(taken)s, %(waits)s.")
    if release:
        said = _("Release %(release)s changed %(objects)s: %(taken)s, %(waits)s.")
    return said % {"release": release, "objects": objects, "taken": rest, "waits": wait % {"count": waits}}

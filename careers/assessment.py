"""Taking the fit check: what is asked, what was answered, what comes out, and beginning again."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import F, Max

from accounts import guests
from accounts.models import User
from careers import fit
from careers.models import Instrument, Item, PreviewReaction, Response, ResponseSet, Result, Scale


class NoAnswer(Exception):
    """What came is not one of the answers to a question of the fit check."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question in its place, from 1, and what was answered."""

    number: int
    item: Item
    response: Response | None

    @property
    def given(self) -> str:
        """What was chosen, as the form sends it: "1" to "5" or an option's key; "" for nothing yet."""
        if self.response is None:
            return ""
        return self.response.option or str(self.response.value)


@dataclass(frozen=True, slots=True)
class Sitting:
    """A learner's current time through the fit check. `first` questions lead to the first result."""

    asked: list[Asked] = field(default_factory=list)
    first: int = 0
    responses: "ResponseSet | None" = None
    result: Result | None = None

    @property
    def total(self) -> int:
        """How many questions there are."""
        return len(self.asked)

    @property
    def answered(self) -> int:
        """How many of them are answered."""
        return sum(each.response is not None for each in self.asked)

    @property
    def left(self) -> int:
        """How many are left to answer."""
        return self.total - self.answered

    @property
    def next_number(self) -> int | None:
        """The first question without an answer; None when all are answered."""
        return next((each.number for each in self.asked if each.response is None), None)


def current(learner: User | None) -> Sitting:
    """Return where a learner stands in the fit check (2 queries for a visitor, 4 for a learner)."""
    return sitting_of(learner.fit_checks.select_related("result").last() if learner else None)


def sitting_of(responses: ResponseSet | None) -> Sitting:
    """Return what is asked, with what was answered in one set of responses."""
    return _sitting(_items(), responses, list(responses.responses.all()) if responses else [])


def _items() -> dict[str, Item]:
    return {item.key: item for item in Item.objects.asked()}


def _sitting(items: dict[str, Item], latest: ResponseSet | None, responses: list[Response]) -> Sitting:
    """Put what is asked in its order, with what was answered."""
    questions = [as_question(item) for item in items.values()]
    given = {row.item_id: row for row in responses}
    asked = [
        Asked(number, items[question.key], given.get(items[question.key].pk))
        for number, question in enumerate(fit.in_order(questions), start=1)
    ]
    return Sitting(asked, fit.first_part(questions), latest, getattr(latest, "result", None))


def as_question(item: Item) -> fit.Question:
    """Return an item as the scoring orders it; asks for its scale."""
    scale: fit.Scale | None = None
    if item.scale is not None:
        scale = "product" if item.scale.key == Scale.Key.PRODUCT else "project"
    return fit.Question(item.key, scale, item.reverse)


@transaction.atomic
def answer(*, user: User, key: str, given: str, now: datetime) -> Sitting:
    """Keep one answer in the learner's current fit check, and what all of them come to.

    The same answer again changes nothing, another one replaces it. Raises NoAnswer for a question that is not
    asked and for what is no answer to it.
    """
    items = _items()
    item = items.get(key)
    if item is None:
        raise NoAnswer
    values = worth(item, given)
    one_at_a_time(user)
    responses = _current_set(user, item.instrument, now=now)
    row = Response(response_set=responses, item=item, answered_at=now, **values)
    Response.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["response_set", "item"],
        update_fields=["answered_at", *values],
    )
    guests.seen(user, now=now)
    rows = list(responses.responses.select_related("item"))
    sitting = _sitting(items, responses, rows)
    if all(each.response for each in sitting.asked[: sitting.first]):
        keep_result(responses, rows, now=now)
    return sitting


def _current_set(user: User, instrument: Instrument, *, now: datetime) -> ResponseSet:
    """Return the learner's newest set of responses; the first one is made."""
    if found := user.fit_checks.last():
        return found
    return user.fit_checks.create(instrument=instrument, number=1, started_at=now)


def one_at_a_time(user: User) -> None:
    """Let what two windows send for one person happen one after the other, until the transaction ends."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)


def worth(item: Item, given: str) -> dict[str, object]:
    """Return what a response to an item holds. Raises NoAnswer."""
    if item.scale is None:
        for option in item.options.all():
            if option.key == given:
                product, project = map(fit.option_points, (option.product, option.project))
                return {"value": None, "option": option.key, "product": product, "project": project}
        raise NoAnswer
    if given not in map(str, fit.VALUES):
        raise NoAnswer
    points = fit.statement_points(int(given), reverse=item.reverse)
    both = {"product": None, "project": None, item.scale.key: points}
    return {"value": int(given), "option": "", **both}


def as_answer(row: Response) -> fit.Answer:
    """Return a response as the scoring takes it; asks for its item."""
    return fit.Answer(row.item.key, row.product, row.project, row.value, row.item.reverse)


def keep_result(responses: ResponseSet, rows: list[Response], *, now: datetime) -> None:
    """Keep what all responses of a set come to; asks for their items."""
    outcome = fit.score(map(as_answer, rows))
    if outcome is None:
        return
    values = {
        "answered": len(rows),
        "product": outcome.product.score,
        "product_error": outcome.product.error,
        "project": outcome.project.score,
        "project_error": outcome.project.error,
        "verdict": outcome.verdict,
        "side": outcome.side,
        "at": now,
    }
    Result.objects.bulk_create(
        [Result(response_set=responses, **values)],
        update_conflicts=True,
        unique_fields=["response_set"],
        update_fields=list(values),
    )


@transaction.atomic
def take_again(*, user: User, after: int, now: datetime) -> ResponseSet | None:
    """Begin the fit check again after the set with number `after`; the old answers and result stay.

    Sent twice, it begins once: only the newest set can be left behind, and only one with answers.
    """
    one_at_a_time(user)
    newest = user.fit_checks.last()
    if newest is None or newest.number != after or not newest.responses.exists():
        return newest
    guests.seen(user, now=now)
    return user.fit_checks.create(instrument=newest.instrument, number=after + 1, started_at=now)


@transaction.atomic
def react(*, user: User, given: Iterable[tuple[str, str, str]], now: datetime) -> None:
    """Keep how a learner takes parts of the roles' previews: scale, part, reaction. They count in no scale.

    Raises NoAnswer for what is no reaction to a preview, and for who has answered nothing yet.
    """
    responses = user.fit_checks.last()
    if responses is None:
        raise NoAnswer
    scales = {scale.key: scale for scale in Scale.objects.filter(instrument=responses.instrument_id)}
    rows = []
    for key, part, reaction in given:
        known = part in PreviewReaction.Part.values and reaction in PreviewReaction.Reaction.values
        if not known or key not in scales:
            raise NoAnswer
        rows.append(PreviewReaction(response_set=responses, scale=scales[key], part=part, reaction=reaction))
    PreviewReaction.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["response_set", "scale", "part"],
        update_fields=["reaction"],
    )
    guests.seen(user, now=now)


def inherit(*, guest: User, user: User) -> None:
    """Give a guest's fit checks to an account, numbered after the account's own, so that they are the newest.

    Those without an answer go. Where both were asked again after the same module, the guest's counts as one
    taken at any time.
    """
    ResponseSet.objects.filter(user=guest, responses__isnull=True).delete()
    own = ResponseSet.objects.filter(user=user)
    modules = own.filter(after__isnull=False).values_list("after_id", flat=True)
    ResponseSet.objects.filter(user=guest, after__in=list(modules)).update(after=None)
    last: int = own.aggregate(last=Max("number"))["last"] or 0
    ResponseSet.objects.filter(user=guest).update(user=user, number=F("number") + last)

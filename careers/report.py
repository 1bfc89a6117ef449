"""The report of one fit check: the result, the answers behind it, doubts, previews, and earlier results."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from accounts.models import User
from careers import assessment, fit
from careers.models import PreviewReaction, Response, ResponseSet, Result, Scale


@dataclass(frozen=True, slots=True)
class Evidence:
    """One answer in words: the statement and the word for it, or the scenario and what was chosen."""

    text: str
    words: str
    is_scenario: bool


@dataclass(frozen=True, slots=True)
class Side:
    """One role: its range, the answers for and against it, and its preview with the learner's reactions."""

    scale: Scale
    range: fit.Range
    speaks_for: list[Evidence]
    against: list[Evidence]
    preview: list[tuple[str, str, str]]
    """Part, text, and reaction ("" for none yet)."""

    @property
    def width(self) -> float:
        """How wide the range is, in points."""
        return self.range.high - self.range.low


@dataclass(frozen=True, slots=True)
class Move:
    """One result among others. `module` is the title of the one it was asked again after, or ""."""

    number: int
    result: Result
    ranges: list[tuple[str, fit.Range]]
    module: str
    shown: bool


@dataclass(frozen=True, slots=True)
class Report:
    """All of one result."""

    result: Result
    number: int
    sides: list[Side]
    doubts: list[tuple[str, str]]
    """Kind, and the name of the scale."""

    moves: list["Move"]
    """All results, the oldest first: how the picture moved."""


def of(learner: User, *, number: int | None = None) -> Report | None:
    """Return the report of a fit check by its number, or of the newest that has a result (6 queries).

    None where there is no such result.
    """
    results = list(
        Result.objects.filter(response_set__user=learner)
        .select_related("response_set__instrument", "response_set__after")
        .order_by("-response_set__number")
    )
    shown = next((each for each in results if number in (None, each.response_set.number)), None)
    if shown is None:
        return None
    responses = shown.response_set
    answers, evidence = _evidence(responses)
    reactions = {(row.scale_id, row.part): row.reaction for row in responses.reactions.all()}
    sides = [_side(scale, shown, answers, evidence, reactions) for scale in responses.instrument.scales.all()]
    names = {side.scale.key: side.scale.name for side in sides}
    return Report(
        result=shown,
        number=responses.number,
        sides=sides,
        doubts=[(doubt.kind, names.get(doubt.scale or "", "")) for doubt in fit.doubts(answers)],
        moves=[_move(each, shown=each.pk == shown.pk) for each in reversed(results)],
    )


def _move(result: Result, *, shown: bool) -> Move:
    responses = result.response_set
    return Move(
        number=responses.number,
        result=result,
        ranges=[(scale, range_of(result, scale)) for scale in fit.SCALES],
        module=responses.after.title if responses.after else "",
        shown=shown,
    )


def _evidence(responses: ResponseSet) -> tuple[list[fit.Answer], dict[str, Evidence]]:
    # Scenarios and statements take turns, so that of equally strong answers both kinds are shown.
    rows = list(
        responses.responses.select_related("item")
        .prefetch_related("item__options")
        .order_by("item__order", "item__kind", "item_id")
    )
    answers = [assessment.as_answer(row) for row in rows]
    return answers, {row.item.key: in_words(row, responses.instrument.answers) for row in rows}


def in_words(row: Response, words: Sequence[str]) -> Evidence:
    """Return an answer in words; `words` are the five of the instrument it was given to."""
    if row.value is not None:
        return Evidence(row.item.text, words[row.value - 1], is_scenario=False)
    chosen = next((option.text for option in row.item.options.all() if option.key == row.option), row.option)
    return Evidence(row.item.text, chosen, is_scenario=True)


def _side(
    scale: Scale,
    result: Result,
    answers: list[fit.Answer],
    evidence: dict[str, Evidence],
    reactions: dict[tuple[int, str], str],
) -> Side:
    key: fit.Scale = "product" if scale.key == Scale.Key.PRODUCT else "project"
    speaks_for, against = fit.strongest(answers, key)
    texts = {PreviewReaction.Part.GOOD: scale.good, PreviewReaction.Part.DULL: scale.dull}
    return Side(
        scale=scale,
        range=range_of(result, key),
        speaks_for=[evidence[each.key] for each in speaks_for],
        against=[evidence[each.key] for each in against],
        preview=[(part.value, text, reactions.get((scale.pk, part), "")) for part, text in texts.items()],
    )


def outcome(result: Result) -> fit.Outcome:
    """Return a result as the scoring made it."""
    verdicts: dict[str, fit.Verdict] = {
        "clear": "clear",
        "leaning": "leaning",
        "balanced": "balanced",
        "neither": "neither",
    }
    side: fit.Scale | Literal[""] = ""
    if result.side:
        side = "product" if result.side == Scale.Key.PRODUCT else "project"
    return fit.Outcome(
        range_of(result, "product"), range_of(result, "project"), verdicts[result.verdict], side
    )


def range_of(result: Result, scale: fit.Scale) -> fit.Range:
    """Return a result's range on a scale."""
    if scale == "product":
        return fit.Range(result.product, result.product_error)
    return fit.Range(result.project, result.project_error)

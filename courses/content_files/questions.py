"""Questions in files, both ways. What a type's questions are made of is in its shape. Pure."""

from decimal import Decimal
from typing import Any

from courses.content_files import format as files
from courses.question_types import TYPES
from courses.question_types.shape import Setting, Shape
from courses.wording import gettext as _
from courses.yaml_records import Record

MOST_LABEL = 120
LONGEST_HEADING = 80
NO_SHAPE = Shape()


def read(record: Record, *, module: str, order: int) -> files.Question:
    """Read one question of a bank."""
    type_ = record.text("type")
    if type_ not in TYPES:
        record.report(
            "type",
            _("unknown type %(type)r; known are %(types)s") % {"type": type_, "types": ", ".join(TYPES)},
        )
    shape = TYPES[type_].SHAPE if type_ in TYPES else NO_SHAPE
    lesson_key, __, heading = record.text("passage").partition("#")
    if len(heading) > LONGEST_HEADING:
        record.report(
            "passage",
            _("names a heading whose id has more than %(most)s characters") % {"most": LONGEST_HEADING},
        )
    item = files.Question(
        key=record.key("key"),
        module=module,
        order=order,
        type=type_,
        objective=record.key("objective"),
        passage_lesson=lesson_key,
        passage_heading=heading,
        difficulty=record.one_of("difficulty", files.DIFFICULTIES),
        prompt=record.text("prompt"),
        choices=_true_false(record) if type_ == "true_false" else _choices(record, shape),
        explanation=record.text("explanation"),
        uses=_uses(record),
        tags=record.words("tags", (), most=files.LONGEST_TAG),
        buckets=_buckets(record, shape),
        misconception=record.key("misconception", ""),
        settings=_settings(record, shape),
    )
    if type_ in TYPES:
        record.finish()
    return item


def _uses(record: Record) -> tuple[str, ...]:
    uses = record.words("uses", files.DEFAULT_USES)
    if not uses or not set(uses) <= set(files.USES):
        record.report("uses", _("uses must be some of %(uses)s") % {"uses": ", ".join(files.USES)})
    return uses


def _buckets(record: Record, shape: Shape) -> tuple[str, ...]:
    """Return the buckets; of `match`, the extra right sides, which may be left out."""
    record.asked |= {shape.buckets_as} - {""}
    if not shape.buckets_as or (shape.buckets_as == "extra" and not record.has("extra")):
        return ()
    return record.labels(shape.buckets_as, most=MOST_LABEL)


def _choices(record: Record, shape: Shape) -> tuple[files.Choice, ...]:
    choices: list[files.Choice] = []
    for entry in record.records(shape.listed_as) if shape.listed_as else []:
        choices.append(
            files.Choice(
                key=entry.key("key"),
                text=entry.text(shape.text_as),
                feedback=entry.text("feedback") if shape.explains_choices else "",
                correct=entry.flag("correct", False) if shape.truth == "correct" else False,
                bucket=entry.text(shape.truth, most=MOST_LABEL) if shape.truth in ("bucket", "right") else "",
                misconception=entry.key("misconception", "") if shape.explains_choices else "",
                credit=float(entry.decimal("credit")) if shape.truth == "credit" else None,
            )
        )
        entry.finish()
    return tuple(choices)


def _true_false(record: Record) -> tuple[files.Choice, ...]:
    answer = "true" if record.flag("answer") else "false"
    feedback = record.record("feedback")
    if feedback is None:
        return ()
    choices = tuple(
        files.Choice(key=key, text=text, feedback=feedback.text(key), correct=key == answer)
        for key, text in files.TRUE_FALSE
    )
    feedback.finish()
    return choices


def _settings(record: Record, shape: Shape) -> dict[str, Any]:
    record.asked |= {setting.name for setting in shape.settings}
    given = (setting for setting in shape.settings if setting.required or record.has(setting.name))
    return {setting.name: _setting(record, setting) for setting in given}


def _setting(record: Record, setting: Setting) -> Any:
    match setting.kind:
        case "number":
            return _number(record.decimal(setting.name))
        case "text":
            return record.raw(setting.name).strip() if setting.public else record.text(setting.name)
        case "texts":
            return list(record.labels(setting.name, most=MOST_LABEL))
        case "near_numbers" | "near_texts":
            return [_near(entry, setting) for entry in record.records(setting.name)]


def _near(entry: Record, setting: Setting) -> dict[str, Any]:
    near: dict[str, Any] = (
        {"value": _number(entry.decimal("value"))}
        if setting.kind == "near_numbers"
        else {"text": entry.text("text", most=MOST_LABEL)}
    )
    near["feedback"] = entry.text("feedback")
    entry.finish()
    return near


def _number(value: Decimal) -> int | float:
    """Return a number as JSON keeps it: whole where it is whole."""
    return int(value) if value == value.to_integral_value() else float(value)


def record(question: files.Question) -> dict[str, Any]:
    """Return a question as its file holds it, in the canonical order of the fields."""
    shape = TYPES[question.type].SHAPE
    fields: dict[str, Any] = {"key": question.key, "type": question.type}
    if question.uses != files.DEFAULT_USES:
        fields["uses"] = list(question.uses)
    fields["objective"] = question.objective
    fields["passage"] = f"{question.passage_lesson}#{question.passage_heading}"
    fields["difficulty"] = question.difficulty
    if question.tags:
        fields["tags"] = list(question.tags)
    fields["prompt"] = question.prompt
    if question.type == "true_false":
        fields["answer"] = next(choice.key for choice in question.choices if choice.correct) == "true"
        fields["feedback"] = {choice.key == "true": choice.feedback for choice in question.choices}
    else:
        fields |= _listed(question, shape)
    fields |= {
        setting.name: question.settings[setting.name]
        for setting in shape.settings
        if setting.name in question.settings
    }
    if question.misconception:
        fields["misconception"] = question.misconception
    return fields | {"explanation": question.explanation}


def _listed(question: files.Question, shape: Shape) -> dict[str, Any]:
    """Return the choices, with the buckets before them or the extra right sides after them."""
    choices = [_choice(choice, shape) for choice in question.choices]
    fields: dict[str, Any] = {shape.listed_as: choices} if shape.listed_as else {}
    buckets = {shape.buckets_as: list(question.buckets)} if question.buckets and shape.buckets_as else {}
    return fields | buckets if shape.buckets_as == "extra" else buckets | fields


def _choice(choice: files.Choice, shape: Shape) -> dict[str, Any]:
    fields: dict[str, Any] = {"key": choice.key, shape.text_as: choice.text}
    if shape.truth in ("bucket", "right"):
        fields[shape.truth] = choice.bucket
    elif shape.truth == "credit":
        fields["credit"] = choice.credit
    elif choice.correct:
        fields["correct"] = True
    if shape.explains_choices:
        fields["feedback"] = choice.feedback
    if choice.misconception and shape.explains_choices:
        fields["misconception"] = choice.misconception
    return fields

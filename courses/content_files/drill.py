"""The files drill.yaml and adverts.yaml: their records as plain values and back. Pure."""

from typing import Any

from courses.content_files import format as files
from courses.wording import gettext as _
from courses.yaml_records import Record


def sentence(record: Record) -> files.Sentence:
    """Read one entry of drill.yaml."""
    item = files.Sentence(
        key=record.key("key"),
        text=record.text("text", most=240),
        label=record.one_of("label", files.LABELS),
        reason=record.text("reason", most=240),
        likely_wrong=_traps(record),
    )
    record.finish()
    return item


def _traps(record: Record) -> dict[str, str]:
    """Read the misconception behind each wrong label."""
    inner = record.record("likely_wrong") if record.has("likely_wrong") else None
    traps = {label: inner.key(label) for label in files.LABELS if inner.has(label)} if inner else {}
    if inner:
        for name in inner.fields.keys() - set(files.LABELS):
            inner.report(
                name,
                _("is %(name)r; it must be one of %(labels)s")
                % {"name": name, "labels": ", ".join(files.LABELS)},
            )
    return traps


def advert(record: Record) -> files.Advert:
    """Read one entry of adverts.yaml."""
    item = files.Advert(
        key=record.key("key"),
        title=record.text("title", most=80),
        opening=record.text("opening", most=240),
        duties=tuple(_duty(entry) for entry in record.records("duties")),
    )
    record.finish()
    return item


def _duty(record: Record) -> files.Duty:
    item = files.Duty(
        key=record.key("key"),
        text=record.text("text", most=240),
        side=record.one_of("side", files.SIDES),
        reason=record.text("reason", most=240),
    )
    record.finish()
    return item


def sentence_record(item: files.Sentence) -> dict[str, Any]:
    """Return a sentence as drill.yaml holds it."""
    record: dict[str, Any] = {
        "key": item.key,
        "text": item.text,
        "label": item.label,
        "reason": item.reason,
    }
    if item.likely_wrong:
        record["likely_wrong"] = dict(item.likely_wrong)
    return record


def advert_record(item: files.Advert) -> dict[str, Any]:
    """Return an advert as adverts.yaml holds it."""
    duties = [
        {"key": duty.key, "text": duty.text, "side": duty.side, "reason": duty.reason} for duty in item.duties
    ]
    return {"key": item.key, "title": item.title, "opening": item.opening, "duties": duties}


def in_order(sentences: list[files.Sentence]) -> list[files.Sentence]:
    """Return sentences as drill.yaml holds them: by label, then by key."""
    return sorted(sentences, key=lambda item: (files.LABELS.index(item.label), item.key))

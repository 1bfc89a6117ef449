"""Write questions as a package of QTI 3.0 items (https://www.imsglobal.org/spec/qti/v3p0/impl). Pure.

What an item has no place for stands in the manifest, beside the item's file, under a namespace of our own.
"""

import io
import zipfile
from collections.abc import Iterable
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from courses.content_files import format as files
from courses.exchange.qti_bodies import ANSWER, FEEDBACK, KINDS, identifier, pairs
from courses.exchange.words import to_elements
from courses.exchange.written import Written
from courses.plain_text import inline

ITEM = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
PACKAGE = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
OURS = "urn:crossroads:question:1"
ITEM_TYPE = "imsqti_item_xmlv3p0"
SCORE, EXPLAINED, MISORDERED = "SCORE", "EXPLANATION", "MISORDERED"
WORDED = ("qti-item-body", "qti-modal-feedback")
ALWAYS = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the archive: equal questions make equal bytes."""


def write(questions: Iterable[files.Question]) -> Written:
    """Return the package. Other programs see all of a question but its misconceptions and near misses."""
    manifest = Element("manifest", {"xmlns": PACKAGE, "identifier": "crossroads-questions"})
    about = SubElement(manifest, "metadata")
    SubElement(about, "schema").text = "QTI Package"
    SubElement(about, "schemaversion").text = "3.0.0"
    SubElement(manifest, "organizations")
    resources = SubElement(manifest, "resources")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for question in questions:
            name = f"items/{question.key}.xml"
            attributes = {"identifier": identifier(question.key), "type": ITEM_TYPE, "href": name}
            resource = SubElement(resources, "resource", attributes)
            _about(SubElement(resource, "metadata"), question)
            SubElement(resource, "file", {"href": name})
            archive.writestr(_info(name), _bytes(_item(question)))
        archive.writestr(_info("imsmanifest.xml"), _bytes(manifest))
    return Written(out.getvalue())


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, ALWAYS)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info


def _bytes(root: Element) -> bytes:
    """Return the file, with lines and indents where they stand in no text."""
    root.text = "\n"
    for child in root:
        if child.tag not in WORDED:
            ElementTree.indent(child)
        child.tail = "\n"
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _about(metadata: Element, question: files.Question) -> None:
    known = {
        "type": question.type,
        "module": question.module,
        "objective": question.objective,
        "passage": f"{question.passage_lesson}#{question.passage_heading}" if question.passage_lesson else "",
        "difficulty": question.difficulty,
        "uses": " ".join(question.uses),
        "tags": " ".join(question.tags),
        "unit": question.settings.get("unit", ""),
        "misconception": question.misconception,
    }
    ours = SubElement(metadata, "question", {"xmlns": OURS, **{k: v for k, v in known.items() if v}})
    for choice in question.choices:
        if choice.misconception:
            about = {"identifier": identifier(choice.key), "misconception": choice.misconception}
            SubElement(ours, "choice", about)
    for near in question.settings.get("near", []):
        value = str(near.get("value", near.get("text")))
        SubElement(ours, "near", {"value": value}).text = near["feedback"]


def _item(question: files.Question) -> Element:
    about = {
        "xmlns": ITEM,
        "identifier": identifier(question.key),
        "title": inline(question.prompt)[:80],
        "adaptive": "false",
        "time-dependent": "false",
    }
    item = Element("qti-assessment-item", about)
    kind = KINDS[question.type]
    declared = {"identifier": ANSWER, "cardinality": kind.cardinality, "base-type": kind.base_type}
    declaration = SubElement(item, "qti-response-declaration", declared)
    correct = SubElement(declaration, "qti-correct-response")
    for value in kind.correct(question):
        SubElement(correct, "qti-value").text = value
    if mapped := _mapping(question):
        mapping = SubElement(declaration, "qti-mapping", {"default-value": "0", "lower-bound": "0"})
        for key, worth in mapped:
            entry = {"map-key": key, "mapped-value": _number(worth)}
            SubElement(mapping, "qti-map-entry", entry | ({"case-sensitive": "false"} if kind.writes else {}))
    _outcome(item, SCORE, "single", "float")
    if kind.gives_feedback:
        _outcome(item, FEEDBACK, kind.cardinality, "identifier")
    if question.explanation:
        _outcome(item, EXPLAINED, "single", "identifier", "explanation")
    if question.settings.get("feedback"):
        _outcome(item, MISORDERED, "single", "identifier")
    kind.body(SubElement(item, "qti-item-body"), question)
    _process(SubElement(item, "qti-response-processing"), question, mapped=bool(mapped))
    _modal(item, EXPLAINED, "explanation", question.explanation)
    _modal(item, MISORDERED, "misordered", str(question.settings.get("feedback", "")))
    return item


def _outcome(item: Element, name: str, cardinality: str, base_type: str, default: str = "") -> None:
    about = {"identifier": name, "cardinality": cardinality, "base-type": base_type}
    outcome = SubElement(item, "qti-outcome-declaration", about)
    if default:
        SubElement(SubElement(outcome, "qti-default-value"), "qti-value").text = default


def _modal(item: Element, outcome: str, name: str, words: str) -> None:
    if words:
        about = {"outcome-identifier": outcome, "identifier": name, "show-hide": "show"}
        content = SubElement(SubElement(item, "qti-modal-feedback", about), "qti-content-body")
        to_elements(SubElement(content, "p"), words)


def _mapping(question: files.Question) -> list[tuple[str, float]]:
    """Return what each answer is worth, where it is not all or nothing."""
    match question.type:
        case "scenario":
            return [(identifier(choice.key), choice.credit or 0.0) for choice in question.choices]
        case "multiple":
            rights = sum(choice.correct for choice in question.choices) or 1
            wrongs = (len(question.choices) - rights) or 1
            return [
                (identifier(choice.key), 1 / rights if choice.correct else -1 / wrongs)
                for choice in question.choices
            ]
        case "classify" | "match":
            return [(pair, 1 / len(question.choices)) for pair in pairs(question)]
        case "short_text":
            return [(text, 1.0) for text in question.settings["accept"]]
        case _:
            return []


def _number(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _process(processing: Element, question: files.Question, *, mapped: bool) -> None:
    """Say how the answer is scored: by what each is worth, or all or nothing."""
    if mapped:
        value = SubElement(processing, "qti-set-outcome-value", {"identifier": SCORE})
        SubElement(value, "qti-map-response", {"identifier": ANSWER})
    else:
        condition = SubElement(processing, "qti-response-condition")
        right = SubElement(condition, "qti-response-if")
        _compare(right, question)
        _set(right, SCORE, "float", "1")
        if question.settings.get("feedback"):
            _set(SubElement(condition, "qti-response-else"), MISORDERED, "identifier", "misordered")
    if KINDS[question.type].gives_feedback:
        value = SubElement(processing, "qti-set-outcome-value", {"identifier": FEEDBACK})
        SubElement(value, "qti-variable", {"identifier": ANSWER})


def _compare(parent: Element, question: files.Question) -> None:
    if question.type == "numeric":
        tolerance = _number(question.settings["tolerance"])
        about = {"tolerance-mode": "absolute", "tolerance": f"{tolerance} {tolerance}"}
        comparison = SubElement(parent, "qti-equal", about)
    else:
        comparison = SubElement(parent, "qti-match")
    SubElement(comparison, "qti-variable", {"identifier": ANSWER})
    SubElement(comparison, "qti-correct", {"identifier": ANSWER})


def _set(parent: Element, name: str, base_type: str, value: str) -> None:
    setting = SubElement(parent, "qti-set-outcome-value", {"identifier": name})
    SubElement(setting, "qti-base-value", {"base-type": base_type}).text = value

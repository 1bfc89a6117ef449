"""GIFT, QTI 3.0 and CSV: what goes out comes back, and what others write is read by their rules."""

import io
import warnings
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from courses.content_files.format import Question
from courses.exchange import csv_questions, gift_reader, gift_writer, qti_reader, qti_writer
from courses.exchange.found import Reading
from courses.exchange.limits import Deadline, NotReadable, text_of, unpack
from courses.exchange.written import Written
from tests.courses.exchange_examples import EXAMPLES

Write = Callable[[Sequence[Question]], Written]
Read = Callable[[bytes], Reading]


def write_gift(questions: Sequence[Question]) -> Written:
    return gift_writer.write(questions, course="two-pms")


def read_gift(data: bytes) -> Reading:
    return gift_reader.read(text_of(data), Deadline())


def read_csv(data: bytes) -> Reading:
    return csv_questions.read(text_of(data), Deadline())


def read_qti(data: bytes) -> Reading:
    return qti_reader.read(data, Deadline())


FORMATS: dict[str, tuple[Write, Read]] = {
    "gift": (write_gift, read_gift),
    "csv": (csv_questions.write, read_csv),
    "qti": (qti_writer.write, read_qti),
}


def questions_in(reading: Reading) -> list[Question]:
    assert [each.problems for each in reading.found] == [()] * len(reading.found)
    return [each.question for each in reading.found if each.question]


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_exported_imported_and_exported_again_is_the_same_file(name: str) -> None:
    write, read = FORMATS[name]
    first = write(EXAMPLES).content
    again = questions_in(read(first))
    assert len(again) == len(EXAMPLES) - (name == "gift")
    assert write(with_module(again)).content == first


@pytest.mark.parametrize("name", ["csv", "qti"])
def test_nothing_of_a_question_is_lost(name: str) -> None:
    write, read = FORMATS[name]
    assert questions_in(read(write(EXAMPLES).content)) == EXAMPLES


def with_module(questions: Sequence[Question]) -> list[Question]:
    return [replace(each, module="two-words") for each in questions]


@pytest.mark.parametrize(("kind", "content", "problem"), [
    ("csv", b"type;prompt\n", "no question below"),
    ("csv", b"type,prompt,colour\nsingle,x,y\n", "Unknown column"),
    ("csv", b'type,prompt\nsingle,"x\n', "this is no CSV"),
    ("qti", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "DOCTYPE"),
    ("qti", b"<a>" * 100 + b"</a>" * 100, "nested too deeply"),
    ("qti", b"PK\x05\x06" + bytes(18), "no imsmanifest.xml"),
    ("qti", b"PK\x03\x04 and no more", "no zip archive"),
    ("gift", b"// nothing\n", "There is no question in it"),
    ("gift", b"\xff\xfe\x00", "not in UTF-8"),
    ("gift", b"a {=b}\n\n\x00", "Line 3: a character"),
])  # fmt: skip
def test_a_file_that_is_none_is_refused_in_words(kind: str, content: bytes, problem: str) -> None:
    with pytest.raises(NotReadable, match=problem):
        FORMATS[kind][1](content)


def zipped(*files: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of two files with one name
        for name, content in files:
            archive.writestr(name, content)
    return out.getvalue()


LINK = zipfile.ZipInfo("link.yaml")
LINK.external_attr = 0o120777 << 16


@pytest.mark.parametrize(("files", "problem"), [
    ([("../out.yaml", b"")], "no name of a file inside"),
    ([("/etc/passwd", b"")], "no name of a file inside"),
    ([("a\\..\\b", b"")], "no name of a file inside"),
    ([("a.yaml", b""), ("a.yaml", b"")], "twice"),
    ([(LINK, b"/etc/passwd")], "is a link"),
    ([("bomb.yaml", bytes(101_000_000))], "larger than 100 MB"),
    ([(f"{number}.yaml", b"") for number in range(2_001)], "more than 2,000 files"),
])  # fmt: skip
def test_archives_that_are_built_to_do_harm_stay_closed(files: Any, problem: str) -> None:
    with pytest.raises(NotReadable, match=problem):
        unpack(zipped(*files))


def test_a_file_that_says_less_than_it_holds_is_broken() -> None:
    lying = bytearray(zipped(("a.yaml", b"a" * 1000)))
    at = lying.rindex(b"PK\x01\x02") + 24
    lying[at : at + 4] = (10).to_bytes(4, "little")
    with pytest.raises(NotReadable, match="broken"):
        unpack(bytes(lying)).read("a.yaml")


def test_one_large_text_in_an_archive_is_not_unpacked() -> None:
    with pytest.raises(NotReadable, match="larger than 1 MB"):
        unpack(zipped(("a.yaml", bytes(2_000_000)))).read("a.yaml")


ITEM = """<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="x" title="x">
<qti-response-declaration identifier="R" cardinality="{cardinality}" base-type="{base}"><qti-correct-response>
{right}</qti-correct-response></qti-response-declaration><qti-item-body>{body}</qti-item-body>{more}
</qti-assessment-item>"""
CHOICES = "".join(
    f'<qti-simple-associable-choice identifier="{key}" match-max="1">{key}</qti-simple-associable-choice>'
    for key in "ABCD"
)


def item(
    body: str, *right: str, cardinality: str = "multiple", base: str = "pair", more: str = ""
) -> Question:
    """What an item of another program is read as."""
    values = "".join(f"<qti-value>{value}</qti-value>" for value in right)
    text = ITEM.format(body=body, right=values, cardinality=cardinality, base=base, more=more)
    (question,) = questions_in(read_qti(text.encode()))
    return question


def test_pairs_among_one_list_are_matched_and_the_rest_is_extra() -> None:
    body = (
        '<qti-associate-interaction response-identifier="R"><qti-prompt>Who with whom?</qti-prompt>'
        f"{CHOICES}</qti-associate-interaction>"
    )
    found = item(body, "A B", "D C")
    assert [(each.text, each.bucket) for each in found.choices] == [("A", "B"), ("D", "C")]
    assert found.buckets == ()


def test_gaps_of_a_text_are_numbered_and_matched() -> None:
    gap_texts = "".join(
        f'<qti-gap-text identifier="{key}" match-max="1">{key}</qti-gap-text>' for key in "ABC"
    )
    body = (
        f'<qti-gap-match-interaction response-identifier="R">{gap_texts}'
        '<p>First <qti-gap identifier="g1"/> and <qti-gap identifier="g2"/>.</p></qti-gap-match-interaction>'
    )
    found = item(body, "A g1", "C g2", base="directedPair")
    assert found.prompt == "First (1) _____ and (2) _____."
    assert [(each.text, each.bucket) for each in found.choices] == [("Gap 1", "A"), ("Gap 2", "C")]
    assert found.buckets == ("B",)


def test_a_number_has_its_tolerance_also_in_per_cent() -> None:
    more = (
        '<qti-response-processing><qti-equal tolerance-mode="relative" tolerance="10 10">'
        '<qti-variable identifier="R"/><qti-correct identifier="R"/></qti-equal></qti-response-processing>'
    )
    body = '<p>About <qti-text-entry-interaction response-identifier="R"/> days?</p>'
    found = item(body, "200", cardinality="single", base="integer", more=more)
    assert (found.prompt, found.settings) == (
        "About _____ days?",
        {"answer": 200, "tolerance": 20, "unit": ""},
    )


def test_a_picture_gives_its_words_and_the_loss_is_told() -> None:
    body = (
        '<p><img src="https://example.org/a.png" alt="a crane"/> What ends?</p>'
        '<qti-choice-interaction response-identifier="R" max-choices="1">'
        '<qti-simple-choice identifier="A">This</qti-simple-choice>'
        '<qti-simple-choice identifier="B">That</qti-simple-choice></qti-choice-interaction>'
    )
    text = ITEM.format(
        body=body, right="<qti-value>A</qti-value>", cardinality="single", base="identifier", more=""
    )
    (found,) = read_qti(text.encode()).found
    assert found.question is not None
    assert found.question.prompt == "(picture: a crane) What ends?"
    assert found.notes == ("a picture is left out: its words stand in its place",)


@pytest.mark.parametrize(("gift", "expected"), [
    ("Ends? {T#It does not.#Yes.}", ("true_false", {"true": "Yes.", "false": "It does not."})),
    ("Three? {#1..5}", ("numeric", {"answer": 3, "tolerance": 2, "unit": ""})),
    ("Three? {#3:2~#No.}", ("numeric", {"answer": 3, "tolerance": 2, "unit": ""})),
    ("Who? {=Nazareth =%50%Bethlehem#Born there.}",
     ("short_text", {"accept": ["Nazareth"], "near": [{"text": "Bethlehem", "feedback": "Born there."}]})),
    ("Best? {~%25%poor ~%50%fair =good}", ("scenario", {"poor": 0.25, "fair": 0.5, "good": 1.0})),
    ("Two? {~%-50%a ~%50%b ~%50%c ~%-50%d}", ("multiple", {"a": False, "b": True, "c": True, "d": False})),
    ("Grant is {~buried =entombed} there.", ("single", {"buried": False, "entombed": True})),
    ("Pairs. {=a -> b =c -> d = -> e}", ("match", {"a": "b", "c": "d"})),
])  # fmt: skip
def test_gift_is_read_by_its_rules(gift: str, expected: tuple[str, dict[str, Any]]) -> None:
    (found,) = questions_in(read_gift(gift.encode()))
    told: dict[str, Any] = dict(found.settings)
    for choice in found.choices:
        told[choice.text] = {"scenario": choice.credit, "match": choice.bucket}.get(
            found.type, choice.correct
        )
    if found.type == "true_false":
        told = {choice.key: choice.feedback for choice in found.choices}
    assert (found.type, told) == expected

"""A change in an editor's words: paragraphs, words, choices and places; not JSON."""

import json

from hypothesis import given
from hypothesis import strategies as st

from courses import differences, readable
from courses.differences import Passage, Run

BODY = {
    "title": "What is a project?",
    "question": "How do you know?",
    "open": True,
    "minutes": 2,
    "objectives": [{"key": "tell", "text": "Tell it"}],
    "terms": ["sponsor"],
    "sources": [],
    "markdown": "A project ends.\n\n## Listen\n\nAsk what ends and when it does.",
}
MODULE = {"key": "one", "title": "One", "quiz": None}
LESSONS = [{"key": key, "title": f"The lesson on {key}"} for key in ("words", "money", "time")]
texts = st.lists(st.sampled_from(["a b c", "a b d", "e f", "g", "h i j k", "a b c d e"]), max_size=8)


def outline(*lessons: dict[str, str]) -> dict[str, object]:
    """The outline of a course of one module."""
    modules = [{**MODULE, "lessons": list(lessons)}]
    return {"title": "Two jobs", "summary": "S", "language": "en", "modules": modules, "final": None}


def test_a_typo_is_one_word_of_one_paragraph() -> None:
    mended = {**BODY, "markdown": BODY["markdown"].replace("ends and", "stops and")}  # type: ignore[attr-defined]  # a str
    [found] = differences.between(readable.read("lesson", BODY), readable.read("lesson", mended))
    assert found.label == "Text"
    changed = [
        Run("same", "Ask what"),
        Run("removed", "ends"),
        Run("added", "stops"),
        Run("same", "and when it does."),
    ]
    assert found.passages == [Passage("same", same=2), Passage("changed", changed)]


def test_without_a_state_before_everything_is_added() -> None:
    found = differences.between(None, readable.read("lesson", BODY))
    assert {passage.mark for each in found for passage in each.passages} == {"added"}
    assert [each.label for each in found][:2] == ["Title", "Question it answers"]


def test_a_lesson_that_moves_is_said_to_have_moved() -> None:
    words, money, time = LESSONS
    before, after = (
        readable.read("outline", outline(*order)) for order in ((words, money, time), (time, words, money))
    )
    [found] = differences.between(before, after)
    moved = [passage for passage in found.passages if passage.mark != "same"]
    assert moved == [Passage("moved", [Run("same", "Lesson: The lesson on time")])]


def test_a_choice_that_becomes_right_is_said_under_its_key() -> None:
    body = {
        "type": "single",
        "prompt": "Which?",
        "objective": "tell",
        "passage": "one#two",
        "difficulty": "easy",
        "tags": [],
        "uses": ["quiz"],
        "buckets": [],
        "choices": [{"key": "one", "text": "The first"}],
    }
    wrong = {"correct": False, "bucket": None, "feedback": "No.", "misconception": None}
    keys = [
        {"explanation": "So.", "choices": {"one": {**wrong, "correct": right}}} for right in (False, True)
    ]
    [found] = differences.between(*(readable.read("question", body, key) for key in keys))
    assert found.label == "Choice one"
    runs = [Run("same", "This is"), Run("removed", "wrong."), Run("added", "right.")]
    assert found.passages[1] == Passage("changed", runs)


@given(texts, texts)
def test_both_states_can_be_read_off_a_comparison(before: list[str], after: list[str]) -> None:
    found = differences.passages(before, after)
    rebuilt: list[str] = []
    for passage in found:
        if passage.mark == "same":
            rebuilt += after[len(rebuilt) : len(rebuilt) + passage.same]
        elif passage.mark != "removed":
            rebuilt.append(" ".join(run.text for run in passage.runs if run.mark != "removed"))
    assert rebuilt == after
    removed = [
        " ".join(run.text for run in p.runs if run.mark != "added") for p in found if p.mark == "removed"
    ]
    assert all(text in before for text in removed)


def test_what_is_compared_holds_no_json() -> None:
    found = differences.between(None, readable.read("lesson", BODY))
    shown = " ".join(run.text for each in found for passage in each.passages for run in passage.runs)
    assert json.dumps(BODY["objectives"]) not in shown
    assert "Tell it (tell)" in shown


def test_a_very_long_paragraph_is_shown_as_a_whole() -> None:
    long = "word " * (differences.MOST_WORDS + 1)
    [gone, come] = sorted(differences.passages([long], [long + "more"]), key=lambda each: each.mark)
    assert (gone.mark, come.mark) == ("added", "removed")

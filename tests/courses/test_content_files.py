"""Curriculum files: imported whole or not at all, never over an editor's work, exported byte for byte."""

from pathlib import Path

import pytest
from django.core.management import CommandError

from courses import outline
from courses.content_files.reader import read_folder
from courses.content_files.sync import plan_import
from courses.models import Course, Fact, Lesson, Misconception, Objective, Question, Version
from tests.content_folders import change, run
from tests.courses import small
from tests.courses.small import BANK, COURSE, LESSON, QUIZ

SHIPPED = Path(__file__).resolve().parents[2] / "content"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small content folder that a test may break."""
    return small.write(tmp_path / "content")


def tree(root: Path) -> dict[str, bytes]:
    """Return all files below a folder with their bytes."""
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.mark.django_db
def test_the_shipped_content_is_live_after_its_import_and_comes_out_byte_for_byte(tmp_path: Path) -> None:
    run("import_content", SHIPPED)
    course = Course.objects.live().get(key="two-pms")
    assert len(outline.of(course).lessons) == len(list(SHIPPED.glob("two-pms/*/*.md")))
    run("export_content", tmp_path / "out")
    assert tree(tmp_path / "out") == tree(SHIPPED)


@pytest.mark.django_db
def test_every_kind_of_object_comes_out_as_it_went_in(folder: Path, tmp_path: Path) -> None:
    run("import_content", folder)
    run("export_content", tmp_path / "out")
    assert tree(tmp_path / "out") == tree(folder)


@pytest.mark.django_db
def test_a_second_import_changes_nothing(folder: Path) -> None:
    run("import_content", folder)
    before = Version.objects.count(), list(Question.objects.order_by("pk").values())
    assert "0 added, 0 updated, 0 left to editors" in run("import_content", folder)
    assert (Version.objects.count(), list(Question.objects.order_by("pk").values())) == before


@pytest.mark.django_db
def test_a_dry_run_shows_the_plan_and_writes_nothing(folder: Path) -> None:
    said = run("import_content", folder, dry_run=True)
    assert "add lesson what-is-a-project of two-pms" in said
    assert not Course.objects.exists()
    assert not Version.objects.exists()


@pytest.mark.django_db
def test_new_words_in_a_file_are_published_and_the_rest_stays(folder: Path) -> None:
    run("import_content", folder)
    before = Version.objects.count()
    change(folder / LESSON, "On Monday a shop", "One Monday a shop")
    assert "0 added, 1 updated" in run("import_content", folder)
    lesson = Lesson.objects.select_related("live_version").get(key="what-is-a-project")
    assert lesson.live_version is not None
    assert lesson.live_version.body["markdown"].startswith("One Monday")
    assert Version.objects.count() == before + 1


@pytest.mark.django_db
def test_what_an_editor_changed_is_left_alone_and_named(folder: Path) -> None:
    run("import_content", folder)
    Lesson.objects.update(title="The editor's title")
    change(folder / LESSON, "On Monday a shop", "One Monday a shop")
    said = run("import_content", folder)
    assert "keep lesson what-is-a-project of two-pms: an editor changed it" in said
    lesson = Lesson.objects.get()
    assert (lesson.title, lesson.body.startswith("On Monday")) == ("The editor's title", True)


@pytest.mark.django_db
def test_an_editors_misconception_and_figure_are_left_alone_too(folder: Path) -> None:
    run("import_content", folder)
    Misconception.objects.update(name="The editor's name")
    Fact.objects.update(show="the editor's figure")
    change(folder / "misconceptions.yaml", "name: A deadline", "name: One deadline")
    change(folder / "facts.yaml", "about $93,000", "about $1")
    assert "2 left to editors" in run("import_content", folder)
    assert Misconception.objects.get().name == "The editor's name"
    assert Fact.objects.get().show == "the editor's figure"


@pytest.mark.django_db
def test_what_needs_an_objective_of_a_lesson_that_an_editor_changed_waits_too(folder: Path) -> None:
    run("import_content", folder)
    Lesson.objects.update(title="The editor's title")
    change(folder / LESSON, "objectives:\n", "objectives:\n  new-one: See the new\n")
    change(folder / BANK, "objective: recognise-project", "objective: new-one")
    said = run("import_content", folder)
    assert "its objective new-one comes with a lesson that an editor changed" in said
    assert Question.objects.get(key="ends-by-march").objective.key == "recognise-project"


@pytest.mark.django_db
def test_what_the_files_no_longer_hold_stays_and_is_named(folder: Path) -> None:
    glossary = folder / "glossary.yaml"
    before = glossary.read_text(encoding="utf-8")
    glossary.write_text(
        before + "once:\n  name: Once\n  meaning: Not again.\n  used_by: both\n", encoding="utf-8"
    )
    run("import_content", folder)
    glossary.write_text(before, encoding="utf-8")
    assert "keep term once: no longer in the files" in run("import_content", folder)


@pytest.mark.django_db
def test_an_objective_that_a_lesson_drops_is_archived_not_deleted(folder: Path) -> None:
    run("import_content", folder)
    change(folder / LESSON, "  trade-limits: Trade limits\n", "")
    run("import_content", folder)
    assert Objective.objects.get(key="trade-limits").archived_at is not None


@pytest.mark.django_db
def test_five_faults_in_one_file_give_five_lines_and_write_nothing(folder: Path) -> None:
    file = folder / LESSON
    text = file.read_text(encoding="utf-8")
    end = len(text.splitlines())
    file.write_text(
        text.replace("terms: [sponsor]", "terms: [gone]")
        + "\n::: stairs\nOne\n:::\n\nIt costs [[fact:gone]]. See\n[there](lesson:gone).\n"
        + "\n::: check gone\n:::\n",
        encoding="utf-8",
    )
    assert [str(fault) for fault in read_folder(folder).faults] == [
        f"{file}:8: unknown term 'gone'",
        f"{file}:{end + 2}: unknown directive 'stairs'; "
        "known are callout, check, compare, figure, steps, table, takeaways",
        f"{file}:{end + 6}: unknown fact 'gone'",
        f"{file}:{end + 7}: dead link: no lesson has the key 'gone'",
        f"{file}:{end + 9}: unknown question 'gone'",
    ]
    with pytest.raises(CommandError, match="5 faults; nothing was written"):
        run("import_content", folder)
    assert not Version.objects.exists()
    assert not Misconception.objects.exists()


def test_faults_of_form_and_dead_names_are_told_in_one_run(folder: Path) -> None:
    change(folder / "glossary.yaml", "used_by: project", "used_by: nobody")
    change(folder / BANK, "difficulty: easy", "difficulty: lofty")
    change(folder / BANK, "misconception: deadlines", "misconception: gone")
    change(folder / LESSON, "terms: [sponsor]", "terms: [gone]")
    change(folder / QUIZ, "draw: 2", "draw: 9")
    assert [str(fault).partition(": ")[2] for fault in read_folder(folder).faults] == [
        "used_by is 'nobody'; it must be one of product, project, both",
        "unknown term 'gone'",
        "difficulty is 'lofty'; it must be one of easy, medium, hard",
        "pool 1 draws 9, but only 4 questions match",
    ], "a question that is broken in form is not asked for what it names"


def test_while_a_file_cannot_be_read_nothing_is_said_to_be_missing(folder: Path) -> None:
    change(folder / "glossary.yaml", "sponsor:", "sponsor: [")
    (fault,) = read_folder(folder).faults
    assert "no valid YAML" in str(fault)


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "words"),
    [
        ("glossary.yaml", "sponsor:\n", "The Sponsor:\n", 1, "must be a key"),
        ("glossary.yaml", "  name: Sponsor\n", "", 2, "the field 'name' is missing"),
        ("glossary.yaml", "  name: Sponsor\n", "  name: Sponsor\n  nmae: x\n", 3, "unknown field 'nmae'"),
        ("glossary.yaml", "  name: Sponsor\n", "  name: 7\n", 2, "must be text"),
        ("glossary.yaml", "  name: Sponsor\n", f"  name: {'x' * 81}\n", 2, "at most 80"),
        ("glossary.yaml", "  name: Sponsor\n", "  name: a\n  name: b\n", 3, "stands here twice"),
        ("glossary.yaml", "  name: Sponsor\n", "  name: &a Sponsor\n  other: *a\n", 3, "aliases"),
        ("glossary.yaml", "used_by: project", "used_by: nobody", 4, "must be one of"),
        ("facts.yaml", "review_by: 2027-03-15", "review_by: soon", 15, "must be a day such as"),
        ("facts.yaml", "value: 92561.5", "value: many", 9, "must be a number"),
        ("facts.yaml", "as_of: 2025", "as_of: lately", 14, "must be a year, a month or a day"),
        ("facts.yaml", "source: blog", "source: gone", 13, "unknown source 'gone'"),
        (COURSE, "key: two-pms", "key: other", 2, "is not the folder's name"),
        (COURSE, "format: 1", "format: 2", 1, "format must be 1"),
        (COURSE, "- key: two-words", "- key: final", 7, "is the key of the quiz that ends the course"),
        (COURSE, "draw: 1", "draw: 9", 18, "draws 9, but only 4 questions match"),
        (COURSE, "delay_hours: 24", "delay: 24", 17, "unknown field 'delay'"),
        (LESSON, "---\n", "", 1, "begins with front matter"),
        (LESSON, "::: check", "> ::: check", 14, "stands alone"),
        (LESSON, "objectives:\n", f"objectives:\n  long: {'x' * 201}\n", 6, "at most 200"),
        (BANK, "#listen-for-the-end", f"#{'x' * 81}", 6, "more than 80 characters"),
        (BANK, "- project\n  prompt", f"- {'x' * 41}\n  prompt", 8, "more than 40 characters"),
        (BANK, "objective: recognise-project", "objective: gone", 5, "unknown objective 'gone'"),
        (BANK, "#listen-for-the-end", "#gone", 6, "has no heading 'gone'"),
        (BANK, "type: single", "type: essay", 2, "unknown type 'essay'"),
        (BANK, "feedback: It never ends.", "feedback: ''", 14, "feedback is empty"),
        (BANK, "      correct: true\n", "", 11, "exactly one choice is correct, not 0"),
        (BANK, "misconception: deadlines", "misconception: gone", 12, "unknown misconception 'gone'"),
        (BANK, "key: which-ends", "key: ends-by-march", 22, "two questions have the key"),
        (QUIZ, "draw: 2", "draw: 9", 8, "draws 9, but only 4 questions match"),
        (QUIZ, "pass_mark: 70", "pass_mark: 170", 2, "from 1 to 100"),
    ],
)
def test_each_fault_of_a_file_has_its_line(
    folder: Path, file: str, old: str, new: str, line: int, words: str
) -> None:
    change(folder / file, old, new)
    faults = [str(fault) for fault in read_folder(folder).faults]
    assert any(words in fault and fault.startswith(f"{folder / file}:{line}: ") for fault in faults), faults


def test_files_that_are_too_large_deep_strange_or_no_text_are_refused(folder: Path) -> None:
    (folder / "glossary.yaml").write_bytes(b"\xff\xfe")
    (folder / "facts.yaml").write_text("#" * 1_000_001)
    (folder / "misconceptions.yaml").write_text("[" * 100_000)
    (folder / "two-pms" / "notes.txt").write_text("x")
    words = " ".join(str(fault) for fault in read_folder(folder).faults)
    for refusal in ("cannot be read", "larger than 1,000,000 bytes", "deep nesting", "neither course.yaml"):
        assert refusal in words


@pytest.mark.django_db
def test_export_refuses_a_folder_that_is_not_empty(folder: Path) -> None:
    with pytest.raises(CommandError, match="not empty"):
        run("export_content", folder)


@pytest.mark.django_db
def test_a_plan_is_made_without_writing(folder: Path) -> None:
    assert {step.action for step in plan_import(read_folder(folder).package).steps} == {"add"}
    assert not Misconception.objects.exists()

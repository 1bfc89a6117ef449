"""The curriculum as files: imported whole or not at all, never over an editor's work, exported byte for byte."""

import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from courses import outline
from courses.content_files import sync
from courses.content_files.reader import read_folder
from courses.models import Course, Fact, Lesson, Misconception, Objective, Question, Version

SHIPPED = Path(__file__).resolve().parents[2] / "content"
LESSON = "two-pms/01-two-words/03-what-is-a-project.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped content with one module, so that a test can break it."""
    target = tmp_path / "content"
    shutil.copytree(SHIPPED, target)
    return target


def run(command: str, *arguments: object, **options: object) -> str:
    """Run a command and return what it says."""
    out = StringIO()
    call_command(command, *map(str, arguments), stdout=out, stderr=out, **options)
    return out.getvalue()


def tree(root: Path) -> dict[str, bytes]:
    """Return all files below a folder with their bytes."""
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def change(file: Path, old: str, new: str) -> None:
    """Replace words in a file that holds them."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.django_db
def test_what_is_imported_is_live_and_comes_out_byte_for_byte(tmp_path: Path) -> None:
    run("import_content", SHIPPED)
    course = Course.objects.live().get(key="two-pms")
    assert len(outline.of(course).lessons) == len(list(SHIPPED.glob("two-pms/*/*.md")))
    run("export_content", tmp_path / "out")
    assert tree(tmp_path / "out") == tree(SHIPPED)


@pytest.mark.django_db
def test_a_second_import_changes_nothing() -> None:
    run("import_content", SHIPPED)
    before = Version.objects.count(), list(Question.objects.order_by("pk").values())
    assert "0 added, 0 updated, 0 left to editors" in run("import_content", SHIPPED)
    assert (Version.objects.count(), list(Question.objects.order_by("pk").values())) == before


@pytest.mark.django_db
def test_a_dry_run_shows_the_plan_and_writes_nothing() -> None:
    said = run("import_content", SHIPPED, dry_run=True)
    assert "add lesson what-is-a-project of two-pms" in said
    assert not Course.objects.exists()
    assert not Version.objects.exists()


@pytest.mark.django_db
def test_new_words_in_a_file_are_published_and_the_rest_stays(folder: Path) -> None:
    run("import_content", folder)
    before = Version.objects.count()
    change(folder / LESSON, "On Monday a shop decides", "One Monday a shop decides")
    assert "0 added, 1 updated" in run("import_content", folder)
    lesson = Lesson.objects.select_related("live_version").get(key="what-is-a-project")
    assert lesson.live_version is not None
    assert lesson.live_version.body["markdown"].startswith("One Monday")
    assert Version.objects.count() == before + 1


@pytest.mark.django_db
def test_what_an_editor_changed_is_left_alone_and_named(folder: Path) -> None:
    run("import_content", folder)
    Lesson.objects.filter(key="what-is-a-project").update(title="The editor's title")
    change(folder / LESSON, "On Monday a shop decides", "One Monday a shop decides")
    said = run("import_content", folder)
    assert "keep lesson what-is-a-project of two-pms: an editor changed it" in said
    lesson = Lesson.objects.get(key="what-is-a-project")
    assert (lesson.title, lesson.body.startswith("On Monday")) == ("The editor's title", True)


@pytest.mark.django_db
def test_an_editors_misconception_and_fact_are_left_alone_too(folder: Path) -> None:
    run("import_content", folder)
    Misconception.objects.filter(key="heroics-are-a-plan").update(name="The editor's name")
    Fact.objects.filter(key="product-salary").update(show="the editor's figure")
    change(folder / "misconceptions.yaml", "heroics-are-a-plan:\n  name: ", "heroics-are-a-plan:\n  name: x")
    change(folder / "facts.yaml", "show: about $122,000", "show: about $1")
    run("import_content", folder)
    assert Misconception.objects.get(key="heroics-are-a-plan").name == "The editor's name"
    assert Fact.objects.get(key="product-salary").show == "the editor's figure"


@pytest.mark.django_db
def test_what_the_files_no_longer_hold_stays_and_is_named(folder: Path) -> None:
    run("import_content", folder)
    for name in ("misconceptions.yaml",):
        text = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_text(text + "only-once:\n  name: Once\n  correction: Never again.\n")
    run("import_content", folder)
    shutil.copy(SHIPPED / "misconceptions.yaml", folder)
    assert "keep misconception only-once: no longer in the files" in run("import_content", folder)
    assert Misconception.objects.filter(key="only-once").exists()


@pytest.mark.django_db
def test_an_objective_that_a_lesson_drops_is_archived_not_deleted(folder: Path) -> None:
    run("import_content", folder)
    lesson = folder / LESSON
    change(lesson, "objectives:\n", "objectives:\n  say-more: Say more\n")
    run("import_content", folder)
    change(lesson, "  say-more: Say more\n", "")
    run("import_content", folder)
    assert Objective.objects.get(key="say-more").archived_at is not None


@pytest.mark.django_db
def test_five_faults_give_five_lines_and_write_nothing(folder: Path) -> None:
    lesson, bank = folder / LESSON, folder / "two-pms/01-two-words/questions.yaml"
    text = lesson.read_text(encoding="utf-8")
    lesson.write_text(text + "\n::: steps\nOne\n:::\n\nIt costs [[fact:gone]]. See [there](lesson:gone).\n")
    change(bank, "difficulty: easy", "difficulty: trivial")
    change(folder / "glossary.yaml", "used_by: both", "used_by: nobody")
    with pytest.raises(CommandError, match="2 faults; nothing was written"):
        run("import_content", folder)
    change(bank, "difficulty: trivial", "difficulty: easy")
    change(folder / "glossary.yaml", "used_by: nobody", "used_by: both")
    change(bank, "objective: ", "objective: gone-")
    change(folder / "two-pms/01-two-words/quiz.yaml", "draw: 2", "draw: 99")
    faults = [str(fault) for fault in read_folder(folder).faults]
    end = len(text.splitlines())
    assert f"{lesson}:{end + 2}: unknown directive 'steps'; known are callout" in faults[0]
    assert f"{lesson}:{end + 6}: dead link: no lesson has the key 'gone'" in faults
    assert f"{lesson}:{end + 6}: unknown fact 'gone'" in faults
    assert any(fault.startswith(f"{bank}:") and "unknown objective 'gone-" in fault for fault in faults)
    assert any("quiz.yaml:" in fault and "draws 99" in fault for fault in faults)
    assert len(faults) == 5
    assert not Version.objects.exists()
    assert not Misconception.objects.exists()


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("glossary.yaml", "backlog:\n", "Back Log:\n", "must be a key"),
        ("glossary.yaml", "  name: Backlog\n", "", "the field 'name' is missing"),
        ("glossary.yaml", "  name: Backlog\n", "  name: Backlog\n  nmae: x\n", "unknown field 'nmae'"),
        ("glossary.yaml", "  name: Backlog\n", "  name: 7\n", "must be text"),
        ("glossary.yaml", "  name: Backlog\n", "  name: a\n  name: b\n", "stands here twice"),
        ("glossary.yaml", "  name: Backlog\n", "  name: &a Backlog\n  other: *a\n", "aliases"),
        ("glossary.yaml", "  name: Backlog\n", "  name: [\n", "no valid YAML"),
        ("facts.yaml", "review_by: 2027-05-15", "review_by: soon", "must be a day such as"),
        ("facts.yaml", "value: 54", "value: many", "must be a number"),
        ("facts.yaml", "as_of: 2025", "as_of: lately", "must be a year, a month or a day"),
        ("two-pms/course.yaml", "key: two-pms", "key: other", "is not the folder's name"),
        ("two-pms/course.yaml", "format: 1", "format: 2", "format must be 1"),
        (LESSON, "---\n", "", "begins with front matter"),
        (LESSON, "::: check", "> ::: check", "stands alone"),
    ],
)
def test_each_fault_of_a_file_has_its_line(folder: Path, file: str, old: str, new: str, words: str) -> None:
    change(folder / file, old, new)
    faults = [str(fault) for fault in read_folder(folder).faults]
    assert any(words in fault and fault.startswith(f"{folder / file}:") for fault in faults), faults


def test_a_file_that_is_too_large_or_no_text_is_refused(folder: Path) -> None:
    (folder / "glossary.yaml").write_bytes(b"\xff\xfe")
    (folder / "facts.yaml").write_text("#" * 1_000_001)
    words = " ".join(str(fault) for fault in read_folder(folder).faults)
    assert "cannot be read" in words
    assert "larger than 1,000,000 bytes" in words


@pytest.mark.django_db
def test_export_refuses_a_folder_that_is_not_empty(folder: Path) -> None:
    with pytest.raises(CommandError, match="not empty"):
        run("export_content", folder)


@pytest.mark.django_db
def test_a_plan_compares_and_writes_nothing(django_assert_max_num_queries: object) -> None:
    plan = sync.plan_import(read_folder(SHIPPED).package)
    assert {step.action for step in plan.steps} == {"add"}
    assert not Misconception.objects.exists()

"""fit-check.yaml, already.yaml, plans.yaml: into the database and back, never over an editor's work."""

from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from careers.content_files import format as files
from careers.content_files.reader import read
from careers.models import Item, ItemOption, Plan, PlanStep, Scale, Task
from courses.content_files.reader import read_folder
from courses.models import Course
from tests.careers import small
from tests.content_folders import change, run
from tests.factories import NOW

ROOM = files.FILES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small content folder that a test may break."""
    return small.write(tmp_path / "content")


@pytest.mark.django_db
def test_they_come_out_of_the_database_byte_for_byte(folder: Path, tmp_path: Path) -> None:
    run("import_content", folder)
    assert Item.objects.filter(kind="statement", scale__key="product", reverse=True).count() == 6
    assert [option.project for option in ItemOption.objects.filter(item__key="case-1")] == [0, 2, 1, 0]
    assert PlanStep.objects.get(plan__key="both", key="read").lesson == Task.objects.get(key="shift").lesson
    run("export_content", tmp_path / "out")
    for name in ROOM:
        assert (tmp_path / "out" / name).read_bytes() == (folder / name).read_bytes()


@pytest.mark.django_db
def test_a_second_import_changes_nothing_and_a_dry_run_writes_nothing(folder: Path) -> None:
    said = run("import_content", folder, "--dry-run")
    assert "add statement product-1" in said
    assert "add plan both" in said
    assert not Item.objects.exists()
    assert not Course.objects.exists()
    run("import_content", folder)
    assert "0 added, 0 updated, 0 left to editors" in run("import_content", folder)


@pytest.mark.django_db
def test_new_words_in_the_files_replace_the_old_ones_and_keep_the_rows(folder: Path) -> None:
    run("import_content", folder)
    row = Item.objects.get(key="case-1")
    change(folder / "fit-check.yaml", "I gather in case 1", "I bring them together")
    change(folder / "fit-check.yaml", "A dull project day.", "A long project day.")
    change(folder / "plans.yaml", "Talk to two people", "Talk to three people")
    change(folder / "already.yaml", "No budget of your own yet.", "No risk list yet.")
    assert "0 added, 4 updated, 0 left to editors" in run("import_content", folder)
    assert Item.objects.get(key="case-1").pk == row.pk
    assert row.options.get(key="gather").text == "I bring them together"
    assert Scale.objects.get(key="project").dull == "A long project day."
    assert Plan.objects.get(key="product").steps.get(key="talk").text.startswith("Talk to three people")


@pytest.mark.django_db
def test_what_an_editor_changed_or_archived_is_left_alone(folder: Path, tmp_path: Path) -> None:
    run("import_content", folder)
    Task.objects.filter(key="shift").update(gap="Numbers are missing.")
    Item.objects.filter(key="product-2").update(archived_at=NOW)
    change(folder / "already.yaml", "Led what is called shift", "Planned the shift")
    change(folder / "fit-check.yaml", "I know no product joy number 2.", "I know no joy.")
    said = run("import_content", folder)
    assert "keep task shift: an editor changed it" in said
    assert "keep statement product-2: an editor archived it" in said
    run("export_content", tmp_path / "out")
    assert "product-2\n" not in (tmp_path / "out" / "fit-check.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "words"),
    [
        ("fit-check.yaml", "  project: Project orientation\n", "", 1, "scales must be product and project"),
        ("fit-check.yaml", "  - neither\n", "", 4, "there must be 5 answers"),
        ("fit-check.yaml", "scale: product", "scale: both", 12, "must be one of product, project"),
        ("fit-check.yaml", "    reverse: false\n", "", 11, "the field 'reverse' is missing"),
        ("fit-check.yaml", "key: product-2", "key: product-1", 15, "two entries have the key 'product-1'"),
        ("fit-check.yaml", "key: case-1", "key: product-1", 108, "two entries have the key 'product-1'"),
        ("fit-check.yaml", "key: check", "key: ask", 115, "two options have the key 'ask'"),
        ("fit-check.yaml", "product: 2", "product: 3", 113, "must be a whole number from 0 to 2"),
        ("fit-check.yaml", "  product:\n    good: A", "  service:\n    good: A", 223, "unknown field"),
        ("already.yaml", "proves: project", "proves: neither", 4, "must be one of product, project, both"),
        ("already.yaml", f"lesson: {small.LESSON}", "lesson: two-pms/gone", 8, "unknown lesson"),
        ("already.yaml", "key: shift", "key: ask-guests", 19, "two entries have the key 'ask-guests'"),
        ("already.yaml", "  walk: nursing\n", "", 1, "the field 'walk' is missing"),
        ("plans.yaml", "key: project", "key: neither", 16, "must be one of product, project, both"),
        ("plans.yaml", "key: talk", "key: read", 9, "two steps have the key 'read'"),
        ("plans.yaml", f"lesson: {small.LESSON}", "lesson: gone", 8, "unknown lesson 'gone'"),
        ("plans.yaml", "days: 2-9", "days: between the second and the ninth", 10, "such as 1 or 2-4"),
        ("plans.yaml", "- key: product", "- 7\n- key: product", 1, "here must stand fields"),
    ],
)
def test_each_fault_has_its_line_and_nothing_is_written(
    db: None, folder: Path, file: str, old: str, new: str, line: int, words: str
) -> None:
    change(folder / file, old, new)
    out = StringIO()
    with pytest.raises(CommandError, match="nothing was written"):
        call_command("import_content", str(folder), stdout=out, stderr=out)
    said = out.getvalue().splitlines()
    assert any(f"{folder / file}:{line}: " in one and words in one for one in said), said
    assert not Item.objects.exists()
    assert not Course.objects.exists()


def test_check_content_counts_them(folder: Path) -> None:
    out = StringIO()
    with pytest.raises(CommandError, match="rules of writing"):  # the small lesson breaks some
        call_command("check_content", str(folder), stdout=out, stderr=StringIO())
    assert "24 statements, 6 scenarios, 3 tasks, 3 plans" in out.getvalue()


def test_a_folder_may_be_without_them(folder: Path) -> None:
    for name in ROOM:
        (folder / name).unlink()
    reading = read_folder(folder, elsewhere=ROOM)
    assert list(read(reading).items()) == []
    assert reading.faults == []


def test_what_ships_is_balanced_and_each_step_and_gap_has_its_lesson() -> None:
    reading = read_folder(Path(__file__).parents[2] / "content", elsewhere=ROOM)
    package = read(reading)
    assert reading.faults == []
    kinds = Counter((each.scale, each.reverse) for each in package.statements)
    assert kinds == dict.fromkeys([(scale, turned) for scale in files.SCALES for turned in (True, False)], 6)
    assert len(package.scenarios) == 6
    for scenario in package.scenarios:
        product, project = (sum(getattr(each, side) for each in scenario.options) for side in files.SCALES)
        assert product == project, scenario.key
    assert len(package.tasks) == 40
    assert {task.proves for task in package.tasks} == set(files.PATHS)
    assert [plan.key for plan in package.plans] == list(files.PATHS)
    assert all(10 <= len(plan.steps) <= 20 for plan in package.plans)

"""Sentences of the drill and job adverts: from files into the database and back, and in the admin."""

from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from courses.content_files.reader import read_folder
from courses.models import Advert, AdvertDuty, DrillSentence, DrillTrap
from tests.content_folders import change, run
from tests.factories import NOW

DRILL = """\
- key: pay-for-export
  text: Three of ten said they would pay for export alone.
  label: product
  reason: Evidence about value.

- key: one-room
  text: Design and legal disagree. I need them in one room by noon.
  label: both
  reason: Leading without authority is work in both jobs.
  likely_wrong:
    project: only-project-coordinates
"""
ADVERTS = """\
- key: lockers
  title: PM, parcel lockers
  opening: A town builds lockers.
  duties:
    - key: permits
      text: Get the permits
      side: project
      reason: Many small deliveries.
    - key: fetch
      text: Learn where people would fetch a parcel
      side: product
      reason: What makes it worth using.
"""
NAMED = """\
only-project-coordinates:
  name: Bringing people together is the project manager's job alone
  correction: Leading without authority is daily work in both roles.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A content folder with two sentences and an advert."""
    folder = tmp_path / "content"
    folder.mkdir()
    for name, text in {"drill": DRILL, "adverts": ADVERTS, "misconceptions": NAMED}.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.django_db
def test_they_come_out_of_the_database_byte_for_byte(folder: Path, tmp_path: Path) -> None:
    run("import_content", folder)
    assert DrillTrap.objects.get().sentence.key == "one-room"
    assert [duty.key for duty in AdvertDuty.objects.all()] == ["permits", "fetch"]
    run("export_content", tmp_path / "out")
    for name in ("drill.yaml", "adverts.yaml"):
        assert (tmp_path / "out" / name).read_bytes() == (folder / name).read_bytes()
    assert "0 added, 0 updated, 0 left to editors, 4 unchanged." in run("import_content", folder)


@pytest.mark.django_db
def test_new_words_in_the_files_replace_the_old_ones(folder: Path) -> None:
    run("import_content", folder)
    change(folder / "drill.yaml", "    project: only", "    neither: only")
    change(folder / "adverts.yaml", "side: product", "side: other")
    run("import_content", folder)
    assert DrillTrap.objects.get().label == "neither"
    assert [duty.side for duty in AdvertDuty.objects.all()] == ["project", "other"]


@pytest.mark.django_db
def test_what_an_editor_changed_or_archived_is_left_alone(folder: Path, tmp_path: Path) -> None:
    run("import_content", folder)
    DrillTrap.objects.all().delete()
    Advert.objects.update(archived_at=NOW)
    change(folder / "drill.yaml", "one room by noon", "one room by ten")
    change(folder / "adverts.yaml", "A town", "A city")
    said = run("import_content", folder)
    assert "keep sentence one-room: an editor changed it" in said
    assert "keep advert lockers: an editor archived it" in said
    run("export_content", tmp_path / "out")
    assert not (tmp_path / "out" / "adverts.yaml").exists()


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "words"),
    [
        ("drill.yaml", "label: both", "label: all", 8, "must be one of product, project, both, neither"),
        ("drill.yaml", "key: one-room", "key: pay-for-export", 6, "two sentences have the key"),
        ("drill.yaml", ": only-project-coordinates", ": gone", 11, "unknown misconception 'gone'"),
        ("drill.yaml", "    project: only", "    both: only", 11, "both is the right label"),
        ("drill.yaml", "    project: only", "    nobody: only", 11, "must be one of"),
        ("drill.yaml", "  reason: Evidence about value.\n", "", 1, "the field 'reason' is missing"),
        ("drill.yaml", "  reason: E", f"  reason: {'x' * 241}", 4, "at most 240"),
        ("drill.yaml", DRILL, "key: one\n", 1, "a list of sentences"),
        ("adverts.yaml", "side: product", "side: both", 11, "must be one of product, project, other"),
        ("adverts.yaml", "key: fetch", "key: permits", 5, "two duties have the key 'permits'"),
        ("adverts.yaml", ADVERTS[ADVERTS.index("  duties") :], "  duties: []\n", 4, "must be a list"),
        ("adverts.yaml", ADVERTS, "- 7\n", 1, "here must stand fields"),
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
    assert not DrillSentence.objects.exists()


@pytest.mark.django_db
def test_editors_archive_a_sentence_and_bring_it_back_but_delete_none(
    folder: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("import_content", folder)
    row = DrillSentence.objects.get(key="one-room")
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    client.force_login(User.objects.create_superuser("owner@example.org"))
    path = "/admin/courses/drillsentence/"
    assert client.get(path).status_code == 200
    assert client.get(f"{path}{row.pk}/change/").status_code == 200
    assert client.get(f"/admin/courses/advert/{Advert.objects.get().pk}/change/").status_code == 200
    assert client.post(f"{path}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    for action, archived in (("archive_selected", True), ("bring_back_selected", False)):
        client.post(path, {"action": action, "_selected_action": [row.pk]})
        row.refresh_from_db()
        assert (row.archived_at is not None) is archived


def test_the_shipped_bank_is_large_and_balanced_and_every_advert_has_seven_to_nine_duties() -> None:
    package = read_folder(Path(__file__).parents[2] / "content").package
    labels = Counter(sentence.label for sentence in package.sentences)
    assert labels.total() >= 120
    assert all(0.2 <= count / labels.total() <= 0.3 for count in labels.values())
    assert len(package.adverts) == 12
    assert all(7 <= len(advert.duties) <= 9 for advert in package.adverts)

"""Releases of the curriculum and editors' changes: nothing is overwritten unseen, nobody is asked twice."""

import json
from pathlib import Path

import pytest
from django.test import Client

from accounts.models import AuditLog, User
from courses import shipped_updates
from courses.content_files import as_json
from courses.content_files.format import digest
from courses.content_files.reader import read_folder
from courses.models import Lesson, Misconception, Question, ShippedContent, Version
from tests.content_folders import change, run
from tests.courses import small
from tests.courses.small import BANK, LESSON
from tests.factories import NOW

pytestmark = pytest.mark.django_db
NUMERIC = """\
- key: how-many
  type: numeric
  objective: trade-limits
  passage: what-is-a-project#listen-for-the-end
  difficulty: easy
  prompt: How many minutes?
  answer: 60
  tolerance: 0
  unit: min
  near:
    - value: 3600
      feedback: These are seconds.
  explanation: An hour has sixty.
"""
LIST = "/admin/courses/shippedcontent/"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small content folder that was imported, edited here in one lesson, and changed by a release."""
    folder = small.write(tmp_path / "content")
    run("import_content", folder)
    Lesson.objects.update(title="The editor's title")
    change(folder / LESSON, "On Monday a shop", "One Monday a shop")
    run("import_content", folder)
    return folder


def offer() -> ShippedContent:
    """What waits for a choice: there is one thing."""
    return shipped_updates.waiting().get()


def live(lesson: Lesson) -> str:
    """The words that learners see of a lesson."""
    assert lesson.live_version is not None
    return str(lesson.live_version.body["markdown"])


def test_a_change_of_both_waits_and_is_compared_three_ways(folder: Path) -> None:
    three = shipped_updates.compare(offer())
    assert [each.label for each in three.theirs_changed] == ["Body"]
    assert [each.label for each in three.ours_changed] == ["Title"]
    assert [each.label for each in three.taking] == ["Title", "Body"]
    assert Lesson.objects.get().title == "The editor's title"


def test_taking_it_over_publishes_it_and_keeps_what_was_here(folder: Path) -> None:
    before = Lesson.objects.get()
    taken = shipped_updates.take([offer()], author=None, now=NOW)
    lesson = Lesson.objects.select_related("live_version").get()
    assert (taken.many, lesson.title.startswith("The editor"), live(lesson)[:10]) == (1, False, "One Monday")
    assert lesson.revision == before.revision + 1
    kept = Version.objects.filter(kind="lesson", note__startswith="Before release").get()
    assert kept.body["title"] == "The editor's title"
    assert not shipped_updates.waiting().exists()
    assert "0 updated, 0 left to editors" in run("import_content", folder)


def test_keeping_ones_own_is_not_asked_again_until_the_files_change_again(folder: Path) -> None:
    assert shipped_updates.keep_ours([offer()], author=None, now=NOW) == 1
    run("import_content", folder)
    assert not shipped_updates.waiting().exists()
    assert Lesson.objects.get().body.startswith("On Monday")
    change(folder / LESSON, "One Monday a shop", "Each Monday a shop")
    run("import_content", folder)
    assert [each.label for each in shipped_updates.compare(offer()).theirs_changed] == ["Body"]


def test_an_answer_to_what_has_been_replaced_since_is_refused(folder: Path) -> None:
    seen = offer()
    change(folder / LESSON, "One Monday a shop", "Each Monday a shop")
    run("import_content", folder)
    with pytest.raises(shipped_updates.NotTakeable, match="something else"):
        shipped_updates.take([seen], author=None, now=NOW)
    assert Lesson.objects.get().title == "The editor's title"


def test_the_same_answer_twice_is_given_once(folder: Path) -> None:
    chosen = offer()
    shipped_updates.take([chosen], author=None, now=NOW)
    assert shipped_updates.take([chosen], author=None, now=NOW).many == 0
    assert AuditLog.objects.filter(action="shipped.take").count() == 1


def test_a_release_that_went_back_offers_nothing(folder: Path) -> None:
    change(folder / LESSON, "One Monday a shop", "On Monday a shop")
    run("import_content", folder)
    assert not shipped_updates.waiting().exists()


def test_what_needs_an_objective_of_the_lesson_comes_with_it(folder: Path) -> None:
    change(folder / LESSON, "objectives:\n", "objectives:\n  name-the-end: Name the end\n")
    bank = (folder / BANK).read_text(encoding="utf-8")
    first = bank.split("\n\n- key")[0]
    more = first.replace(first.split("\n")[0], "- key: brand-new").replace(
        next(line for line in first.split("\n") if "objective:" in line), "  objective: name-the-end"
    )
    (folder / BANK).write_text(f"{bank.rstrip()}\n\n{more}\n", encoding="utf-8")
    run("import_content", folder)
    waits = shipped_updates.waiting().get(kind="Question")
    with pytest.raises(shipped_updates.NotTakeable, match="name-the-end"):
        shipped_updates.take([waits], author=None, now=NOW)
    taken = shipped_updates.take([shipped_updates.waiting().get(kind="Lesson")], author=None, now=NOW)
    assert (taken.many, taken.unpublished) == (2, [])
    assert Question.objects.get(key="brand-new").live_version is not None


def test_what_has_no_versions_is_kept_in_the_audit_log(folder: Path) -> None:
    Misconception.objects.update(name="The editor's name")
    change(folder / "misconceptions.yaml", "name: A deadline", "name: One deadline")
    run("import_content", folder)
    shipped_updates.take([shipped_updates.waiting().get(kind="Misconception")], author=None, now=NOW)
    assert Misconception.objects.get().name.startswith("One deadline")
    before = AuditLog.objects.get(action="shipped.take").before
    assert before is not None
    assert before["name"] == "The editor's name"


def test_every_object_of_the_curriculum_is_kept_whole() -> None:
    package = read_folder(Path(__file__).resolve().parents[2] / "content").package
    for _, item in package.items():
        kept = json.loads(json.dumps(as_json.dumped(item), sort_keys=True))
        assert digest(as_json.loaded(type(item).__name__, kept)) == digest(item)


def test_a_release_reaches_a_question_that_nobody_edited_whatever_order_its_settings_have(
    tmp_path: Path,
) -> None:
    folder = small.write(tmp_path / "content")
    numeric = folder / BANK
    numeric.write_text(NUMERIC + "\n" + numeric.read_text(encoding="utf-8"), encoding="utf-8")
    run("import_content", folder)
    change(numeric, "How many minutes?", "How many whole minutes?")
    assert "1 updated, 0 left to editors" in run("import_content", folder)


def test_an_editor_compares_and_chooses(
    folder: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    client.force_login(User.objects.create_superuser("owner@example.org"))
    listed = client.get(LIST).content.decode()
    assert "changed 1 object: 0 are taken over, 1 waits for your choice." in listed
    assert "1 update of the curriculum waits" in client.get("/admin/").content.decode()
    address = f"{LIST}{offer().pk}/change/"
    page = client.get(address)
    assert "+One</ins>" in page.content.decode()
    refused = client.post(address, {"choice": "take", "seen": "another"})
    assert refused.status_code == 200
    assert Lesson.objects.get().title == "The editor's title"
    client.post(address, {"choice": "take", "seen": page.context["offer"].offered_hash})
    assert Lesson.objects.get().title != "The editor's title"
    late = client.post(address, {"choice": "keep", "seen": page.context["offer"].offered_hash}, follow=True)
    assert "Somebody has chosen already." in late.text


def test_who_may_only_look_cannot_choose(
    folder: Path, client: Client, monkeypatch: pytest.MonkeyPatch, django_user_model: type[User]
) -> None:
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    monkeypatch.setattr(User, "has_perm", lambda self, name, obj=None: "view" in name)
    client.force_login(User.objects.create_user("reviewer@example.org", is_staff=True))
    address = f"{LIST}{offer().pk}/change/"
    assert b"Take what the release has" not in client.get(address).content
    assert client.post(address, {"choice": "take", "seen": offer().offered_hash}).status_code == 403

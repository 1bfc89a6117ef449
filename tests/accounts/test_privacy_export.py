"""The file with all of one's data: whole, only one's own, readable, and nobody else's to fetch."""

import io
import json
import re
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import DataExport, User
from accounts.privacy import archive, erasure, exports
from mailing.clock import now
from mailing.models import OutboxMail
from tests.accounts.people import ADDRESS, PRIVACY, as_guest, mails, make_member, own_data, prove, study

pytestmark = pytest.mark.django_db
DATA = "/settings/privacy/my-data/"
State = DataExport.State


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    """Where exports lie in a test."""
    options = {"location": tmp_path / "exports", "file_permissions_mode": 0o600}
    backend = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = {**settings.STORAGES, "exports": {"BACKEND": backend, "OPTIONS": options}}
    return tmp_path / "exports"


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let everything be too much for a page to wait for."""
    monkeypatch.setattr(exports, "AT_ONCE", 0)


def opened(content: bytes) -> dict[str, str]:
    """The files of a ZIP by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        return {name: bundle.read(name).decode() for name in bundle.namelist()}


def test_little_comes_at_once_as_json_and_as_a_page_and_is_told_by_mail(client: Client) -> None:
    study(user := make_member(name="Ada"))
    client.force_login(user)
    prove(client)
    answer = client.post(DATA)
    assert answer["Content-Disposition"] == f'attachment; filename="{archive.NAME}"'
    files = opened(answer.getvalue())
    tables = json.loads(files["data.json"])["tables"]
    assert tables["accounts.User"][0]["name"] == "Ada"
    assert len(tables["learning.DailyActivity"]) == 1
    assert "<td>Ada</td>" in files["index.html"]
    assert mails()[-1]["template_prefix"] == "account/email/data_taken"
    assert not DataExport.objects.exists()


def test_the_file_holds_nothing_of_anybody_else() -> None:
    bob = make_member("canary-bob@example.org", name="Canary Bob", time_zone="Asia/Tokyo")
    study(bob)
    study(ada := make_member("canary-ada@example.org", name="Canary Ada"))
    tables, page = own_data(ada)
    for text in (json.dumps(tables), page):
        assert "canary-ada@example.org" in text
        assert "Canary Ada" in text
        assert "ob@example" not in text
        assert "Canary Bob" not in text
        assert "Tokyo" not in text
    assert all(row.get("user_id", ada.pk) == ada.pk for rows in tables.values() for row in rows)


def test_the_file_holds_nothing_that_opens_the_account() -> None:
    user = make_member()
    tables, page = own_data(user)
    for text in (json.dumps(tables), page):
        assert user.password not in text
    assert "password" not in tables["accounts.User"][0]


def test_what_a_person_typed_is_text_on_the_page_and_loads_nothing() -> None:
    _, page = own_data(make_member(name="<script>alert(1)</script>"))
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert not re.search(r"<link|<img|src=|url\(|href=|@import", page)
    assert "default-src &#x27;none&#x27;" in page or "default-src 'none'" in page


def test_times_on_the_page_are_those_of_the_persons_clock() -> None:
    user = make_member(time_zone="Asia/Tokyo")
    User.objects.filter(pk=user.pk).update(created_at="2026-11-21T20:00:00Z")
    user.refresh_from_db()
    assert "<td>22 November 2026, 05:00</td>" in own_data(user)[1]


def test_a_guest_takes_along_what_they_did_without_a_code(client: Client) -> None:
    study(as_guest(client))
    tables = json.loads(opened(client.post(DATA).getvalue())["data.json"])["tables"]
    assert len(tables["learning.DailyActivity"]) == 1
    assert not OutboxMail.objects.exists()


def test_a_visitor_has_nothing_to_take(client: Client) -> None:
    assert client.post(DATA)["Location"].startswith("/accounts/login/")


def ask(client: Client) -> DataExport:
    """Ask for the file."""
    prove(client)
    assert client.post(DATA)["Location"] == f"{PRIVACY}#data-heading"
    return DataExport.objects.get()


def fetched(client: Client, export: DataExport) -> bytes:
    """Fetch the file; empty if there is none for this browser."""
    answer = client.get(f"{DATA}{export.pk}.zip")
    return answer.getvalue() if answer.status_code == 200 else b""


@pytest.mark.usefixtures("large")
def test_much_is_made_by_a_worker_and_fetched_from_the_page(client: Client, folder: Path) -> None:
    study(user := make_member())
    client.force_login(user)
    export = ask(client)
    page = client.get(PRIVACY).content.decode()
    assert "Your file waits for its turn." in page
    assert f'hx-get="{DATA}progress/"' in page
    assert client.get(f"{DATA}{export.pk}.zip").status_code == 404
    assert exports.make_next(now=now())
    assert not exports.make_next(now=now())
    page = client.get(PRIVACY).content.decode()
    assert "Your file is ready" in page
    assert mails()[-1]["template_prefix"] == "account/email/data_ready"
    assert "learning.DailyActivity" in opened(fetched(client, export))["data.json"]
    (file,) = folder.iterdir()
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.usefixtures("large")
def test_asking_twice_makes_one_file(client: Client) -> None:
    client.force_login(make_member())
    first = ask(client)
    client.post(DATA)
    assert DataExport.objects.get().pk == first.pk


@pytest.mark.usefixtures("large")
def test_the_part_that_asks_by_itself_shows_how_far_the_worker_is(client: Client) -> None:
    client.force_login(make_member())
    ask(client)
    DataExport.objects.update(state=State.MAKING, rows=4000, written=1000, claimed_at=now())
    part = client.get(f"{DATA}progress/", headers={"HX-Request": "true"}).content.decode()
    assert "1000 of 4000 rows" in part
    assert "hx-get" in part
    assert "<html" not in part
    assert client.get(f"{DATA}progress/")["Location"] == PRIVACY


@pytest.mark.usefixtures("large")
def test_only_its_owner_fetches_a_file_and_only_with_a_proof(client: Client) -> None:
    client.force_login(make_member())
    export = ask(client)
    exports.make_next(now=now())
    other = Client()
    assert not fetched(other, export)
    as_guest(other)
    assert not fetched(other, export)
    other.force_login(make_member("bob@example.org", is_staff=True, is_superuser=True))
    prove(other, "bob@example.org")
    assert not fetched(other, export)
    assert fetched(client, export)
    old = Client()
    old.force_login(User.objects.get(email=ADDRESS))
    assert old.get(f"{DATA}{export.pk}.zip")["Location"].startswith("/settings/privacy/code/")


@pytest.mark.usefixtures("large")
def test_a_file_is_gone_after_seven_days(client: Client, folder: Path) -> None:
    client.force_login(user := make_member())
    export = ask(client)
    exports.make_next(now=now())
    just, over = (now() + timedelta(days=7, minutes=minutes) for minutes in (-1, 1))
    file = exports.fetch(user=user, export_id=export.pk, now=just)
    assert file
    file.close()
    assert not exports.fetch(user=user, export_id=export.pk, now=over)
    assert exports.of(user, now=over) is None
    assert exports.sweep(now=just) == 0
    assert exports.sweep(now=over) == 1
    assert exports.sweep(now=over) == 0
    assert not list(folder.iterdir())


def test_sweeping_before_any_file_was_made_is_well() -> None:
    assert exports.sweep(now=now()) == 0


def test_a_file_that_belongs_to_nobody_is_swept(folder: Path) -> None:
    exports.storage().save("lost.zip", ContentFile(b"whose?"))
    assert exports.sweep(now=now()) == 1
    assert not list(folder.iterdir())


@pytest.mark.usefixtures("large")
def test_a_file_that_cannot_be_made_is_tried_three_times_and_then_said_to_have_failed(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(make_member())
    ask(client)

    def broken(*_args: object, **_more: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(archive, "write", broken)
        for _ in range(3):
            assert exports.make_next(now=now())
        assert not exports.make_next(now=now())
    assert "Your file could not be made." in client.get(PRIVACY).content.decode()
    ask(client)
    assert exports.make_next(now=now())
    assert DataExport.objects.get().state == State.READY


@pytest.mark.usefixtures("large")
def test_the_work_of_a_dead_worker_is_taken_over(client: Client) -> None:
    client.force_login(make_member())
    ask(client)
    DataExport.objects.update(state=State.MAKING, tries=1, claimed_at=now() - timedelta(minutes=9))
    assert not exports.make_next(now=now())
    assert exports.make_next(now=now() + timedelta(minutes=2))
    assert DataExport.objects.get().state == State.READY


@pytest.mark.usefixtures("large")
def test_a_file_whose_makers_died_three_times_is_said_to_have_failed(client: Client) -> None:
    client.force_login(make_member())
    ask(client)
    DataExport.objects.update(state=State.MAKING, tries=3, claimed_at=now() - timedelta(minutes=11))
    assert not exports.make_next(now=now())
    assert "Your file could not be made." in client.get(PRIVACY).text


@pytest.mark.usefixtures("large")
def test_the_file_of_a_guest_is_made_and_told_to_nobody_by_mail(client: Client) -> None:
    as_guest(client)
    client.post(DATA)
    assert exports.make_next(now=now())
    assert "Your file is ready" in client.get(PRIVACY).text
    assert not OutboxMail.objects.exists()


@pytest.mark.usefixtures("large")
def test_a_file_that_nobody_wants_any_more_when_it_is_made_is_not_kept(
    client: Client, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(user := make_member())
    ask(client)
    whole = archive.write

    def meanwhile(*args: Any, **more: Any) -> None:
        whole(*args, **more)
        exports.drop(user=user)

    monkeypatch.setattr(archive, "write", meanwhile)
    assert exports.make_next(now=now())
    assert list(folder.iterdir()) == []
    assert mails()[-1]["template_prefix"] != "account/email/data_ready"


def test_who_waits_hears_how_many_rows_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    study(user := make_member())
    monkeypatch.setattr(archive, "STEP", 1)
    heard: list[int] = []
    archive.write(out := io.BytesIO(), user=user, now=now(), progress=heard.append)
    rows = sum(map(len, json.loads(opened(out.getvalue())["data.json"])["tables"].values()))
    assert heard == [*range(1, rows + 1), rows]


@pytest.mark.usefixtures("large")
def test_a_file_goes_with_its_person(
    client: Client, folder: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    client.force_login(user := make_member())
    ask(client)
    exports.make_next(now=now())
    with django_capture_on_commit_callbacks(execute=True):
        erasure.erase(user=user, now=now())
    assert not list(folder.iterdir())
    assert not DataExport.objects.exists()

"""A full disk under pictures and under the log: what cannot be kept is said, and all else goes on."""

import io
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import Settings

from accounts.models import User
from courses.models import MediaAsset
from tests.factories import make_course
from tests.faults.web import Web

ADD = "/admin/courses/mediaasset/add/"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MB."""
    if subprocess.run(
        ["/bin/mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", tmp_path], check=False
    ).returncode:
        pytest.skip("mounting a small disk takes root")
    try:
        yield tmp_path
    finally:
        subprocess.run(["/bin/umount", "--lazy", tmp_path], check=True)


def noise(side: int) -> bytes:
    """A picture that no format makes small."""
    pixels = random.Random(1).randbytes(side * side * 3)  # noqa: S311 - no secret
    file = io.BytesIO()
    Image.frombytes("RGB", (side, side), pixels).save(file, "PNG")
    return file.getvalue()


@pytest.mark.fault
@pytest.mark.django_db
def test_a_picture_for_which_there_is_no_room_is_refused_in_words_and_leaves_nothing(
    small_disk: Path, client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MEDIA_ROOT = small_disk
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    editor = User.objects.create_user("editor@example.org", is_staff=True)
    editor.user_permissions.set(Permission.objects.filter(content_type__model="mediaasset"))
    client.force_login(editor)

    def send(side: int) -> str:
        upload = SimpleUploadedFile("noise.png", noise(side), "image/png")
        form = {"name": "Noise", "key": "", "alt": "Grey noise.", "credit": "", "upload": upload}
        return client.post(ADD, form, follow=True).content.decode()

    refused = send(900)
    assert "The server has no room left for pictures" in refused
    assert "Grey noise." in refused, "what was typed is still there"
    assert not MediaAsset.objects.exists()
    assert not [path for path in small_disk.rglob("*") if path.is_file()]
    send(100)
    assert MediaAsset.objects.count() == 1


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_requests_succeed_where_the_log_cannot_be_written(tmp_path: Path) -> None:
    make_course()
    web = Web(tmp_path, LOG_FORMAT="json")
    web.log = Path("/dev/full")
    with web:
        learner = web.browser(User.objects.create_user("a@example.org"))
        statuses = [learner.get("/learn/two-pms/lesson-1/").status for _ in range(20)]
        statuses.append(learner.post("/learn/two-pms/lesson-1/complete/").status)
    assert statuses == [*([200] * 20), 302]

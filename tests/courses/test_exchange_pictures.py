"""Pictures in course packages: they travel as they are, and nothing comes in that an upload would drop."""

import io
import re
import shutil
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from pytest_django import Settings

from accounts import picture_files, pictures
from accounts.models import AuditLog, User
from courses import lessons, media, publishing
from courses.exchange import package, package_pictures
from courses.exchange.limits import NotReadable
from courses.models import Course, Fact, GlossaryTerm, Lesson, MediaAsset, Question
from tests.courses.mutations import zipped
from tests.factories import NOW, make_course
from tests.images import picture

pytestmark = pytest.mark.django_db
IMPORT = "/admin/courses/course/import/"
BODY = '\n\n![](media:board "Monday")\n\n![The logo](media:logo)\n'


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    """Let pictures lie in a folder of this test, and nothing be kept from another."""
    settings.MEDIA_ROOT = tmp_path
    media.forget()


def made(key: str, raw: bytes, **said: Any) -> MediaAsset:
    """A picture as an upload leaves it."""
    asset = MediaAsset(key=key, name=f"The {key}", alt=f"What the {key} shows.", **said)
    media.take_in(asset, io.BytesIO(raw), size=len(raw), now=NOW)
    asset.save()
    media.forget()
    return asset


@pytest.fixture
def course() -> Course:
    """A course whose first lesson shows two pictures, one of them see-through."""
    course = make_course()
    made("board", picture("PNG", (1000, 500)), credit="Lea Lopes, CC BY 4.0")
    made("logo", picture("PNG", (64, 48), "RGBA"))
    made("unused", picture("PNG", (70, 48)))
    lesson = course.lessons.get(key="lesson-1")
    lesson.body += BODY
    lesson.save()
    publishing.publish(lesson, author=None, now=NOW)
    return course


def here() -> tuple[str, dict[str, bytes], list[object]]:
    """What learners read of the lesson, the files of its pictures, and what is said of these."""
    version = Lesson.objects.select_related("live_version__course").get(key="lesson-1").live_version
    assert version
    html = "".join(str(part.html) for part in lessons.fill(version, today=NOW.date()).parts)
    html = re.sub(r"/report/[^\"]+", "", html)  # names the version
    files = package_pictures.files_of(["board", "logo"])
    said = MediaAsset.objects.filter(key__in=["board", "logo"]).order_by("key")
    return html, files, list(said.values("key", "name", "alt", "credit", "width", "height", "widths"))


def wipe() -> None:
    """Leave neither courses nor pictures."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        tables = "courses_course, courses_fact, courses_glossaryterm, courses_misconception, courses_source"
        cursor.execute(f"TRUNCATE {tables}, courses_mediaasset CASCADE")
    shutil.rmtree(default_storage.path(picture_files.FOLDER))
    media.forget()


def bring(content: bytes, *, change: bool = False) -> package.PackagePlan:
    """Look at a package and import it."""
    found = package.read(content)
    seen = package.digest(package.plan(found, change=change))
    return package.carry_out(found, change=change, seen=seen, author=None, now=NOW)


def changed(content: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """The package with another content of some files; None takes one away."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        held = [(name, change(name, archive.read(name))) for name in archive.namelist()]
    return zipped([(name, each) for name, each in held if each is not None])


def stored() -> set[str]:
    """The pictures' files in the storage."""
    root = Path(default_storage.path(picture_files.FOLDER))
    return {path.relative_to(root).as_posix() for path in root.rglob("*.*")}


def test_a_course_comes_back_with_its_pictures_as_they_were(course: Course) -> None:
    before, content = here(), package.write(course)
    wipe()
    plan = bring(content)
    assert [(step.action, step.packed.about.key) for step in plan.pictures] == [
        ("add", "board"),
        ("add", "logo"),
    ]
    for row in (*Fact.objects.all(), *GlossaryTerm.objects.all(), *Question.objects.all()):
        publishing.publish(row, author=None, now=NOW)
    publishing.publish(Lesson.objects.get(key="lesson-1"), author=None, now=NOW)
    assert here() == before
    assert package.write(Course.objects.get()) == content
    assert {step.action for step in bring(content).pictures} == {"same"}
    assert AuditLog.objects.filter(object_type="courses.MediaAsset", action="add").count() == 2


def test_pictures_that_differ_here_are_told_and_never_replaced(course: Course) -> None:
    content = package.write(course)
    MediaAsset.objects.filter(key="board").update(alt="Words of this portal.")
    other = pictures.encode(io.BytesIO(picture("PNG", (90, 90))), size=1)
    picture_files.store(other)
    MediaAsset.objects.filter(key="logo").update(digest=other.digest, width=90, height=90, widths=[90])
    steps = bring(content).pictures
    assert [(step.action, step.reason) for step in steps] == [
        ("keep", "what is said of it differs here"),
        ("keep", "another picture has this key here: lessons show that one"),
    ]
    assert [step.action for step in bring(content, change=True).pictures] == ["update", "keep"]
    assert MediaAsset.objects.get(key="board").alt == "What the board shows."
    assert MediaAsset.objects.get(key="logo").digest == other.digest


def test_a_lesson_may_show_a_picture_that_is_here_already(course: Course) -> None:
    bare = changed(package.write(course), lambda name, each: None if "pictures" in name else each)
    assert not package.read(bare).pictures
    MediaAsset.objects.filter(key="board").delete()
    with pytest.raises(package.Faulty, match=r"01-lesson-1\.md:.* unknown picture 'board'"):
        package.read(bare)


def test_the_same_picture_under_another_key_is_told(course: Course) -> None:
    content = package.write(course)
    MediaAsset.objects.filter(key="board").update(key="whiteboard")
    with pytest.raises(package.Faulty, match="'board' has the key 'whiteboard' already"):
        package.read(content)


def with_comment(content: bytes) -> bytes:
    """A JPEG with words in it, as cameras write them."""
    return content[:2] + b"\xff\xfe\x00\x08secret" + content[2:]


def with_chunk(content: bytes) -> bytes:
    """A WebP with EXIF behind its pixels."""
    return b"RIFF" + (len(content) + 6).to_bytes(4, "little") + content[8:] + b"EXIF\x06\x00\x00\x00secret"


PACKED = "pictures/board/"
FAULTS: dict[str, tuple[Callable[[str, bytes], bytes | None], str]] = {
    "a file is missing": (
        lambda name, each: None if name == f"{PACKED}480.webp" else each,
        "not the widths",
    ),
    "all files are missing": (lambda name, each: None if name.startswith(PACKED) else each, "no files in"),
    "a page with scripts": (
        lambda name, each: b"<svg onload=alert(1)>" if name == f"{PACKED}480.webp" else each,
        "480.webp is damaged, or holds more",
    ),
    "another format": (
        lambda name, each: picture("PNG", (480, 240)) if name == f"{PACKED}480.webp" else each,
        "480.webp is damaged, or holds more",
    ),
    "cut off": (
        lambda name, each: each[:-9] if name == f"{PACKED}960.jpg" else each,
        "960.jpg is damaged, or holds more",
    ),
    "something behind the picture": (
        lambda name, each: each + b"PK\x03\x04" if name == f"{PACKED}960.jpg" else each,
        "960.jpg is damaged, or holds more",
    ),
    "words beside the pixels of a JPEG": (
        lambda name, each: with_comment(each) if name == f"{PACKED}960.jpg" else each,
        "960.jpg is damaged, or holds more",
    ),
    "words beside the pixels of a WebP": (
        lambda name, each: with_chunk(each) if name == f"{PACKED}480.webp" else each,
        "480.webp is damaged, or holds more",
    ),
    "words beside the pixels of a PNG": (
        lambda name, each: each[:33] + b"\0\0\0\1tEXtxAAAA" + each[33:] if name.endswith(".png") else each,
        "64.png is damaged, or holds more",
    ),
    "another picture": (
        lambda name, each: picture("WEBP", (480, 240)) if name == f"{PACKED}480.webp" else each,
        "not those whose digest",
    ),
    "another width": (
        lambda name, each: picture("WEBP", (481, 240)) if name == f"{PACKED}480.webp" else each,
        "not its size",
    ),
    "too many pixels": (
        lambda name, each: picture("WEBP", (480, 8000)) if name == f"{PACKED}480.webp" else each,
        "more than 3 million pixels",
    ),
    "no words for those who do not see it": (
        lambda name, each: each.replace(b"alt: What the board shows.\n", b"alt: ''\n"),
        "say in `alt` what the picture shows",
    ),
    "words and decorative": (
        lambda name, each: each.replace(b"alt: What the board", b"decorative: true\n  alt: What the board"),
        "say in `alt` what the picture shows",
    ),
    "a field that nobody knows": (
        lambda name, each: each.replace(b"  credit:", b"  url: https://example.org/\n  credit:"),
        "unknown field 'url'",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_wrong_with_a_picture_is_told_and_nothing_comes_in(
    name: str, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = package.write(course)
    MediaAsset.objects.all().delete()
    before = stored()
    if name == "too many pixels":
        monkeypatch.setattr(pictures, "MOST_PIXELS", 3_000_000)
    change, words = FAULTS[name]
    with pytest.raises(package.Faulty) as refusal:
        package.read(changed(content, change))
    assert words in str(refusal.value)
    assert str(refusal.value).startswith("pictures.yaml:")
    assert not MediaAsset.objects.exists()
    assert stored() == before


@pytest.mark.parametrize(
    "name",
    ["pictures/../../etc/x.webp", "/pictures/board/1.webp", "pictures\\board\\1.webp", "pictures/x.svg"],
)
def test_a_name_that_leads_elsewhere_is_refused(course: Course, name: str) -> None:
    content = changed(package.write(course), lambda name, each: each)
    with zipfile.ZipFile(file := io.BytesIO(content), "a") as archive:
        archive.writestr(name, b"x")
    with pytest.raises(NotReadable):
        package.read(file.getvalue())


def test_links_strays_and_bombs_are_refused(course: Course) -> None:
    content = package.write(course)
    link = zipfile.ZipInfo("pictures/board/481.webp")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    stray = zipfile.ZipInfo("pictures/nobody/480.webp")
    bomb = zipfile.ZipInfo("pictures/board/482.webp")
    bomb.compress_type = zipfile.ZIP_DEFLATED
    for info, words in (link, "is a link"), (stray, "belongs to no picture"), (bomb, "larger than 10 MB"):
        with zipfile.ZipFile(file := io.BytesIO(content), "a") as archive:
            archive.writestr(info, b"\0" * 11_000_000 if info is bomb else b"x")
        with pytest.raises(NotReadable, match=words):
            package.read(file.getvalue())


def test_files_of_an_import_that_fails_are_taken_away_again(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = package.write(course)
    wipe()

    def fail(*args: object, **named: object) -> None:
        assert stored()
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(package, "_write", fail)
    with pytest.raises(RuntimeError):
        bring(content)
    assert not stored()
    assert not MediaAsset.objects.exists()


def test_the_admin_tells_of_pictures_and_brings_them(
    course: Course, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    client.force_login(User.objects.create_superuser("owner@example.org"))
    content = package.write(course)
    MediaAsset.objects.filter(key="logo").delete()
    page = client.post(IMPORT, {"file": SimpleUploadedFile("course.zip", content)})
    told = [(row.done, row.what) for row in page.context["rows"] if row.place == "pictures"]
    assert told == [("Here already", "picture board"), ("New", "picture logo")]
    form = {"digest": page.context["upload"].digest, "seen": page.context["look"].digest}
    assert client.post(IMPORT, form).status_code == 302
    assert MediaAsset.objects.filter(key="logo").exists()
    shutil.rmtree(default_storage.path(picture_files.FOLDER))
    answer = client.post("/admin/courses/question/export/?of=two-pms", {"format": "package"})
    assert "The files of the picture “The board” are gone" in answer.content.decode()

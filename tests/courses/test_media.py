"""Pictures in lessons: sent in, named by their key, served for ever, kept while a lesson shows them."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import User
from courses import drafts, lessons, media, publishing, versions
from courses.admin.lesson_editor_tools import PICKERS
from courses.models import Lesson, MediaAsset, Version
from tests.factories import NOW, make_course
from tests.images import picture

pytestmark = pytest.mark.django_db
ADD = "/admin/courses/mediaasset/add/"


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    """Let pictures lie in a folder of this test, and nothing be kept from another."""
    settings.MEDIA_ROOT = tmp_path
    media.forget()


@pytest.fixture
def editor(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A browser of somebody who may work with pictures, and with nothing else."""
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    user = User.objects.create_user("editor@example.org", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__model="mediaasset"))
    client.force_login(user)
    return client


@pytest.fixture
def board(editor: Client) -> MediaAsset:
    """A picture that was sent in."""
    send(editor)
    return MediaAsset.objects.get()


def send(editor: Client, content: bytes = b"", called: str = "team.png", **said: Any) -> Any:
    """Send a picture by the admin's form."""
    file = SimpleUploadedFile(called, content or picture("PNG", (1000, 500)), "image/png")
    form = {"name": "Team at a board", "key": "", "alt": "A board with three columns.", "credit": "", **said}
    return editor.post(ADD, {**form, "upload": file})


def a_lesson() -> Lesson:
    """A lesson of a small course."""
    return Lesson.objects.filter(key="lesson-1").first() or make_course().lessons.get(key="lesson-1")


def show(body: str) -> Lesson:
    """Publish a lesson with this in it."""
    lesson = a_lesson()
    lesson.body = f"{lesson.body}\n\n{body}\n"
    lesson.save()
    publishing.publish(lesson, author=None, now=NOW)
    return Lesson.objects.select_related("live_version__course").get(pk=lesson.pk)


def drafted(body: str) -> str:
    """What the preview shows of a lesson with this in it, whatever is wrong with it."""
    lesson = a_lesson()
    lesson.body = body
    draft = versions.snapshot(lesson)
    version = Version(kind=draft.kind, course=lesson.course, key=lesson.key, body=draft.body)
    return "".join(str(part.html) for part in lessons.fill(version, today=NOW.date()).parts)


def html_of(lesson: Lesson) -> str:
    """What learners read of it."""
    assert lesson.live_version
    filled = lessons.fill(lesson.live_version, today=NOW.date())
    return "".join(str(part.html) for part in filled.parts)


def test_a_lesson_shows_a_picture_in_the_width_that_is_needed(board: MediaAsset) -> None:
    assert board.key == "team-at-a-board"
    html = html_of(show('![](media:team-at-a-board "Monday morning")'))
    where = f"/media/{board.digest}"
    assert f'srcset="{where}/480.webp 480w, {where}/960.webp 960w, {where}/1000.webp 1000w"' in html
    assert f'<img src="{where}/960.jpg" width="1000" height="500" alt="A board with three columns."' in html
    assert 'loading="lazy"' in html
    assert "<figcaption><p>Monday morning</p></figcaption>" in html


def test_a_lesson_may_say_in_its_own_words_what_there_is_to_see(board: MediaAsset) -> None:
    html = html_of(show('![The "third" column <is> empty](media:team-at-a-board)'))
    assert 'alt="The &quot;third&quot; column &lt;is&gt; empty"' in html


def test_mended_words_are_seen_at_once_and_its_maker_stands_below(editor: Client, board: MediaAsset) -> None:
    lesson = show("![](media:team-at-a-board)")
    form = {"name": board.name, "alt": "A board, seen from the side.", "credit": "Lea Lopes, CC BY 4.0"}
    editor.post(reverse("admin:courses_mediaasset_change", args=[board.pk]), form)
    html = html_of(lesson)
    assert 'alt="A board, seen from the side."' in html
    assert "Picture: Lea Lopes, CC BY 4.0" in html


def test_pictures_cost_a_page_no_query_but_one_a_minute(
    board: MediaAsset, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    lesson = show("![](media:team-at-a-board)\n\nAnd\n\n![](media:team-at-a-board)")
    html_of(lesson)
    with django_assert_num_queries(1):  # facts, checks and terms
        html_of(lesson)


def test_a_picture_that_is_not_there_keeps_a_lesson_from_being_published_and_is_left_out() -> None:
    lesson = a_lesson()
    lesson.body = "Words.\n\n![Nobody](media:not-there)\n"
    assert "line 3: unknown picture 'not-there'; upload it first" in str(drafts.problems(lesson)[0])
    assert "(picture withdrawn: Nobody)" in drafted("![Nobody](media:not-there)")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("Look ![here](media:team-at-a-board) now.", "stands alone in its paragraph"),
        ("![one](media:team-at-a-board) ![two](media:team-at-a-board)", "stands alone in its paragraph"),
        ("## ![a](media:team-at-a-board)", "stands alone in its paragraph"),
        ("![a](https://example.org/a.png)", "is uploaded first"),
        ("![a](team.png)", "is uploaded first"),
        ("![a](media:Team)", "is uploaded first"),
    ],
)
def test_a_picture_in_another_place_is_told_to_its_editor(board: MediaAsset, body: str, words: str) -> None:
    lesson = a_lesson()
    lesson.body = body
    assert words in " ".join(str(problem) for problem in drafts.problems(lesson))
    assert "<img" not in drafted(body)


def test_a_file_is_served_for_ever_and_never_as_a_page(
    board: MediaAsset, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        answer = Client().get(f"/media/{board.digest}/480.webp", headers={"Accept-Encoding": "gzip"})
        content = b"".join(answer)
    assert content[8:12] == b"WEBP"
    assert answer["Content-Type"] == "image/webp"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert sorted(answer["Content-Security-Policy"].split("; ")) == ["default-src 'none'", "sandbox"]
    assert not answer.has_header("Content-Encoding")
    answer.close()


@pytest.mark.parametrize(
    "name", ["480.png", "1.webp", "..%2f480.webp", "480.webp%00", "480.webp/", "etc-passwd", "480.html"]
)
def test_no_other_name_leads_to_a_file(client: Client, board: MediaAsset, name: str) -> None:
    assert client.get(f"/media/{board.digest}/{name}").status_code == 404
    assert client.get(f"/media/{'0' * 64}/480.webp").status_code == 404
    assert client.get("/media/../480.webp").status_code == 404


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"alt": ""}, "Say in a sentence what it shows"),
        ({"decorative": "on"}, "A decorative picture has no text"),
        ({"name": ""}, "This field is required"),
        ({"key": "Team Board"}, "Lower-case letters, digits and single hyphens only."),
    ],
)
def test_a_form_that_lacks_something_says_so_and_keeps_what_was_typed(
    editor: Client, said: dict[str, Any], words: str
) -> None:
    answer = send(editor, credit="Lea Lopes", **said)
    assert words in answer.content.decode()
    assert "Lea Lopes" in answer.content.decode()
    assert not MediaAsset.objects.exists()
    assert not default_storage.exists("pictures")


def test_a_decorative_picture_has_no_words(editor: Client) -> None:
    send(editor, alt="", decorative="on")
    assert 'alt=""' in html_of(show("![](media:team-at-a-board)"))


NAMES = ["../../../../etc/cron.d/x.png", "x.png\0.html", "C:\\boot.ini", "a" * 300 + ".php"]


@pytest.mark.parametrize("called", NAMES)
def test_what_a_file_is_called_has_no_effect(editor: Client, called: str, tmp_path: Path) -> None:
    send(editor, called=called)
    asset = MediaAsset.objects.get()
    files = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")}
    expected = ("480.webp", "960.webp", "1000.webp", "960.jpg")
    assert files == {f"pictures/{asset.digest}/{each}" for each in expected}


def test_what_is_no_picture_is_refused_where_it_was_chosen(editor: Client) -> None:
    answer = send(editor, content=b"<svg onload=alert(1)>", called="logo.png")
    assert "SVG is refused" in answer.content.decode()
    assert "A board with three columns." in answer.content.decode()
    assert not MediaAsset.objects.exists()


def test_the_same_picture_is_taken_in_once(editor: Client, board: MediaAsset) -> None:
    answer = send(editor, called="another name.png")
    assert "This picture is here already" in answer.content.decode()
    assert MediaAsset.objects.count() == 1


def test_two_pictures_of_one_name_have_two_keys(editor: Client, board: MediaAsset) -> None:
    send(editor, content=picture("PNG", (600, 600)))
    assert set(MediaAsset.objects.values_list("key", flat=True)) == {board.key, f"{board.key}-2"}


def test_a_file_that_a_crash_cut_off_is_written_anew(
    editor: Client, board: MediaAsset, tmp_path: Path
) -> None:
    file = tmp_path / f"pictures/{board.digest}/480.webp"
    whole = file.read_bytes()
    file.write_bytes(whole[:20])
    MediaAsset.objects.all().delete()
    send(editor)
    assert file.read_bytes() == whole


def test_a_picture_that_a_lesson_shows_is_not_deleted(editor: Client, board: MediaAsset) -> None:
    lesson = show("![](media:team-at-a-board)")
    lesson.body = "Words."  # the draft has lost it; learners still see it
    lesson.save()
    page = editor.get(reverse("admin:courses_mediaasset_change", args=[board.pk]))
    assert "Shown in 1 lesson, so it cannot be deleted" in page.content.decode()
    address = reverse("admin:courses_mediaasset_delete", args=[board.pk])
    assert editor.post(address, {"post": "yes"}).status_code == 403
    with pytest.raises(media.StillNamed, match="Lesson"):
        media.delete(board)
    assert MediaAsset.objects.exists()


def test_a_picture_that_no_lesson_shows_is_deleted_with_its_files(
    editor: Client,
    board: MediaAsset,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    tmp_path: Path,
) -> None:
    Lesson.objects.filter(pk=a_lesson().pk).update(body="![](media:team-at-a-board-2)")  # begins alike
    with django_capture_on_commit_callbacks(execute=True):
        editor.post(reverse("admin:courses_mediaasset_delete", args=[board.pk]), {"post": "yes"})
    assert not MediaAsset.objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_the_editor_of_a_lesson_offers_pictures(board: MediaAsset) -> None:
    lesson = a_lesson()
    (entry,) = PICKERS["media"].find(lesson, "columns")
    assert (entry.title, entry.insert.strip()) == ("Team at a board", "![](media:team-at-a-board)")
    assert not PICKERS["media"].find(lesson, "nowhere")


def test_the_list_shows_pictures_in_a_fixed_number_of_queries(
    editor: Client, board: MediaAsset, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for wide in range(20, 26):
        send(editor, content=picture("PNG", (wide, wide)), called=f"{wide}.png")
    with django_assert_max_num_queries(11):
        page = editor.get(reverse("admin:courses_mediaasset_changelist"))
    assert page.content.decode().count('class="au-small"') == 7


def test_the_list_to_pick_from_shows_each_picture_in_its_narrowest_file(
    client: Client, board: MediaAsset
) -> None:
    lesson = a_lesson()
    client.force_login(User.objects.create_superuser("owner@example.org"))
    listed = client.get(reverse("admin:courses_lesson_pick", args=[lesson.pk, "media"])).text
    file = reverse("accounts:picture", args=[board.digest, "480.webp"])
    shown = f'<img src="{file}" width="1000" height="500" alt="" loading="lazy"'
    assert shown in listed
    assert default_storage.exists(f"pictures/{board.digest}/480.webp")
    assert "<img" not in client.get(reverse("admin:courses_lesson_pick", args=[lesson.pk, "lesson"])).text
    assert shown in client.get(reverse("admin:courses_mediaasset_changelist")).text

"""The portal as an app on a phone: its manifest, and the script that serves what was saved."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image

from accounts import organisation
from accounts.models import Organisation, User

pytestmark = pytest.mark.django_db


def test_the_manifest_names_the_organisation_and_pictures_of_the_sizes_it_says(client: Client) -> None:
    Organisation.objects.update_or_create(singleton=True, defaults={"name": "School of Two Jobs"})
    organisation.forget()
    answer = client.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    about = answer.json()
    assert (about["name"], about["short_name"], about["scope"]) == ("School of Two Jobs", "School", "/")
    assert [icon.get("purpose", "any") for icon in about["icons"]] == ["any", "any", "maskable"]
    for icon in about["icons"]:
        found = finders.find(icon["src"].removeprefix("/static/"))
        with Image.open(str(found)) as picture:
            assert "x".join(map(str, picture.size)) == icon["sizes"]
    organisation.forget()


def test_every_page_leads_to_the_manifest(client: Client) -> None:
    page = client.get("/").content.decode()
    assert '<link rel="manifest" href="/manifest.webmanifest">' in page
    assert page.count('<meta name="theme-color"') == 2


def test_the_worker_is_asked_for_anew_and_serves_files_that_exist(client: Client) -> None:
    answer = client.get("/sw.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    script = answer.content.decode()
    assert len(script.splitlines()) <= 150
    files = re.findall(r'"/static/([^"]+)"', script)
    assert len(files) == 5
    assert all(finders.find(file) for file in files)
    assert client.get(re.findall(r'SAVED = "([^"]+)"', script)[0]).status_code == 200


def test_the_worker_is_another_with_each_release(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.views import installed

    before = client.get("/sw.js").content
    assert client.get("/sw.js").content == before
    monkeypatch.setattr(installed, "release", lambda: "0" * 64)
    assert client.get("/sw.js").content != before


def test_who_logs_out_takes_along_what_the_browser_kept(client: Client) -> None:
    client.force_login(User.objects.create_user("lea@example.org"))
    assert "Clear-Site-Data" not in client.get("/accounts/logout/")
    assert "Clear-Site-Data" not in client.get("/help/")
    assert client.post("/accounts/logout/")["Clear-Site-Data"] == '"storage"'


def test_pages_register_no_worker_by_themselves() -> None:
    scripts = Path(__file__).resolve().parents[2] / "static/js"
    registering = [
        path.name for path in scripts.rglob("*.js") if "serviceWorker.register" in path.read_text()
    ]
    assert registering == ["offline.js"]

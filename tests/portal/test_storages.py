"""Where files lie: in folders, or in a bucket that STORAGE_URL names."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, InMemoryStorage

from portal import storages

BUCKET = "s3://KEY:a%2Fb@s3.example.org:9000/files?region=eu-central-1"


def test_without_an_address_they_are_folders(tmp_path: Path) -> None:
    found = storages.read("", data_dir=tmp_path)
    assert found["exports"]["OPTIONS"]["location"] == tmp_path / "exports"
    assert found["exports"]["OPTIONS"]["file_permissions_mode"] == 0o600


def test_a_bucket_has_a_part_for_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storages, "find_spec", lambda name: object())
    found = storages.read(BUCKET, data_dir=tmp_path)
    assert {name: each["OPTIONS"]["location"] for name, each in found.items()} == {
        "default": "media",
        "exports": "exports",
    }
    options = found["default"]["OPTIONS"]
    assert (options["access_key"], options["secret_key"]) == ("KEY", "a/b")
    assert (options["endpoint_url"], options["region_name"]) == (
        "https://s3.example.org:9000",
        "eu-central-1",
    )
    plain = storages.read(f"{BUCKET}&tls=no", data_dir=tmp_path)
    assert plain["default"]["OPTIONS"]["endpoint_url"] == "http://s3.example.org:9000"


@pytest.mark.parametrize(
    "url",
    [
        "https://s3.example.org/files",
        "s3://s3.example.org/files",
        "s3://KEY:SECRET@s3.example.org/",
        "s3://KEY:SECRET@s3.example.org/files/deeper",
        "s3://KEY:SECRET@s3.example.org/files?acl=public-read",
        "nonsense",
    ],
)
def test_an_address_that_makes_no_sense_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="STORAGE_URL must look like"):
        storages.read(url, data_dir=tmp_path)


def test_what_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storages, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"requirements/s3\.txt"):
        storages.read(BUCKET, data_dir=tmp_path)


@pytest.mark.parametrize("kind", ["folder", "elsewhere"])
def test_all_files_are_named_in_order(kind: str, tmp_path: Path) -> None:
    storage = FileSystemStorage(tmp_path / "none yet") if kind == "folder" else InMemoryStorage()
    assert list(storages.names(storage)) == []
    for name in ("b/2.png", "b/deep/3.png", "a/1.png", "top.png"):
        storage.save(name, ContentFile(b"."))
    assert list(storages.names(storage)) == ["top.png", "a/1.png", "b/2.png", "b/deep/3.png"]

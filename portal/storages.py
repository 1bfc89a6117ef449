"""Where pictures and people's downloads lie: in folders of DATA_DIR, or in a bucket that all hosts share."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.files.storage import Storage

LOOKS = "s3://KEY:SECRET@HOST/BUCKET?region=REGION"
LACKING = "STORAGE_URL needs django-storages: .venv/bin/pip install --require-hashes -r requirements/s3.txt"


def read(url: str, *, data_dir: Path) -> dict[str, dict[str, Any]]:
    """Return Django's storages "default" and "exports" for STORAGE_URL.

    Where it is empty, they are MEDIA_ROOT and a folder that others on the machine cannot read. No address
    leads to a file of either: views hand them out. Raises ValueError, which says what is wrong.
    """
    if not url:
        private = {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
        backend = "django.core.files.storage.FileSystemStorage"
        return {
            "default": {"BACKEND": backend},
            "exports": {"BACKEND": backend, "OPTIONS": {"location": data_dir / "exports", **private}},
        }
    parts = urlsplit(url)
    bucket, said = parts.path.strip("/"), parse_qs(parts.query)
    if parts.scheme != "s3" or not (parts.username and parts.password and parts.hostname and bucket):
        raise ValueError(f"STORAGE_URL must look like {LOOKS}.")
    if not {"region", "tls"}.issuperset(said) or "/" in bucket:
        raise ValueError(f"STORAGE_URL must look like {LOOKS}; tls=no may be added, and nothing else.")
    if find_spec("storages") is None:
        raise ValueError(f"{LACKING}.")
    host = parts.netloc.rpartition("@")[2]
    options = {
        "access_key": unquote(parts.username),
        "secret_key": unquote(parts.password),
        "bucket_name": bucket,
        "endpoint_url": f"{'http' if said.get('tls') == ['no'] else 'https'}://{host}",
        "region_name": said.get("region", ["us-east-1"])[0],
        "file_overwrite": True,  # names are drawn from the content, or belong to one person
    }
    backend = "storages.backends.s3.S3Storage"
    return {
        "default": {"BACKEND": backend, "OPTIONS": {**options, "location": "media"}},
        "exports": {"BACKEND": backend, "OPTIONS": {**options, "location": "exports"}},
    }


def names(storage: Storage, folder: str = "") -> Iterator[str]:
    """Yield the names of all files of a storage, folder by folder in order."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:  # nothing was stored yet
        return
    yield from (f"{folder}{name}" for name in sorted(files) if name)
    for name in sorted(folders):
        yield from names(storage, f"{folder}{name}/")

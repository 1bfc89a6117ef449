"""Addresses of static files: worked out once a process, and never made up."""

from pathlib import Path

import pytest

from portal.static_names import StaticNames


def test_an_address_is_worked_out_once_and_what_is_missing_is_refused(tmp_path: Path) -> None:
    storage = StaticNames(location=tmp_path, base_url="/static/")
    storage.hashed_files = {"pages.css": "pages.1234.css"}
    assert storage.url("pages.css") == "/static/pages.1234.css"
    storage.hashed_files = {}
    assert storage.url("pages.css") == "/static/pages.1234.css"
    for _ in range(2):
        with pytest.raises(ValueError, match=r"none\.css"):
            storage.url("none.css")

"""The file with all of a person's data: a ZIP with data.json for programs and index.html for people."""

import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from accounts import organisation
from accounts.models import User
from accounts.privacy import records, sections

NAME = "crossroads-my-data.zip"
STEP = 1000
LOOK = Path(settings.BASE_DIR) / "templates" / "accounts" / "own_data" / "look.css"


def nobody_asks(written: int) -> None:
    """Take the number of rows written so far, and do nothing with it."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What one table has in the file, for the list at the end of index.html."""

    label: str
    about: str
    rows: int


def write(
    out: IO[bytes], *, user: User, now: datetime, progress: Callable[[int], None] = nobody_asks
) -> None:
    """Write the ZIP with everything that is this person's, and nothing of anybody else.

    `progress` is told now and then how many rows of data.json are written. Rows are read as they are written,
    so what is done meanwhile may or may not be in it.
    """
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        with bundle.open("data.json", "w", force_zip64=True) as file:
            contents = list(_json(file, user, now, progress))
        bundle.writestr("index.html", _page(user, contents, now))


def _json(file: IO[bytes], user: User, now: datetime, progress: Callable[[int], None]) -> Iterator[Contents]:
    written = 0
    file.write(f'{{\n"exported_at": {_encoded(now)},\n"tables": {{'.encode())
    for place, table in enumerate(records.tables(user)):
        file.write(f"{',' if place else ''}\n{_encoded(table.label)}: [".encode())
        count = 0
        for count, row in enumerate(table.told().iterator(chunk_size=STEP), start=1):
            file.write(f"{',' if count > 1 else ''}\n{_encoded(row)}".encode())
            written += 1
            if written % STEP == 0:
                progress(written)
        file.write(b"]")
        yield Contents(table.label, table.about, count)
    file.write(b"\n}\n}\n")
    progress(written)


def _encoded(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)


def _page(user: User, contents: list[Contents], now: datetime) -> str:
    return render_to_string(
        "accounts/own_data/index.html",
        {
            "made": sections.moment(now, user.zone),
            "organisation": organisation.current(),
            "base_url": settings.BASE_URL,
            "look": mark_safe(f"<style>{LOOK.read_text(encoding='utf-8')}</style>"),  # noqa: S308  ours, no input
            "sections": sections.of(user),
            "contents": contents,
        },
    )

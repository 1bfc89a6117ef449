"""The file of one's data: made at once where it is small, else by a worker, and kept for seven days.

The worker's file lies in the storage "exports", under the export's id; nobody reaches it but by the view that
asks whose it is.
"""

import logging
import tempfile
from datetime import datetime, timedelta
from functools import partial
from typing import IO, cast
from uuid import UUID

from django.core.files import File
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.db.models import F, Q

from accounts import mails
from accounts.models import DataExport, User
from accounts.privacy import archive, sections

logger = logging.getLogger(__name__)

AT_ONCE = 20_000
"""Rows; a page can wait for as many. Above it a worker makes the file."""
KEPT = timedelta(days=7)
LOST = timedelta(minutes=10)
"""After which a worker that began is taken for dead; it may work for two minutes."""
MOST_TRIES = 3
IN_MEMORY = 4 * 1024 * 1024
State = DataExport.State


def storage() -> Storage:
    """Return where the files lie."""
    return storages["exports"]


def make_now(user: User, *, now: datetime) -> IO[bytes]:
    """Return the file, open at its start; gone when it is closed."""
    out = cast(IO[bytes], tempfile.SpooledTemporaryFile(max_size=IN_MEMORY))  # noqa: SIM115  the answer closes it
    archive.write(out, user=user, now=now)
    out.seek(0)
    return out


@transaction.atomic
def ask(*, user: User, rows: int, now: datetime) -> DataExport:
    """Note that a worker is to make the file, and return the note; one that is under way stays as it is."""
    User.objects.select_for_update().get(pk=user.pk)
    found = DataExport.objects.filter(user=user).first()
    if found is not None and found.state in (State.ASKED, State.MAKING):
        return found
    drop(user=user)
    return DataExport.objects.create(user=user, rows=rows, asked_at=now)


def of(user: User, *, now: datetime) -> DataExport | None:
    """Return the person's export that waits, is being made, has failed or can be fetched; else None."""
    found = DataExport.objects.filter(user=user).first()
    over = found is not None and found.expires_at is not None and found.expires_at <= now
    return None if over else found


def fetch(*, user: User, export_id: UUID, now: datetime) -> "File[bytes] | None":
    """Return the open file of this person's own export; None if it is not theirs, not ready, or over."""
    found = of(user, now=now)
    if found is None or found.pk != export_id or found.state != State.READY:
        return None
    name = _name(found.pk)
    return storage().open(name, "rb") if storage().exists(name) else None


def make_next(*, now: datetime) -> bool:
    """Make the file that has waited longest; return False if none waits.

    A worker that died is followed by another, three times at most. It may run in parallel with itself.
    """
    export = _claim(now=now)
    if export is None:
        return False
    try:
        _make(export, now=now)
    except Exception:
        logger.exception("the export %s could not be made", export.pk)
        again = State.ASKED if export.tries < MOST_TRIES else State.FAILED
        DataExport.objects.filter(pk=export.pk).update(state=again, written=0)
    return True


@transaction.atomic
def _claim(*, now: datetime) -> DataExport | None:
    waiting = Q(state=State.ASKED) | Q(state=State.MAKING, claimed_at__lt=now - LOST)
    export = (
        DataExport.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("user")
        .filter(waiting)
        .order_by("asked_at")
        .first()
    )
    if export is None:
        return None
    if export.tries >= MOST_TRIES:
        export.state = State.FAILED
        export.save(update_fields=["state"])
        return None
    export.state, export.claimed_at, export.tries, export.written = State.MAKING, now, export.tries + 1, 0
    export.save(update_fields=["state", "claimed_at", "tries", "written"])
    return export


def _make(export: DataExport, *, now: datetime) -> None:
    own = DataExport.objects.filter(pk=export.pk, claimed_at=now)

    def tell(written: int) -> None:
        own.update(written=written)

    with tempfile.TemporaryFile() as out:
        archive.write(out, user=export.user, now=now, progress=tell)
        size = out.tell()
        out.seek(0)
        storage().delete(_name(export.pk))  # what a dead worker left
        storage().save(_name(export.pk), File(out))
    with transaction.atomic():
        ready = own.update(state=State.READY, size=size, rows=F("written"), expires_at=now + KEPT)
        if ready and export.user.email:
            until = sections.day((now + KEPT).astimezone(export.user.zone).date())
            mails.put("account/email/data_ready", email=export.user.email, context={"until": until}, now=now)
    if not ready:  # erased or asked anew meanwhile
        storage().delete(_name(export.pk))


def drop(*, user: User) -> None:
    """Forget the person's export; its file goes once that is certain."""
    for export in DataExport.objects.filter(user=user):
        transaction.on_commit(partial(storage().delete, _name(export.pk)))
        export.delete()


def sweep(*, now: datetime) -> int:
    """Delete exports that are over, and files that belong to none; return how many files went."""
    DataExport.objects.filter(expires_at__lte=now).delete()
    try:
        _, names = storage().listdir("")
    except FileNotFoundError:  # none was ever made
        return 0
    known = {_name(pk) for pk in DataExport.objects.values_list("pk", flat=True)}
    lost = [name for name in names if name not in known]
    for name in lost:
        storage().delete(name)
    return len(lost)


def _name(export_id: UUID) -> str:
    return f"{export_id}.zip"

"""Files that somebody looked at before importing them: kept for an hour, one a person."""

import hashlib
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.models import User
from courses.exchange import csv_questions, gift_reader, qti_reader
from courses.exchange.found import Reading
from courses.exchange.limits import Deadline, NotReadable, check_size, is_archive, text_of
from courses.models import Upload

KEPT = timedelta(hours=1)
QUESTIONS = {Upload.Kind.GIFT: "GIFT", Upload.Kind.QTI: "QTI 3.0", Upload.Kind.CSV: "CSV"}


def keep(*, user: User, kind: str, name: str, content: bytes, now: datetime) -> Upload:
    """Keep a file in the place of the one before. Raises NotReadable for one that is empty or too large."""
    check_size(content)
    values = {
        "kind": kind,
        "name": name[:200],
        "content": content,
        "digest": hashlib.sha256(content).hexdigest(),
        "made_at": now,
    }
    return Upload.objects.update_or_create(user=user, defaults=values)[0]


def kept(*, user: User, digest: str, now: datetime) -> Upload | None:
    """Return the file that somebody looked at; None if it is another by now, or gone."""
    return Upload.objects.filter(user=user, digest=digest, made_at__gt=now - KEPT).first()


def forget(*, now: datetime) -> int:
    """Delete files that nobody may import any more; return how many."""
    return Upload.objects.filter(made_at__lte=now - KEPT).delete()[0]


def kind_of(name: str, content: bytes) -> str:
    """Return the kind of a file with questions, by its name and its first bytes. Raises NotReadable."""
    ending = name.lower().rpartition(".")[2]
    if is_archive(content) or ending == "xml":
        return Upload.Kind.QTI
    if ending in ("csv", "tsv"):
        return Upload.Kind.CSV
    if ending in ("gift", "txt"):
        return Upload.Kind.GIFT
    raise NotReadable(_("Name the file .gift or .txt (GIFT), .csv (CSV), .zip or .xml (QTI 3.0)."))


def read_questions(kind: str, content: bytes) -> Reading:
    """Return the questions of a file of a kind. Raises NotReadable."""
    deadline = Deadline()
    match kind:
        case Upload.Kind.QTI:
            return qti_reader.read(content, deadline)
        case Upload.Kind.CSV:
            return csv_questions.read(text_of(content), deadline)
        case _:
            return gift_reader.read(text_of(content), deadline)

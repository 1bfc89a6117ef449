"""The hold-out: a share of digests is left out, at random, to learn whether they bring anybody back.

What may be left out is the digest alone, never a mail. A digest takes the place of the first reminder of a
week; where it is left out, the mail that the learner scheduled comes at its hour all the same, about the next
thing (`standing.Standing.reasons`), and the preview lists it as that. Where there is no next thing, and for
those who said "Always send mine", the digest is sent. The share is 0 until somebody sets it (Organisation).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from learning.models import DigestTrial


@dataclass(frozen=True, slots=True)
class Part:
    """That the digest of one learner's mail takes part, and on which side. `day` is the mail's local date."""

    user_id: int
    day: date
    held_out: bool


def is_held_out(user_id: int, monday: date, *, per_cent: int) -> bool:
    """Whether the digest of a learner's week is left out: the same however often it is asked.

    Drawn anew each week, so nobody goes without for long. A higher share adds to those left out and takes
    none away.
    """
    drawn = sha256(f"hold-out of the digest:{user_id}:{monday.isoformat()}".encode()).digest()
    return int.from_bytes(drawn[:8]) % 100 < per_cent


def note(parts: Iterable[Part], *, now: datetime) -> None:
    """Keep who takes part, both sides alike; a mail that is tried again takes part once."""
    rows = [DigestTrial(user_id=one.user_id, day=one.day, held_out=one.held_out, at=now) for one in parts]
    if rows:
        DigestTrial.objects.bulk_create(rows, ignore_conflicts=True)

"""Marks by which a page names what it shows, so that only what was shown can be spoken of.

A mark is signed: nobody can make one up, count through the versions, or learn from it what is not theirs.
"""

from dataclasses import dataclass

from django.core import signing

from courses.models import DrillSentence, Version

SALT = "courses.marks"


class Unknown(ValueError):
    """The mark is none of ours, or what it named is gone."""


@dataclass(frozen=True, slots=True)
class Marked:
    """What a mark names: one of the two."""

    version: Version | None = None
    sentence: DrillSentence | None = None


def of_version(version_id: int) -> str:
    """Return the mark of a version of a lesson, a fact or a question."""
    return _signer().sign(f"v{version_id}")


def of_sentence(sentence_id: int) -> str:
    """Return the mark of a sentence of the drill."""
    return _signer().sign(f"s{sentence_id}")


def find(mark: str) -> Marked:
    """Return what a mark names (1 query), without the answer key. Raises Unknown."""
    try:
        named = _signer().unsign(mark)
        if named.startswith("s"):
            return Marked(sentence=DrillSentence.objects.get(pk=int(named[1:])))
        versions = Version.objects.for_pages().select_related("course")
        return Marked(version=versions.get(pk=int(named[1:])))
    except (signing.BadSignature, Version.DoesNotExist, DrillSentence.DoesNotExist) as problem:
        raise Unknown(mark) from problem


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT)

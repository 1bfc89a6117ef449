"""The files of pictures in the storage, named after their content: what an address shows never changes."""

import errno
import logging
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import pictures
from accounts.pictures import NotAPicture, Picture

logger = logging.getLogger(__name__)

FOLDER = "pictures"
TYPES = {"webp": "image/webp", "jpg": "image/jpeg", "png": "image/png"}
NAME = re.compile(rf"[1-9][0-9]{{0,3}}\.({'|'.join(TYPES)})")
DIGEST = re.compile(r"[0-9a-f]{64}")
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


def store(picture: Picture) -> list[str]:
    """Write a picture's files, each whole, and return the paths of those that were not there before.

    What a crash left of one is written anew. Files that no row names (somebody stopped halfway) do no harm:
    the same picture would lie there again. Raises NotAPicture where the disk takes no more; then none of the
    new files is left.
    """
    new: list[str] = []
    try:
        for name, content in picture.files.items():
            path = _path(picture.digest, name)
            if default_storage.exists(path):
                if default_storage.size(path) == len(content):
                    continue
                default_storage.delete(path)
            new.append(path)
            default_storage.save(path, ContentFile(content))
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        logger.exception("a picture could not be stored")
        for path in new:
            default_storage.delete(path)
        raise NotAPicture(
            _("The server has no room left for pictures; nothing was stored. Tell whoever runs it.")
        ) from error
    return new


@contextmanager
def storing() -> Iterator[Callable[[Picture], None]]:
    """Hand out `store`; if what is done meanwhile fails, the files that are new are taken away again.

    A transaction belongs inside: then its failing to commit is such a failure, too.
    """
    new: list[str] = []
    try:
        yield lambda picture: new.extend(store(picture))
    except BaseException:
        for path in new:
            default_storage.delete(path)
        raise


def read(digest: str, name: str) -> "tuple[File[bytes], str]":
    """Return a file, open, and its media type. Raises FileNotFoundError, also for other names than ours."""
    match = NAME.fullmatch(name)
    if not match or not DIGEST.fullmatch(digest):
        raise FileNotFoundError(name)
    return default_storage.open(_path(digest, name)), TYPES[match[1]]


def address(digest: str, name: str) -> str:
    """Return the address of a file. Whoever knows it may read it; it cannot be guessed."""
    return reverse("accounts:picture", args=[digest, name])


def remove_after_commit(digest: str, widths: Sequence[int], fallback: str) -> None:
    """Delete a picture's files once it is certain that its row is gone."""
    paths = [_path(digest, name) for name in pictures.names(widths, fallback)]

    def remove() -> None:
        for path in paths:
            default_storage.delete(path)

    transaction.on_commit(remove)


def _path(digest: str, name: str) -> str:
    return f"{FOLDER}/{digest}/{name}"

"""How much of a file from outside is read, and what is refused before anything of it is. Pure."""

import io
import re
import stat
import time
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from courses.wording import gettext as _

MEGABYTE = 1_000_000
MOST_UPLOADED = 20 * MEGABYTE
MOST_EXPANDED = 100 * MEGABYTE
MOST_FILES = 2_000
MOST_QUESTIONS = 5_000
MOST_OF_ONE = MEGABYTE
"""Bytes of one text in an archive."""

MOST_TEXT_FILE = 10 * MEGABYTE
"""Bytes of a file that is one text, such as a CSV of 5,000 questions."""

SECONDS = 15.0
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
"""What Python's zipfile raises at an archive that is none, is cut off or is of a kind it cannot read."""


class NotReadable(ValueError):
    """The file as a whole cannot be imported. The message says why, for the person."""


class ChangedSince(ValueError):
    """An import would do something else by now than what somebody looked at. Nothing was written."""


@dataclass
class Deadline:
    """How long reading may take; `check` is called between two steps that are short."""

    seconds: float = SECONDS
    begun: float = field(default_factory=time.monotonic)

    def check(self) -> None:
        """Raise NotReadable once the time is over."""
        if time.monotonic() - self.begun > self.seconds:
            raise NotReadable(
                _("Reading took longer than %(seconds).0f seconds. Cut the file in parts.")
                % {"seconds": self.seconds}
            )


def check_size(data: bytes) -> None:
    """Raise NotReadable for an upload that is empty or too large."""
    if not data:
        raise NotReadable(_("The file is empty."))
    if len(data) > MOST_UPLOADED:
        raise NotReadable(_("The file is larger than %(most)s MB.") % {"most": MOST_UPLOADED // MEGABYTE})


def text_of(data: bytes, *, most: int = MOST_TEXT_FILE) -> str:
    """Return the text of a file, with \\n between its lines. Read is UTF-8, and UTF-16 with its mark.

    Raises NotReadable for anything else, and for characters that no text has.
    """
    if len(data) > most:
        raise NotReadable(_("The text is larger than %(most)s MB.") % {"most": most // MEGABYTE})
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise NotReadable(
            _("Line %(line)s: the text is not in UTF-8. Save the file as UTF-8.") % {"line": line}
        ) from error
    if found := CONTROL.search(text):
        line = text[: found.start()].count("\n") + 1
        raise NotReadable(
            _("Line %(line)s: a character that no text has (%(code)s).")
            % {"line": line, "code": f"U+{ord(found[0]):04X}"}
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


class Archive:
    """A zip whose names and sizes were looked at; files are unpacked one by one, into memory alone."""

    def __init__(self, zip_file: zipfile.ZipFile, infos: Mapping[str, zipfile.ZipInfo]) -> None:
        self._zip_file, self._infos = zip_file, infos

    def __iter__(self) -> Iterator[str]:
        return iter(self._infos)

    def __contains__(self, name: object) -> bool:
        return name in self._infos

    def read(self, name: str, *, most: int = MOST_OF_ONE) -> bytes:
        """Return a file's bytes. Raises NotReadable where it is larger than `most` or broken."""
        info = self._infos[name]
        if info.file_size > most:
            raise NotReadable(
                _("%(name)s is larger than %(most)s MB.") % {"name": shown(name), "most": most // MEGABYTE}
            )
        try:
            with self._zip_file.open(info) as file:
                return file.read(most + 1)[:most]
        except BROKEN as error:
            raise NotReadable(_("%(name)s is broken in the archive.") % {"name": shown(name)}) from error


def is_archive(data: bytes) -> bool:
    """Say whether a file begins as a zip does."""
    return data[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def unpack(data: bytes) -> Archive:
    """Look at a zip's table of contents. Raises NotReadable for what is no archive that we open.

    Refused are: too many files, too much when unpacked, names that lead out of the archive, links, passwords,
    and methods of packing besides the usual one.
    """
    if data.count(b"PK\x01\x02") > MOST_FILES:
        raise NotReadable(_("The archive holds more than %(most)s files.") % {"most": f"{MOST_FILES:,}"})
    try:
        zip_file = zipfile.ZipFile(io.BytesIO(data))
        found = [info for info in zip_file.infolist() if not info.is_dir()]
    except BROKEN as error:
        raise NotReadable(_("This is no zip archive, or a broken one.")) from error
    infos: dict[str, zipfile.ZipInfo] = {}
    for info in found:
        _check(info)
        if info.filename in infos:
            raise NotReadable(_("The archive holds %(name)s twice.") % {"name": shown(info.filename)})
        infos[info.filename] = info
    if sum(info.file_size for info in infos.values()) > MOST_EXPANDED:
        raise NotReadable(
            _("Unpacked, the archive is larger than %(most)s MB.") % {"most": MOST_EXPANDED // MEGABYTE}
        )
    return Archive(zip_file, infos)


def _check(info: zipfile.ZipInfo) -> None:
    name = info.filename
    parts = name.split("/")
    if name.startswith("/") or "\\" in name or ":" in name or CONTROL.search(name) or {"..", "."} & {*parts}:
        raise NotReadable(_("%(name)s is no name of a file inside an archive.") % {"name": shown(name)})
    if len(name) > 200:
        raise NotReadable(_("%(name)s is too long for a name.") % {"name": shown(name)})
    if info.flag_bits & 1:
        raise NotReadable(_("The archive asks for a password."))
    if stat.S_ISLNK(info.external_attr >> 16):
        raise NotReadable(_("%(name)s is a link, not a file.") % {"name": shown(name)})
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise NotReadable(_("%(name)s is packed by a method that is not read here.") % {"name": shown(name)})


def shown(name: str) -> str:
    """Return a name from a file as a message may hold it: short, and without what cannot be seen."""
    return f"“{CONTROL.sub('?', name)[:80]}”"

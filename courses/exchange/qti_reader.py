"""Read QTI 3.0, a package or one item: no DOCTYPE, no entity, nothing from elsewhere. Pure."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DTDForbidden
from defusedxml.ElementTree import fromstring

from courses.exchange import qti_items
from courses.exchange.found import Found, Reading, taken
from courses.exchange.limits import (
    MEGABYTE,
    MOST_QUESTIONS,
    Archive,
    Deadline,
    NotReadable,
    is_archive,
    shown,
    unpack,
)
from courses.exchange.words import local_name
from courses.wording import gettext as _
from courses.wording import ngettext

MANIFEST = "imsmanifest.xml"
MOST_NESTED, MOST_ELEMENTS = 60, 20_000
MOST_OF_MANIFEST = 5 * MEGABYTE


def read(data: bytes, deadline: Deadline) -> Reading:
    """Return the questions of a package or of one item's XML. Raises NotReadable."""
    if not is_archive(data):
        root = parse(data, _("the file"))
        if local_name(root) == "manifest":
            raise NotReadable(_("This is the manifest of a package alone. Choose the whole zip."))
        return Reading((_item(data, _("the item"), qti_items.NOTHING),))
    archive = unpack(data)
    if MANIFEST not in archive:
        raise NotReadable(
            _("The archive has no %(manifest)s beside its folders: it is no QTI package.")
            % {"manifest": MANIFEST}
        )
    root = parse(archive.read(MANIFEST, most=MOST_OF_MANIFEST), MANIFEST, most=20 * MOST_ELEMENTS)
    found: list[Found] = []
    others = 0
    for resource in (one for one in root.iter() if local_name(one) == "resource"):
        deadline.check()
        if not (resource.get("type") or "").startswith("imsqti_item"):
            others += 1
            continue
        found.append(_resource(archive, resource, len(found) + 1))
        if len(found) > MOST_QUESTIONS:
            raise NotReadable(
                _("The package holds more than %(most)s items.") % {"most": f"{MOST_QUESTIONS:,}"}
            )
    if not found:
        raise NotReadable(_("The manifest lists no item. Only items are read, not tests."))
    note = ngettext(
        "%(count)s other file of the package: left out, only items are read",
        "%(count)s other files of the package: left out, only items are read",
        others,
    )
    return Reading(tuple(found), (note % {"count": others},) if others else ())


def _resource(archive: Archive, resource: Element, count: int) -> Found:
    name = resource.get("href") or ""
    place = _("item %(count)s (%(name)s)") % {"count": count, "name": name[:60]}
    if name not in archive:
        return Found(
            place,
            None,
            (_("the manifest names %(name)s, which is not in the archive") % {"name": shown(name)},),
        )
    metadata = next((one for one in resource.iter() if one.tag == qti_items.OURS), None)
    about = qti_items.NOTHING if metadata is None else qti_items.about(metadata)
    try:
        return _item(archive.read(name), place, about)
    except NotReadable as problem:
        return Found(place, None, (str(problem),))


def _item(data: bytes, place: str, about: qti_items.About) -> Found:
    root = parse(data, _("it"))
    try:
        question, notes = qti_items.read(root, about)
    except ValueError as problem:
        return Found(place, None, (str(problem),))
    return taken(place, question, notes)


def parse(data: bytes, what: str, *, most: int = MOST_ELEMENTS) -> Element:
    """Return the root of an XML text. Raises NotReadable for what is none, or is built to do harm."""
    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except DTDForbidden as error:
        raise NotReadable(_("%(what)s has a DOCTYPE, which is not read here") % {"what": what}) from error
    except ParseError as error:
        raise NotReadable(_("%(what)s is no XML: %(error)s") % {"what": what, "error": error}) from error
    except (ValueError, LookupError) as error:
        raise NotReadable(
            _("%(what)s is no XML that is read here: %(error)s")
            % {"what": what, "error": type(error).__name__}
        ) from error
    for count, depth in enumerate(_depths(root)):
        if depth > MOST_NESTED or count > most:
            raise NotReadable(_("%(what)s is nested too deeply or has too many elements") % {"what": what})
    return root


def _depths(root: Element) -> Iterator[int]:
    waiting = [(root, 1)]
    while waiting:
        element, depth = waiting.pop()
        yield depth
        waiting += [(child, depth + 1) for child in element]

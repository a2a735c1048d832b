"""What is asked of a CalDAV server and what it answers, as XML (RFC 4791, RFC 6578)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin
from xml.etree import ElementTree

from django.utils.translation import gettext_lazy as _

from duyen.kernel.errors import DomainError

_DAV, _CAL = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"
_HEAD = '<?xml version="1.0" encoding="utf-8"?>'
_SPACES = 'xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"'
PRINCIPAL = (
    f"{_HEAD}<propfind {_SPACES}><prop><current-user-principal/><c:calendar-home-set/><resourcetype/>"
    "<displayname/><c:supported-calendar-component-set/><current-user-privilege-set/></prop></propfind>"
).encode()
ETAGS = f"{_HEAD}<propfind {_SPACES}><prop><getetag/><resourcetype/></prop></propfind>".encode()
_WRITES = frozenset({"write", "all", "write-content", "bind"})


class NotCalDav(DomainError):
    """What answers is no calendar server."""

    code = "not_caldav"
    sentence = _(
        "There is no calendar at this address. Look up the CalDAV address in the settings of your calendar."
    )


@dataclass(frozen=True)
class Resource:
    """One thing that a server tells of, by its whole address."""

    url: str
    status: int
    principal: str = ""
    homes: tuple[str, ...] = ()
    name: str = ""
    is_calendar: bool = False
    is_folder: bool = False
    components: tuple[str, ...] = ()
    is_writable: bool = True
    etag: str = ""
    content: bytes = b""


@dataclass(frozen=True)
class Told:
    """A whole answer: what it tells of, and how far one has read with it."""

    resources: tuple[Resource, ...]
    token: str = ""


def changes_since(token: str) -> bytes:
    """Ask what changed in a calendar since `token`; everything without one."""
    said = _escaped(token)
    return (
        f"{_HEAD}<sync-collection {_SPACES}><sync-token>{said}</sync-token><sync-level>1</sync-level>"
        "<prop><getetag/></prop></sync-collection>"
    ).encode()


def entries_at(paths: Sequence[str]) -> bytes:
    """Ask for the content of some entries."""
    asked = "".join(f"<href>{_escaped(each)}</href>" for each in paths)
    return (
        f"{_HEAD}<c:calendar-multiget {_SPACES}><prop><getetag/><c:calendar-data/></prop>{asked}"
        "</c:calendar-multiget>"
    ).encode()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def read_told(content: bytes, *, base: str) -> Told:
    """Read an answer of several parts; addresses become whole by `base`. Raises NotCalDav."""
    if b"<!DOCTYPE" in content[:2000].upper() or b"<!ENTITY" in content:
        raise NotCalDav  # no answer of this kind defines anything, and what it defines could grow without end
    try:
        root = ElementTree.fromstring(content)  # noqa: S314  # no definitions by then, and bounded in size
    except ElementTree.ParseError as error:
        raise NotCalDav from error
    if root.tag != f"{_DAV}multistatus":
        raise NotCalDav
    return Told(tuple(_resources(root, base)), (root.findtext(f"{_DAV}sync-token") or "").strip())


def _resources(root: ElementTree.Element, base: str) -> Iterator[Resource]:
    for response in root.findall(f"{_DAV}response"):
        url = urljoin(base, (response.findtext(f"{_DAV}href") or "").strip())
        gone = response.findtext(f"{_DAV}status")
        found = [each for each in response.findall(f"{_DAV}propstat") if _status(each) == 200]
        if not found:
            yield Resource(url, _number(gone) if gone else 404)
            continue
        yield _resource(url, [prop for each in found for prop in each.findall(f"{_DAV}prop")], base)


def _resource(url: str, props: Sequence[ElementTree.Element], base: str) -> Resource:
    def one(path: str) -> ElementTree.Element | None:
        return next((found for prop in props if (found := prop.find(path)) is not None), None)

    def text(path: str) -> str:
        found = one(path)
        return (found.text or "").strip() if found is not None else ""

    kinds = one(f"{_DAV}resourcetype")
    homes = one(f"{_CAL}calendar-home-set")
    parts = one(f"{_CAL}supported-calendar-component-set")
    rights = one(f"{_DAV}current-user-privilege-set")
    return Resource(
        url=url,
        status=200,
        principal=_whole(base, text(f"{_DAV}current-user-principal/{_DAV}href")),
        homes=tuple(_whole(base, each.text or "") for each in homes.findall(f"{_DAV}href"))
        if homes is not None
        else (),
        name=text(f"{_DAV}displayname"),
        is_calendar=kinds is not None and kinds.find(f"{_CAL}calendar") is not None,
        is_folder=kinds is not None and kinds.find(f"{_DAV}collection") is not None,
        components=tuple(each.get("name", "").upper() for each in parts) if parts is not None else (),
        is_writable=rights is None
        or any(child.tag.removeprefix(_DAV) in _WRITES for each in rights for child in each),
        etag=text(f"{_DAV}getetag"),
        content=text(f"{_CAL}calendar-data").encode(),
    )


def _whole(base: str, href: str) -> str:
    return urljoin(base, href.strip()) if href.strip() else ""


def _status(propstat: ElementTree.Element) -> int:
    return _number(propstat.findtext(f"{_DAV}status") or "")


def _number(line: str) -> int:
    """Read the status out of a line such as HTTP/1.1 404 Not Found."""
    words = line.split()
    return int(words[1]) if len(words) > 1 and words[1].isdecimal() else 0

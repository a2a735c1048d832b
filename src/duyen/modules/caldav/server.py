"""One calendar server as somebody who signs in there sees it: her calendars, and the entries in them."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit

from django.utils.translation import gettext_lazy as _

from duyen.foundation.webhooks.addresses import Allowed, Resolve, allowed, read_address, refuse_inside
from duyen.foundation.webhooks.sending import Answer, Asked, call
from duyen.kernel.errors import DomainError
from duyen.modules.caldav import protocol
from duyen.modules.caldav.protocol import NotCalDav, Resource, read_told

#: The operator's list of calendar servers inside the own network, as DUYEN_WEBHOOK_HOSTS is of receivers.
ALLOWED = "DUYEN_CALDAV_HOSTS"
_MOST_BYTES = 20 * 1024 * 1024
_SECONDS = 30.0
_MOST_REDIRECTS = 3
_AT_ONCE = 50
_REDIRECTS = (301, 302, 303, 307, 308)
_SYNC_IS_OVER = (400, 403, 404, 405, 409, 410, 415, 422, 501, 507)


class WrongPassword(DomainError):
    """The server does not know this name with this password."""

    code = "wrong_password"
    sentence = _(
        "%(host)s refused the user name or the password. Many services want a password made for this alone, "
        "an “app password”."
    )


class Refused(DomainError):
    """The server does not allow it, or cannot do it."""

    code = "server_refused"
    sentence = _("%(host)s answered with error %(status)s.")


class ChangedThere(DomainError):
    """The entry is not as it was when it was read last."""

    code = "changed_there"
    sentence = _("The entry has changed on the server meanwhile.")


class LeadsAway(DomainError):
    """The server leads to another one, to which the password is not given."""

    code = "leads_away"
    sentence = _("%(host)s leads to another server, %(other)s. Give the address of that one if it is yours.")


@dataclass(frozen=True)
class Found:
    """One calendar on the server."""

    url: str
    name: str
    events: bool
    tasks: bool
    is_writable: bool

    def kept(self) -> dict[str, object]:
        """Give it as it is kept with the account."""
        return dict(vars(self))


@dataclass(frozen=True)
class Changes:
    """What changed in a calendar: the marks of entries by address, and those that are gone.

    `is_whole` says that every entry is among them: what is not is gone.
    """

    etags: Mapping[str, str]
    gone: frozenset[str]
    token: str
    is_whole: bool


class Server:
    """A server and who signs in there. Each call raises what `sending.call` raises, and what stands above."""

    def __init__(
        self,
        address: str,
        login: str,
        password: str,
        *,
        allow: Allowed | None = None,
        resolve: Resolve | None = None,
    ) -> None:
        self._allow = allow or allowed(setting=ALLOWED)
        self._resolve = resolve
        proof = base64.b64encode(f"{login}:{password}".encode()).decode()
        self._proof = f"Basic {proof}"
        self.address = address.strip() if "://" in address else f"https://{address.strip()}"
        place = read_address(self.address, allow=self._allow)
        refuse_inside(place, allow=self._allow)
        self.host = place.host

    # --- what is asked --------------------------------------------------------------------------------

    def _ask(self, method: str, url: str, body: bytes = b"", **headers: str) -> Answer:
        self._stay(url)
        told = {
            "Authorization": self._proof,
            "Content-Type": "application/xml; charset=utf-8",
            "User-Agent": "Duyen-Calendar/1",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        place = read_address(url, allow=self._allow)
        asked = Asked(method, body, told, most_bytes=_MOST_BYTES, whole=True)
        answer = call(place, asked, allow=self._allow, resolve=self._resolve, seconds=_SECONDS)
        if answer.status == 401:
            raise WrongPassword(host=self.host)
        return answer

    def _stay(self, url: str) -> None:
        """Give the password to servers of the same domain alone: some hand over to a neighbour."""
        host = urlsplit(url).hostname or ""
        if host != self.host and host.split(".")[-2:] != self.host.split(".")[-2:]:
            raise LeadsAway(host=self.host, other=host)
        if urlsplit(self.address).scheme == "https" and urlsplit(url).scheme != "https":
            raise LeadsAway(host=self.host, other=url[:80])

    def _tell(self, method: str, url: str, body: bytes, *, depth: str) -> tuple[int, protocol.Told]:
        """Ask for an answer of several parts, along redirects."""
        for _turn in range(_MOST_REDIRECTS):
            answer = self._ask(method, url, body, Depth=depth)
            to = answer.headers.get("location", "")
            if answer.status not in _REDIRECTS or not to:
                break
            url = urljoin(url, to)
        if answer.status != 207:
            return answer.status, protocol.Told(())
        return 207, read_told(answer.content, base=url)

    # --- finding --------------------------------------------------------------------------------------

    def find(self) -> list[Found]:
        """List the calendars of whoever signs in. Raises NotCalDav where there are none to find."""
        starts = [self.address, urljoin(self.address, "/.well-known/caldav")]
        for start in starts:
            _status, told = self._tell("PROPFIND", start, protocol.PRINCIPAL, depth="0")
            calendars = self._below(told.resources)
            if calendars:
                return calendars
        raise NotCalDav

    def _below(self, found: Sequence[Resource]) -> list[Found]:
        for each in found:
            if each.is_calendar:
                return [_found(each)]
            homes = each.homes or self._homes(each.principal)
            calendars = [calendar for home in homes for calendar in self._in_home(home)]
            if calendars:
                return calendars
        return []

    def _homes(self, principal: str) -> tuple[str, ...]:
        if not principal:
            return ()
        _status, told = self._tell("PROPFIND", principal, protocol.PRINCIPAL, depth="0")
        return next((each.homes for each in told.resources if each.homes), ())

    def _in_home(self, home: str) -> list[Found]:
        _status, told = self._tell("PROPFIND", home, protocol.PRINCIPAL, depth="1")
        return [_found(each) for each in told.resources if each.is_calendar]

    # --- reading --------------------------------------------------------------------------------------

    def changes(self, calendar: str, token: str) -> Changes:
        """Tell what changed in a calendar since it was read with `token`; all of it without one."""
        status, told = self._tell("REPORT", calendar, protocol.changes_since(token), depth="1")
        if status in _SYNC_IS_OVER and token:
            return self.changes(calendar, "")
        if status != 207:
            status, told = self._tell("PROPFIND", calendar, protocol.ETAGS, depth="1")
            if status != 207:
                raise Refused(host=self.host, status=status)
            return Changes(_etags(told.resources), frozenset(), "", is_whole=True)
        gone = frozenset(each.url for each in told.resources if each.status == 404)
        return Changes(_etags(told.resources), gone, told.token, is_whole=not token)

    def fetch(self, calendar: str, urls: Sequence[str]) -> dict[str, tuple[str, bytes]]:
        """Give mark and content of some entries by their addresses; those that are gone are left out."""
        found: dict[str, tuple[str, bytes]] = {}
        for start in range(0, len(urls), _AT_ONCE):
            paths = [urlsplit(each).path for each in urls[start : start + _AT_ONCE]]
            status, told = self._tell("REPORT", calendar, protocol.entries_at(paths), depth="1")
            if status != 207:
                raise Refused(host=self.host, status=status)
            found |= {each.url: (each.etag, each.content) for each in told.resources if each.content}
        return found

    # --- writing --------------------------------------------------------------------------------------

    def put(self, url: str, content: bytes, *, etag: str) -> str:
        """Write an entry that stands there as `etag`, or a new one; gives its mark.

        Raises ChangedThere where it is another one by now, and Refused.
        """
        guard = {"If_Match": etag} if etag else {"If_None_Match": "*"}
        answer = self._ask("PUT", url, content, Content_Type="text/calendar; charset=utf-8", **guard)
        if answer.status == 412:
            raise ChangedThere
        if answer.status not in (200, 201, 204):
            raise Refused(host=self.host, status=answer.status)
        return answer.headers.get("etag", "") or self.mark(url)

    def mark(self, url: str) -> str:
        """Give the mark under which an entry stands there now; nothing where there is none."""
        _status, told = self._tell("PROPFIND", url, protocol.ETAGS, depth="0")
        return next((each.etag for each in told.resources if each.etag), "")

    def remove(self, url: str, *, etag: str) -> None:
        """Remove an entry; one that is gone already is well. Raises ChangedThere and Refused."""
        guard = {"If_Match": etag} if etag else {}
        answer = self._ask("DELETE", url, b"", **guard)
        if answer.status == 412:
            raise ChangedThere
        if answer.status not in (200, 202, 204, 404, 410):
            raise Refused(host=self.host, status=answer.status)


def _found(each: Resource) -> Found:
    known = each.components or ("VEVENT", "VTODO")
    name = each.name or unquote(urlsplit(each.url).path.rstrip("/").rpartition("/")[2])
    return Found(each.url, name[:120], "VEVENT" in known, "VTODO" in known, each.is_writable)


def _etags(found: Sequence[Resource]) -> dict[str, str]:
    return {each.url: each.etag for each in found if each.etag and not each.is_folder and each.status == 200}

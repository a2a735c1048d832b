"""What an open page asks now and then: what is new, and the ticket by which it is told at once.

One answer serves both ways of staying up to date. A browser that reaches the live process asks again when
that says so; one that does not, asks every so often. The answer holds numbers alone, no word of any record.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_http_methods

from duyen.entities.registry import entity_named
from duyen.foundation.access.words import READ
from duyen.foundation.notices.tickets import Ticket, write_ticket
from duyen.foundation.org.handles import session_handle
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.refusals import page

#: A browser looks at so many records at once, over all its windows; of more it hears by reloading.
MOST_RECORDS = 20


@require_http_methods(["GET", "HEAD"])
@page
def state(request: ActorRequest) -> HttpResponse:
    """Tell how many notices are unread, which of the named records changed, and where it is told live."""
    looked_at = dict(_looked_at(request))
    answer = {
        "unread": getattr(request.user, "unread_notices", 0),
        "changed": [name for name, (_family, _id, is_new) in looked_at.items() if is_new],
        "url": "",
    }
    address = live_address(request)
    if address and not request.actor.is_looking:
        ticket = Ticket(
            user_id=request.user.pk,
            session=session_handle(str(request.session.session_key)),
            origin=f"{request.scheme}://{request.get_host()}",
            epoch=int(getattr(request.user, "access_epoch", 0) or 0),
            records=tuple((family, number) for family, number, _new in looked_at.values()),
        )
        answer["url"] = f"{address}?{urlencode({'ticket': write_ticket(ticket)})}"
    return JsonResponse(answer)


def _looked_at(request: ActorRequest) -> Iterator[tuple[str, tuple[str, int, bool]]]:
    """Read which records the browser shows, as `customers.12.7`, and leave out what she may not read."""
    for text in request.GET.getlist("on")[:MOST_RECORDS]:
        name, _dot, rest = text.partition(".")
        number, _dot, seen = rest.partition(".")
        record_id, version = number_in(number), number_in(seen)
        try:
            entity = entity_named(name)
        except KeyError:
            continue
        if record_id is None or version is None or not request.actor.may(name, READ):
            continue
        rows = entity.rows(request.actor, deleted=None).filter(pk=record_id)
        for current in rows.values_list("version", flat=True):
            yield f"{name}.{record_id}", (entity.family, record_id, current > version)


def live_address(request: HttpRequest) -> str:
    """Give the address at which the browser reaches the live process; nothing where there is none for it.

    DUYEN_LIVE_URL names it where a proxy stands in front; without that it is the host of the page, on the
    port of the live process, as long as both are plain HTTP.
    """
    told = os.environ.get("DUYEN_LIVE_URL", "").rstrip("/")
    if told:
        return f"{told}/events"
    port = os.environ.get("DUYEN_LIVE_PORT", "")
    if not port.isdecimal() or port == "0" or settings.HTTPS or request.scheme != "http":
        return ""
    host = urlsplit(f"//{request.get_host()}").hostname or ""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/events"


def live_origin(request: HttpRequest) -> str:
    """Give the origin of the live process for the policy of a page, nothing where it is the page's own."""
    parts = urlsplit(live_address(request))
    origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
    return "" if origin == f"{request.scheme}://{request.get_host()}" else origin

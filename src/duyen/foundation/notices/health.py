"""What the page of the system's health says of the live process."""

from __future__ import annotations

import http.client
import json
import os
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duyen.foundation.health.lines import Line, State, contributes_health

_PATIENCE_SECONDS = 1.0


@contributes_health("live", label=_("Live updates"), order=55)
def live() -> Iterator[Line]:
    """Tell whether open pages are told at once, and how many listen."""
    meaning = _("Open pages are told at once what others do. Without it they ask every 25 seconds.")
    inside = os.environ.get("DUYEN_LIVE_INSIDE", "")
    if not inside:
        told = _("not known from here, or turned off; pages ask every 25 seconds")
        yield Line("live.process", _("Live process"), State.NOTE, told, meaning, facts={"is_known": False})
        return
    clients = _clients(inside)
    is_well = clients is not None
    yield Line(
        "live.process",
        _("Live process"),
        State.GOOD if is_well else State.WARNING,
        gettext("%(count)s browsers listen") % {"count": clients} if is_well else _("does not answer"),
        meaning,
        ""
        if is_well
        else _("It is started again by itself. Its log is live.log in the data folder, under logs."),
        {"is_known": True, "is_well": is_well, "clients": clients},
    )


def _clients(inside: str) -> int | None:
    """Ask the live process how many listen; nothing where it does not answer, or hears no database."""
    parts = urlsplit(inside)
    link = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_PATIENCE_SECONDS)
    try:
        link.request("GET", "/healthz")
        answer = link.getresponse()
        told = json.loads(answer.read(1000))
    except (OSError, ValueError, http.client.HTTPException):
        return None
    finally:
        link.close()
    return int(told["clients"]) if answer.status == http.HTTPStatus.OK else None

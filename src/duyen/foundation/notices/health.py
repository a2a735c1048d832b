"""What the page of the system's health says of the live process and of mails with notices."""

from __future__ import annotations

import http.client
import json
import os
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duyen.foundation.health.lines import Line, State, contributes_health
from duyen.foundation.notices.models import MailState, NoticeMail

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


@contributes_health("mail", label=_("Mail"), order=40)
def mails() -> Iterator[Line]:
    """Tell how many mails with notices wait for another try, and how many were given up."""
    retried = NoticeMail.objects.filter(state=MailState.WAITING, tries__gt=0).count()
    failed = NoticeMail.objects.filter(state=MailState.FAILED).count()
    yield Line(
        "mail.notices",
        _("Mails with notices"),
        State.WARNING if failed or retried else State.GOOD,
        gettext("%(retried)s wait for another try, %(failed)s were given up")
        % {"retried": retried, "failed": failed},
        _("What people are told goes out by mail too, where they want that."),
        _("See which ones and why, and let them be tried again.") if failed or retried else "",
        {"retried": retried, "failed": failed},
        url="/settings/mails",
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

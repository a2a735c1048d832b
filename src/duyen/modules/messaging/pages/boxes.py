"""Mailboxes: the company's for administrators, one's own in the profile, and how each stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from duyen.entities.errors import InvalidValues, NotAllowed, NotFound
from duyen.entities.fields import Day, FieldRefused
from duyen.foundation.settings.company import setting
from duyen.foundation.settings.declaring import administers
from duyen.kernel.clock import now, today
from duyen.kernel.errors import FieldProblem
from duyen.modules.messaging import queries
from duyen.modules.messaging.actions import mailboxes as actions
from duyen.modules.messaging.actions.taking import TAKERS
from duyen.modules.messaging.models import Mailbox
from duyen.modules.messaging.servers import problems
from duyen.modules.messaging.settings import OWN_BOXES
from duyen.modules.messaging.words import Security
from duyen.surfaces.web.accounts.own_pages import own_page
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb

SHARED, OWN = "/settings/mailboxes", "/profile/mailbox"
SECURITIES = (
    {"value": Security.TLS.value, "label": gettext_lazy("TLS from the start")},
    {"value": Security.STARTTLS.value, "label": gettext_lazy("STARTTLS")},
)
_NAMES = ("address", "sender_name", "username", "imap_host", "imap_port", "imap_security", "folder", "since")
_SENDING = ("smtp_host", "smtp_port", "smtp_security")
_SINCE = Day("since", gettext_lazy("First day"))
#: A box is late when it should have been looked at so long ago.
_LATE = dt.timedelta(minutes=15)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def shared(request: ActorRequest) -> HttpResponse:
    """Show how all mailboxes stand, and connect or change the company's."""
    if not administers(request.actor):
        raise NotAllowed(why=_("mailboxes are for administrators to oversee."))
    if request.method == "POST":
        answer = _save(request, None)
        if answer is not None:
            return answer
    return _shared_page(request, getattr(request, "box_problems", ()))


def _shared_page(request: ActorRequest, found: Sequence[FieldProblem]) -> HttpResponse:
    box = queries.mailbox_of(None)
    every = queries.mailboxes()
    others = [each for each in every if each.user_id is not None]
    context = {
        **form_of(request, box, found),
        "action": SHARED,
        "is_shared": True,
        "others": [{**standing_of(each), "who": each.user.full_name if each.user else ""} for each in others],
        "takers": [
            {"label": taker.label, "page": taker.page, "boxes": [standing_of(each) for each in held]}
            for use, taker in TAKERS.items()
            if (held := [each for each in every if each.user_id is None and each.use == use])
        ],
        "crumbs": [Crumb(_("Settings"), "/settings"), Crumb(_("Mailboxes"))],
    }
    return render(request, "messaging/mailboxes.html", context, status=422 if found else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def own(request: ActorRequest) -> HttpResponse:
    """Show one's own mailbox and signature, and connect or change it."""
    if request.method == "POST":
        answer = _save(request, request.user.pk)
        if answer is not None:
            return answer
    found = getattr(request, "box_problems", ())
    user_id = request.actor.user_id or 0
    box = queries.mailbox_of(user_id)
    context = {
        **form_of(request, box, found),
        "action": OWN,
        "is_shared": False,
        "may_connect": bool(setting(OWN_BOXES)) or box is not None,
        "is_looking": request.actor.is_looking,
        "signature": queries.signature_of(user_id),
        "senders": [each.shown for each in queries.senders_for(user_id, request.actor.name)],
    }
    return own_page(request, "messaging/own_mailbox.html", OWN, context, status=422 if found else 200)


@require_POST
@page
def signature(request: ActorRequest) -> HttpResponse:
    """Keep what stands below the reader's mails."""
    actions.keep_signature(request.POST.get("signature", ""), actor=request.actor)
    messages.success(request, _("Your signature is saved."))
    return HttpResponseRedirect(OWN)


@require_POST
@page
def shared_step(request: ActorRequest, verb: str) -> HttpResponse:
    """Read, stop, go on with or take out the company's mailbox."""
    return _step(request, None, verb, SHARED)


@require_POST
@page
def own_step(request: ActorRequest, verb: str) -> HttpResponse:
    """Read, stop, go on with or take out one's own mailbox."""
    return _step(request, request.user.pk, verb, OWN)


def _step(request: ActorRequest, user_id: int | None, verb: str, back: str) -> HttpResponse:
    actor = request.actor
    if verb == "read":
        actions.read_soon(user_id, actor=actor)
        text = _("It is read now. Open this page again in a minute.")
    elif verb == "off":
        actions.switch_mailbox(user_id, is_on=False, actor=actor)
        text = _("The mailbox is not read any more until you switch it on.")
    elif verb == "on":
        actions.switch_mailbox(user_id, is_on=True, actor=actor)
        text = _("The mailbox is read again.")
    elif verb == "remove":
        actions.remove_mailbox(user_id, actor=actor)
        text = _("The mailbox is taken out and its password erased. Mail that stands on records stays.")
    else:
        raise NotFound
    messages.success(request, text)
    return HttpResponseRedirect(back)


def _save(request: ActorRequest, user_id: int | None) -> HttpResponse | None:
    """Try and keep what was entered; nothing where it has problems, which then stand on the request."""
    try:
        given, found = given_of(request.POST)
        if found:
            raise InvalidValues(found)
        actions.save_mailbox(user_id, given, actor=request.actor)
    except InvalidValues as error:
        request.box_problems = error.problems  # type: ignore[attr-defined]
        return None
    messages.success(request, _("The mailbox works and is being read."))
    return HttpResponseRedirect(SHARED if user_id is None else OWN)


def given_of(post: Mapping[str, Any]) -> tuple[actions.Given, list[FieldProblem]]:
    """Read the form of a mailbox, and find what is none of a port or a day."""
    found: list[FieldProblem] = []
    ports = {}
    for name, usual in (("imap_port", 993), ("smtp_port", 587)):
        typed = str(post.get(name, "")).strip()
        number = number_in(typed) if typed else usual
        if number is None or not 0 < number < 65536:
            found.append(
                FieldProblem(name, "port", _("A port is a number such as %(port)s.") % {"port": usual})
            )
        ports[name] = number or usual
    try:
        since = _SINCE.read(post.get("since", ""))
    except FieldRefused as error:
        found.append(FieldProblem("since", error.code, str(error)))
        since = None
    known = {each.value for each in Security}
    securities = {
        name: given if (given := str(post.get(name, ""))) in known else usual
        for name, usual in (("imap_security", Security.TLS), ("smtp_security", Security.STARTTLS))
    }
    texts = ("address", "sender_name", "username", "password", "imap_host", "folder", "smtp_host")
    plain = {name: str(post.get(name, "")) for name in texts}
    return actions.Given(since=since, **plain, **ports, **securities), found  # type: ignore[arg-type]


def form_of(
    request: ActorRequest,
    box: Mailbox | None,
    found: Sequence[FieldProblem],
    *,
    is_sent: bool | None = None,
) -> dict[str, Any]:
    """Give what the form of a mailbox shows: what was typed, else what is kept, else what is usual.

    `is_sent` says whether it was this form of the page that was sent; none where it has no other.
    """
    if request.method == "POST" if is_sent is None else is_sent:
        typed: dict[str, Any] = {name: request.POST.get(name, "") for name in (*_NAMES, *_SENDING)}
    elif box is not None:
        typed = {name: getattr(box, name) for name in (*_NAMES, *_SENDING)}
    else:
        typed = {
            **dict.fromkeys((*_NAMES, *_SENDING), ""),
            **{"imap_port": 993, "imap_security": Security.TLS.value, "folder": "INBOX", "since": today()},
            **{"smtp_port": 587, "smtp_security": Security.STARTTLS.value},
        }
    return {
        "typed": typed,
        "errors": {each.field: str(each.message) for each in found if each.field},
        "problems": [
            {"message": each.message, "label": "", "id": f"f-{each.field}" if each.field else ""}
            for each in found
        ],
        "securities": SECURITIES,
        "box": standing_of(box) if box is not None else None,
        "has_password": box is not None and box.sealed is not None,
    }


def standing_of(box: Mailbox) -> dict[str, Any]:
    """Tell how a mailbox stands: never that it is read while it is not."""
    standing, moment = box.standing, now()
    is_late = bool(box.is_on and standing.next_at and standing.next_at < moment - _LATE)
    if not box.is_on:
        label, tone = _("Switched off"), "gray"
    elif standing.failing_since is not None:
        label, tone = _("Cannot be read"), "red"
    elif is_late:
        label, tone = _("Not looked at in time"), "amber"
    elif standing.read_at is None:
        label, tone = _("Waits for its first reading"), "blue"
    elif standing.left:
        label, tone = _("Being read"), "blue"
    else:
        label, tone = _("Read"), "green"
    return {
        "id": box.pk,
        "address": box.address,
        "label": label,
        "tone": tone,
        "is_on": box.is_on,
        "read_at": standing.read_at,
        "arrived_at": standing.arrived_at,
        "failed_at": standing.failed_at,
        "last_problem": problems.in_words(standing.last_problem),
        "left": standing.left,
        "failing_since": standing.failing_since,
        "problem": problems.in_words(standing.problem),
        "next_at": standing.next_at if box.is_on else None,
        "is_late": is_late,
        "sends": bool(box.smtp_host),
        "since": box.since,
    }

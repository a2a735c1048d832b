"""Mails of which no lead could be made by itself: each person sees those of the units she takes in for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from duyen.entities.errors import InvalidValues, NotFound
from duyen.foundation.settings.declaring import administers
from duyen.kernel.errors import FieldProblem
from duyen.modules.mail_intake import actions, queries
from duyen.modules.mail_intake.words import SETTINGS, WAITING
from duyen.modules.messaging import actions as messaging
from duyen.modules.messaging import queries as mails
from duyen.modules.messaging import tabs
from duyen.modules.messaging.mime.parsing import Person
from duyen.modules.messaging.pages.boxes import standing_of
from duyen.modules.messaging.words import MailState, Use
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb

_TYPED = ("name", "phone", "email", "company", "job_title", "need")


@require_http_methods(["GET", "HEAD"])
@page
def waiting(request: ActorRequest) -> HttpResponse:
    """List the mails of which no lead could be made, or that were passed over; the newest first."""
    actions.refuse(request.actor)
    own = set(queries.boxes_of(request.actor))
    boxes = [each.mailbox for each in queries.connected() if each.mailbox_id in own]
    is_left_out = request.GET.get("show") == "left-out"
    chosen = number_in(request.GET.get("box", ""))
    asked = {chosen} & own if chosen is not None else own
    before = number_in(request.GET.get("before", ""))
    found = mails.unfiled(before=before, left_out=is_left_out, boxes=asked)
    shown = found[: mails.PAGE]
    kept = {"box": str(chosen)} if chosen is not None else {}
    more = {**kept, **({"show": "left-out"} if is_left_out else {})}
    context = {
        "mails": [_line(each) for each in shown],
        "standing": [
            {**standing_of(each), "page": f"{WAITING}?{urlencode({**more, 'box': each.pk})}"}
            for each in boxes
        ],
        "has_several": len(boxes) > 1,
        "chosen": next((each.address for each in boxes if each.pk == chosen), ""),
        "all_url": f"{WAITING}?{urlencode({'show': 'left-out'})}" if is_left_out else WAITING,
        "is_left_out": is_left_out,
        "tabs": [
            {"label": _("To take in"), "url": _at(kept), "is_current": not is_left_out},
            {
                "label": _("Passed over"),
                "url": _at({**kept, "show": "left-out"}),
                "is_current": is_left_out,
            },
        ],
        "next_url": _at({**more, "before": str(shown[-1].pk)}) if len(found) > mails.PAGE else "",
        "settings_url": SETTINGS if administers(request.actor) else "",
        "crumbs": [Crumb(_("Mail for leads"))],
    }
    return render(request, "mail_intake/waiting.html", context)


def _at(asked: Mapping[str, str]) -> str:
    return f"{WAITING}?{urlencode(asked)}" if asked else WAITING


def _line(mail: Any) -> dict[str, Any]:
    return {**tabs.shown(mail), "page": f"{WAITING}/{mail.pk}", "box": mail.mailbox.address}


@require_http_methods(["GET", "HEAD"])
@page
def show(request: ActorRequest, mail_id: int) -> HttpResponse:
    """Show one mail with what could be read from it, to be made a lead by hand."""
    return _page(request, mail_id)


def _page(
    request: ActorRequest, mail_id: int, found: Sequence[FieldProblem] = (), status: int = 200
) -> HttpResponse:
    actions.refuse(request.actor)
    mail = mails.unfiled_mail(mail_id, Use.LEADS)
    if mail is None or mail.mailbox_id not in queries.boxes_of(request.actor):
        raise NotFound
    typed = {name: request.POST.get(name, "") for name in _TYPED} if found else _read(mail)
    fields = {"phones": "phone", "emails": "email"}
    at = {fields.get(each.field, each.field): str(each.message) for each in found}
    context = {
        "mail": _line(mail),
        "files": tabs.shown_files(mail, None),
        "url": f"{WAITING}/{mail.pk}",
        "is_open": mail.state == MailState.UNFILED,
        "typed": typed,
        "errors": {name: told for name, told in at.items() if name in _TYPED},
        "problem": " ".join(told for name, told in at.items() if name not in _TYPED),
        "crumbs": [Crumb(_("Mail for leads"), WAITING), Crumb(mail.subject or "—")],
    }
    return render(request, "mail_intake/waiting_one.html", context, status=status)


def _read(mail: Any) -> dict[str, str]:
    """Fill in what was read from a mail; a person adds what is missing."""
    text = "\n".join(filter(None, [mail.body, mail.quoted]))
    letter = messaging.Letter(
        Person(mail.sender_name, mail.sender_address), Person("", mail.reply_to), mail.subject, text,
        mail.body, mail.mailbox.address, mail.mailbox.pk,
    )  # fmt: skip
    read = actions.read_of(letter)
    return {
        "name": read.name,
        "phone": ", ".join(read.phones),
        "email": read.email,
        "company": read.company,
        "job_title": read.job_title,
        "need": read.need,
    }


@require_POST
@page
def step(request: ActorRequest, mail_id: int, verb: str) -> HttpResponse:
    """Make a lead of a mail, take it out of those that wait, or bring it back."""
    if verb == "take":
        return _taken(request, mail_id)
    if verb == "leave":
        actions.leave_out(mail_id, actor=request.actor)
        messages.success(request, _("Taken out. You find it under Passed over."))
    elif verb == "back":
        actions.bring_back(mail_id, actor=request.actor)
        messages.success(request, _("It waits for a person again."))
    else:
        raise NotFound
    return HttpResponseRedirect(WAITING)


def _taken(request: ActorRequest, mail_id: int) -> HttpResponse:
    post = {name: request.POST.get(name, "").strip() for name in _TYPED}
    values = {
        "name": post["name"],
        "phones": [each.strip() for each in post["phone"].split(",") if each.strip()],
        "emails": [post["email"]] if post["email"] else [],
        "company": post["company"],
        "job_title": post["job_title"],
        "need": post["need"],
    }
    try:
        lead = actions.take_by_hand(mail_id, values, actor=request.actor)
    except InvalidValues as error:
        return _page(request, mail_id, error.problems, status=422)
    messages.success(request, _("The mail became a lead."))
    return HttpResponseRedirect(f"/leads/{lead}")

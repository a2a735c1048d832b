"""Mail of the company's mailbox that has no place: what waits, what was left out and why, one of them."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from duyen.entities.errors import InvalidValues, NotFound
from duyen.entities.registry import entity_named
from duyen.foundation.access.words import CREATE, READ
from duyen.modules.messaging import filling, queries, tabs
from duyen.modules.messaging.actions import filing
from duyen.modules.messaging.models import Mail
from duyen.modules.messaging.pages.boxes import standing_of
from duyen.modules.messaging.words import Filed, MailState
from duyen.modules.parties import queries as parties
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.addresses import options_url, record_url
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb

PAGE = "/mails/unfiled"


@require_http_methods(["GET", "HEAD"])
@page
def index(request: ActorRequest) -> HttpResponse:
    """List what waits, or what was left out; the newest first."""
    filing.refuse_filing(request.actor)
    is_left_out = request.GET.get("show") == "left-out"
    before = number_in(request.GET.get("before", ""))
    found = queries.unfiled(before=before, left_out=is_left_out)
    shown = found[: queries.PAGE]
    more = {"before": shown[-1].pk} if len(found) > queries.PAGE else {}
    box = queries.mailbox_of(None)
    context = {
        "mails": [{**tabs.shown(each), "page": f"{PAGE}/{each.pk}"} for each in shown],
        "has_box": box is not None,
        "standing": standing_of(box) if box is not None else None,
        "is_left_out": is_left_out,
        "tabs": [
            {"label": _("To file"), "url": PAGE, "is_current": not is_left_out},
            {"label": _("Passed over"), "url": f"{PAGE}?show=left-out", "is_current": is_left_out},
        ],
        "next_url": f"{PAGE}?{urlencode({**({'show': 'left-out'} if is_left_out else {}), **more})}"
        if more
        else "",
        "crumbs": [Crumb(_("Mail to file"))],
    }
    return render(request, "messaging/unfiled.html", context)


@require_http_methods(["GET", "HEAD"])
@page
def show(request: ActorRequest, mail_id: int) -> HttpResponse:
    """Show one mail with the ways to give it a place."""
    filing.refuse_filing(request.actor)
    return _page(request, _mail(mail_id))


def _mail(mail_id: int) -> Mail:
    mail = queries.unfiled_mail(mail_id)
    if mail is None:
        raise NotFound
    return mail


def _page(request: ActorRequest, mail: Mail, *, problem: str = "", status: int = 200) -> HttpResponse:
    actor = request.actor
    readable = [entity_named(each) for each in filling.WRITTEN_TO if actor.may(each, READ)]
    proposed = [each for each, _entity in parties.parties_with_email(mail.sender_address)]
    cards = parties.cards(actor, proposed) if proposed else {}
    code = (mail.why or {}).get("code")
    context = {
        "mail": tabs.shown(mail),
        "files": tabs.shown_files(mail, None),
        "url": f"{PAGE}/{mail.pk}",
        "is_open": mail.state == MailState.UNFILED,
        "may_bring_back": mail.state == MailState.LEFT_OUT and code == Filed.DISCARDED,
        "proposed": [
            {"entity": each.entity, "id": each.id, "name": each.name, "code": each.code}
            for each in cards.values()
            if each.is_open
        ],
        "closed": sum(1 for each in cards.values() if not each.is_open),
        "kinds": [
            {"name": each.name, "label": each.label, "search_url": options_url(each)} for each in readable
        ],
        "may_make": actor.may("contacts", CREATE) and bool(mail.sender_address),
        "problem": problem,
        "crumbs": [Crumb(_("Mail to file"), PAGE), Crumb(mail.subject or "—")],
    }
    return render(request, "messaging/unfiled_one.html", context, status=status)


@require_POST
@page
def step(request: ActorRequest, mail_id: int, verb: str) -> HttpResponse:
    """File a mail, make a contact of its sender, take it out or bring it back."""
    actor = request.actor
    if verb == "file":
        return _file(request, mail_id)
    if verb == "contact":
        return _contact(request, mail_id)
    if verb == "discard":
        filing.discard(mail_id, actor=actor)
        messages.success(request, _("Taken out. You find it under Passed over."))
    elif verb == "back":
        filing.take_back(mail_id, actor=actor)
        messages.success(request, _("It waits for a place again."))
    else:
        raise NotFound
    return HttpResponseRedirect(PAGE)


def _file(request: ActorRequest, mail_id: int) -> HttpResponse:
    chosen = [(each, number_in(request.POST.get(each, ""))) for each in filling.WRITTEN_TO]
    entity, record_id = next(((name, number) for name, number in chosen if number), ("", None))
    if record_id is None:
        filing.refuse_filing(request.actor)
        problem = _("Choose the customer or contact that this mail belongs to.")
        return _page(request, _mail(mail_id), problem=problem, status=422)
    count = filing.file_by_hand(mail_id, entity, record_id, actor=request.actor)
    _say(request, count)
    return HttpResponseRedirect(record_url(entity_named(entity), record_id, tab="mails"))


def _contact(request: ActorRequest, mail_id: int) -> HttpResponse:
    try:
        contact_id, count = filing.make_contact(mail_id, request.POST.get("name", ""), actor=request.actor)
    except InvalidValues as error:
        problem = " ".join(str(each.message) for each in error.problems)
        return _page(request, _mail(mail_id), problem=problem, status=422)
    _say(request, count)
    return HttpResponseRedirect(record_url(entity_named("contacts"), contact_id, tab="mails"))


def _say(request: ActorRequest, count: int) -> None:
    text = ngettext("%(count)s mail is filed.", "%(count)s mails from this address are filed.", count)
    messages.success(request, text % {"count": count})

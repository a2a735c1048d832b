"""Pick mails from one's own mailbox: heads straight from the server, nothing is stored before."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from duyen.entities.errors import Refused
from duyen.entities.registry import entity_named
from duyen.foundation.access.words import READ
from duyen.modules.messaging import filling
from duyen.modules.messaging.actions.picking import BoxPage, newest_mails, pick_mail
from duyen.modules.messaging.pages.boxes import OWN
from duyen.modules.messaging.servers.problems import MailServerProblem
from duyen.surfaces.web.accounts.own_pages import own_page
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.addresses import options_url, record_url
from duyen.surfaces.web.pages.refusals import page

PICK = f"{OWN}/pick"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@page
def pick(request: ActorRequest) -> HttpResponse:
    """List the newest mails of the reader's mailbox, or put one on a record."""
    if request.method == "POST":
        return _pick(request)
    return _page(request)


def _pick(request: ActorRequest) -> HttpResponse:
    chosen = [(each, number_in(request.POST.get(each, ""))) for each in filling.WRITTEN_TO]
    entity, record_id = next(((name, number) for name, number in chosen if number), ("", None))
    uid, validity = (number_in(request.POST.get(name, "")) for name in ("uid", "validity"))
    if record_id is None or uid is None or validity is None:
        return _page(request, problem=_("Choose a mail, and the customer or contact that it belongs to."))
    try:
        pick_mail(uid, validity, entity, record_id, actor=request.actor)
    except (MailServerProblem, Refused) as error:
        return _page(request, problem=str(error))
    messages.success(request, _("The mail stands on the record now."))
    return HttpResponseRedirect(record_url(entity_named(entity), record_id, tab="mails"))


def _page(request: ActorRequest, *, problem: str = "") -> HttpResponse:
    before = number_in(request.GET.get("before", ""))
    found: BoxPage | None = None
    try:
        found = newest_mails(actor=request.actor, before=before)
    except MailServerProblem as error:
        problem = problem or str(error)
    context = {
        "box": found,
        "mails": [
            {
                "uid": each.uid,
                "who": each.sender.name or each.sender.address,
                "address": each.sender.address,
                "subject": each.subject or "—",
                "at": each.at,
                "is_kept": each.is_kept,
            }
            for each in (found.mails if found else ())
        ],
        "next_url": f"{PICK}?before={found.next}" if found and found.next else "",
        "chosen": request.POST.get("uid", ""),
        "problem": problem,
        "action": PICK,
        "kinds": [
            {"name": each, "label": entity_named(each).label, "search_url": options_url(entity_named(each))}
            for each in filling.WRITTEN_TO
            if request.actor.may(each, READ)
        ],
    }
    return own_page(request, "messaging/pick.html", OWN, context, status=422 if problem else 200)

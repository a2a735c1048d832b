"""The pages of leads by mail: the mailbox for administrators, and the mails that wait for a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from duyen.entities.errors import InvalidValues, NotAllowed, NotFound
from duyen.foundation.settings.declaring import administers, declare_area
from duyen.kernel.errors import FieldProblem
from duyen.modules.mail_intake import actions, queries
from duyen.modules.messaging import actions as messaging
from duyen.modules.messaging import queries as mails
from duyen.modules.messaging import tabs
from duyen.modules.messaging.mime.parsing import Person
from duyen.modules.messaging.pages.boxes import form_of, given_of, standing_of
from duyen.modules.messaging.words import MailState, Use
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb, OwnPage, put_into_navigation

SETTINGS, WAITING = "/settings/lead-mailbox", "/mails/leads"
_TYPED = ("name", "phone", "email", "company", "job_title", "need")
_STEPS = {
    "read": (messaging.read_soon, {}, gettext_lazy("It is read now. Open this page again in a minute.")),
    "off": (
        messaging.switch_mailbox,
        {"is_on": False},
        gettext_lazy("The mailbox is not read any more until you switch it on."),
    ),
    "on": (messaging.switch_mailbox, {"is_on": True}, gettext_lazy("The mailbox is read again.")),
    "remove": (
        messaging.remove_mailbox,
        {},
        gettext_lazy("The mailbox is taken out and its password erased. Leads that came by it stay."),
    ),
}


# --- the mailbox ---------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@page
def mailbox(request: ActorRequest) -> HttpResponse:
    """Show how the mailbox for leads stands, and connect or change it."""
    if not administers(request.actor):
        raise NotAllowed(why=_("mailboxes are for administrators to oversee."))
    found: Sequence[FieldProblem] = ()
    if request.method == "POST":
        try:
            _save(request)
        except InvalidValues as error:
            found = error.problems
        else:
            messages.success(request, _("The mailbox works and is being read."))
            return HttpResponseRedirect(SETTINGS)
    return _mailbox_page(request, found)


def _save(request: ActorRequest) -> None:
    given, found = given_of(request.POST)
    post = request.POST
    terms = actions.Terms(
        source=post.get("source", ""),
        purpose=post.get("purpose", ""),
        unit_id=number_in(post.get("unit", "")),
    )
    if found:
        raise InvalidValues([*found, *actions.problems_of(terms)])
    actions.set_up(terms, given, actor=request.actor)


def _mailbox_page(request: ActorRequest, found: Sequence[FieldProblem]) -> HttpResponse:
    box, held = mails.mailbox_of(None, Use.LEADS), queries.intake()
    if request.method == "POST":
        terms = {name: request.POST.get(name, "") for name in ("source", "purpose", "unit")}
    else:
        terms = {
            "source": held.source if held else "EMAIL",
            "purpose": held.purpose if held else "ADVICE",
            "unit": str(held.unit_id) if held else "",
        }
    context = {
        **form_of(request, box, found),
        "action": SETTINGS,
        "terms": terms,
        "sources": queries.choices_of("source"),
        "purposes": queries.choices_of("purpose"),
        "units": queries.units(),
        "waiting_url": WAITING if queries.takes_in_here(request.actor) else "",
        "crumbs": [Crumb(_("Settings"), "/settings"), Crumb(_("Mailbox for leads"))],
    }
    return render(request, "mail_intake/mailbox.html", context, status=422 if found else 200)


@require_POST
@page
def mailbox_step(request: ActorRequest, verb: str) -> HttpResponse:
    """Read, stop, go on with or take out the mailbox for leads."""
    if verb not in _STEPS:
        raise NotFound
    step, given, told = _STEPS[verb]
    step(None, actor=request.actor, use=Use.LEADS, **given)  # type: ignore[operator] # of one shape
    messages.success(request, told)
    return HttpResponseRedirect(SETTINGS)


# --- mails that wait -----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD"])
@page
def waiting(request: ActorRequest) -> HttpResponse:
    """List the mails of which no lead could be made, or that were passed over; the newest first."""
    _refuse(request)
    is_left_out = request.GET.get("show") == "left-out"
    before = number_in(request.GET.get("before", ""))
    found = mails.unfiled(before=before, left_out=is_left_out, use=Use.LEADS)
    shown = found[: mails.PAGE]
    kept = {"show": "left-out"} if is_left_out else {}
    more = {**kept, "before": str(shown[-1].pk)} if len(found) > mails.PAGE else {}
    box = mails.mailbox_of(None, Use.LEADS)
    context = {
        "mails": [{**tabs.shown(each), "page": f"{WAITING}/{each.pk}"} for each in shown],
        "standing": standing_of(box) if box is not None else None,
        "is_left_out": is_left_out,
        "tabs": [
            {"label": _("To take in"), "url": WAITING, "is_current": not is_left_out},
            {"label": _("Passed over"), "url": f"{WAITING}?show=left-out", "is_current": is_left_out},
        ],
        "next_url": f"{WAITING}?{urlencode(more)}" if more else "",
        "settings_url": SETTINGS if administers(request.actor) else "",
        "crumbs": [Crumb(_("Mail for leads"))],
    }
    return render(request, "mail_intake/waiting.html", context)


def _refuse(request: ActorRequest) -> None:
    """Refuse whoever does not take in leads for units. Raises NotAllowed."""
    if not queries.takes_in(request.actor):
        raise NotAllowed(why=_("mail for leads is for those who take in leads for its unit."))
    if queries.intake() is not None:
        actions.refuse(request.actor)


@require_http_methods(["GET", "HEAD"])
@page
def show(request: ActorRequest, mail_id: int) -> HttpResponse:
    """Show one mail with what could be read from it, to be made a lead by hand."""
    _refuse(request)
    return _page(request, mail_id)


def _page(
    request: ActorRequest, mail_id: int, found: Sequence[FieldProblem] = (), status: int = 200
) -> HttpResponse:
    mail = mails.unfiled_mail(mail_id, Use.LEADS)
    if mail is None:
        raise NotFound
    typed = {name: request.POST.get(name, "") for name in _TYPED} if found else _read(mail)
    fields = {"phones": "phone", "emails": "email"}
    at = {fields.get(each.field, each.field): str(each.message) for each in found}
    context = {
        "mail": tabs.shown(mail),
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
        mail.body, mail.mailbox.address,
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
    actions.refuse(request.actor)
    mail = mails.unfiled_mail(mail_id, Use.LEADS)
    if mail is None or mail.mailbox is None:
        raise NotFound
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
        lead = actions.take_by_hand(mail_id, values, box=mail.mailbox.address, actor=request.actor)
    except InvalidValues as error:
        return _page(request, mail_id, error.problems, status=422)
    messages.success(request, _("The mail became a lead."))
    return HttpResponseRedirect(f"/leads/{lead}")


urlpatterns: list[URLPattern] = [
    path("settings/lead-mailbox", mailbox, name="lead_mailbox"),
    path("settings/lead-mailbox/<slug:verb>", mailbox_step, name="lead_mailbox_step"),
    path("mails/leads", waiting, name="lead_mails"),
    path("mails/leads/<int:mail_id>", show, name="lead_mail"),
    path("mails/leads/<int:mail_id>/<slug:verb>", step, name="lead_mail_step"),
]

put_into_navigation(
    OwnPage(
        gettext_lazy("Sales"), gettext_lazy("Mail for leads"), WAITING, icon="inbox",
        may_open=queries.takes_in, under="/leads",
    )
)  # fmt: skip
declare_area(
    "lead_mailbox",
    label=gettext_lazy("Mailbox for leads"),
    help=gettext_lazy("Mail that arrives or is forwarded there becomes leads by itself."),
    icon="user-plus",
    url=SETTINGS,
    order=45,
    also=gettext_lazy("IMAP e-mail leads forwarded intake"),
)

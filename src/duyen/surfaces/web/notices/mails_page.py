"""What became of the mails with notices, for administrators: they try again here, or send a trial."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from duyen.entities.errors import NotAllowed, NotFound
from duyen.entities.fields import Label
from duyen.foundation.notices.mails import try_again
from duyen.foundation.notices.models import MailState, NoticeMail
from duyen.foundation.org.invitations import address_for_mail
from duyen.foundation.settings.declaring import administers
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.notices.addresses import MAILS
from duyen.surfaces.web.notices.mailing import send_trial
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb

_STATES: Mapping[str, tuple[Label, str]] = {
    MailState.WAITING: (gettext_lazy("Waiting"), "blue"),
    MailState.SENT: (gettext_lazy("Sent"), "green"),
    MailState.FAILED: (gettext_lazy("Given up"), "red"),
    MailState.EMPTY: (gettext_lazy("Nothing left to tell"), "gray"),
}
_MOST_SHOWN = 100


@require_http_methods(["GET", "HEAD"])
@page
def show(request: ActorRequest) -> HttpResponse:
    """List the latest mails, those first that wait for another try or were given up."""
    _refuse(request)
    rows = NoticeMail.objects.select_related("user")
    ill = list(rows.filter(state=MailState.FAILED).order_by("-created_at")[:_MOST_SHOWN])
    ill += list(rows.filter(state=MailState.WAITING).order_by("due_at")[:_MOST_SHOWN])
    rest = rows.filter(state__in=(MailState.SENT, MailState.EMPTY)).order_by("-created_at")[:_MOST_SHOWN]
    found = [
        {
            "id": each.pk,
            "name": each.user.full_name,
            "state": _STATES[each.state][0],
            "tone": _STATES[each.state][1],
            "tries": each.tries,
            "problem": each.problem,
            "created_at": each.created_at,
            "due_at": each.due_at if each.state == MailState.WAITING else None,
            "is_failed": each.state == MailState.FAILED,
        }
        for each in [*ill, *rest][:_MOST_SHOWN]
    ]
    context = {
        "rows": found,
        "has_server": bool(settings.EMAIL_HOST),
        "can_mail": bool(address_for_mail()),
        "server": f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}",
        "sender": settings.DEFAULT_FROM_EMAIL,
        "crumbs": [Crumb(_("System health"), "/settings/health"), Crumb(_("Mails with notices"))],
    }
    return render(request, "notices/mails.html", context)


@require_POST
@page
def again(request: ActorRequest) -> HttpResponse:
    """Let a mail that was given up be tried again."""
    _refuse(request)
    if not try_again(number_in(request.POST.get("mail", "")) or 0):
        raise NotFound
    messages.success(request, _("It is tried again within a minute."))
    return HttpResponseRedirect(MAILS)


@require_POST
@page
def trial(request: ActorRequest) -> HttpResponse:
    """Send a trial mail to the administrator who asks, and say how it went."""
    _refuse(request)
    if not settings.EMAIL_HOST:
        raise NotFound
    try:
        send_trial(request.user)
    except Exception as error:  # noqa: BLE001 - the kind of the failure is what she wants to know
        messages.error(
            request,
            _("The mail server did not take it: %(kind)s. Check host, port, name and password.")
            % {"kind": type(error).__name__},
        )
    else:
        messages.success(
            request, _("The mail server took a trial mail to %(to)s.") % {"to": request.user.email}
        )
    return HttpResponseRedirect(MAILS)


def _refuse(request: ActorRequest) -> None:
    if not administers(request.actor):
        raise NotAllowed(why=_("the mails of the system are for administrators to see."))

"""How the reader is told: in the product, by mail at once or in a digest, and when not."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from duyen.foundation.notices.kinds import GROUPS, SYSTEM, Channels, Mail
from duyen.foundation.notices.preferences import Preferences, keep_preferences, preferences_of
from duyen.foundation.org.invitations import address_for_mail
from duyen.foundation.settings.declaring import administers
from duyen.surfaces.web.accounts.own_pages import own_page
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.notices.addresses import PREFERENCES, WATCHING
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.refusals import page

TEMPLATE = "notices/preferences.html"
_HOURS = range(24)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def show(request: ActorRequest) -> HttpResponse:
    """Show how the reader is told, and keep what she changes."""
    user_id = request.actor.user_id or 0
    kept = preferences_of(user_id)
    if request.method == "POST":
        keep_preferences(user_id, _sent(request.POST, kept, can_mail=bool(address_for_mail())))
        messages.success(request, _("How you are told is saved."))
        return HttpResponseRedirect(PREFERENCES)
    return own_page(request, TEMPLATE, PREFERENCES, _context(request, kept))


def _sent(sent: QueryDict, kept: Preferences, *, can_mail: bool) -> Preferences:
    """Read the form; what it did not offer stays as it was, and what is no choice too."""
    channels = {name: kept.of(name) for name in GROUPS}
    for name in sent.getlist("group"):
        if name in GROUPS:
            channels[name] = _channels(sent, name, channels[name], can_mail=can_mail)
    return Preferences(
        channels,
        digest_hour=_hour(sent, "digest_hour", kept.digest_hour),
        digest_on_working_days="working_days" in sent if can_mail else kept.digest_on_working_days,
        quiet_from=_hour(sent, "quiet_from", kept.quiet_from),
        quiet_until=_hour(sent, "quiet_until", kept.quiet_until),
        watches_own="watches_own" in sent,
    )


def _channels(sent: QueryDict, name: str, kept: Channels, *, can_mail: bool) -> Channels:
    way = sent.get(f"mail_{name}", "")
    ways = {each.value for each in Mail}
    mail = Mail(way) if can_mail and f"mail_{name}" in sent and way in ways else kept.mail
    return Channels(app=f"app_{name}" in sent, mail=mail)


def _hour(sent: QueryDict, name: str, kept: int) -> int:
    hour = number_in(sent.get(name, ""))
    return hour if hour is not None and hour in _HOURS else kept


def _context(request: ActorRequest, kept: Preferences) -> dict[str, Any]:
    has_server, can_mail = bool(settings.EMAIL_HOST), bool(address_for_mail())
    ways = [
        {"value": Mail.NONE.value, "label": _("No mail")},
        {"value": Mail.NOW.value, "label": _("At once")},
        {"value": Mail.DIGEST.value, "label": _("In the digest")},
    ]
    groups = [
        {
            "name": each.name,
            "label": each.label,
            "help": each.help,
            "app": kept.of(each.name).app,
            "mail": kept.of(each.name).mail.value,
        }
        for each in GROUPS.values()
        if each.name != SYSTEM or administers(request.actor)
    ]
    hours = [{"value": str(hour), "label": f"{hour:02}:00"} for hour in _HOURS]
    if can_mail:
        why = ""
    elif has_server:
        why = _("No mail goes out: the company's page names no address of Duyên to which links could lead.")
    else:
        why = _("No mail goes out: no mail server is set up here. An administrator can change that.")
    return {
        "groups": groups,
        "ways": ways,
        "hours": hours,
        "kept": kept,
        "can_mail": can_mail,
        "why_no_mail": why,
        "address": request.user.email,
        "watching_url": WATCHING,
    }

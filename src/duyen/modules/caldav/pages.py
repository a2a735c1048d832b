"""The reader's own page of her calendar elsewhere: tie it, choose, see how it goes, take it away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from duyen.entities.registry import entity_named
from duyen.kernel.errors import DomainError
from duyen.modules.caldav import accounts
from duyen.modules.caldav.models import Account
from duyen.modules.caldav.queries import Clash, Trouble, clashes_of, counts_of, troubles_of
from duyen.modules.caldav.tasks import sync_soon
from duyen.surfaces.web.accounts.own_pages import offer_own_page, own_page
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.addresses import record_url
from duyen.surfaces.web.pages.refusals import page

ADDRESS = "/profile/calendar"
TEMPLATE = "caldav/calendar.html"
offer_own_page(ADDRESS, gettext_lazy("Calendar"))


@dataclass(frozen=True)
class Line:
    """One line of a list: a title, what is said of it, and where it leads."""

    title: str
    text: str
    url: str


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@page
def show(request: ActorRequest) -> HttpResponse:
    """Show how it stands with the reader's calendar; try an account and keep it."""
    if request.method != "POST":
        return _page(request)
    sent = {name: request.POST.get(name, "")[:500] for name in ("address", "login", "password")}
    try:
        accounts.sign_in(request.actor, **sent)
    except DomainError as refusal:
        return _page(request, error=str(refusal), typed=sent)
    messages.success(request, _("The calendar answers. Choose what is synchronised."))
    return HttpResponseRedirect(ADDRESS)


@require_POST
@page
def choose(request: ActorRequest) -> HttpResponse:
    """Keep which calendar and which list of tasks are synchronised, and begin."""
    events, tasks = request.POST.get("events", ""), request.POST.get("tasks", "")
    try:
        account = accounts.choose(request.actor, events_url=events, tasks_url=tasks)
    except accounts.NothingToSync as refusal:
        return _page(request, choice_error=str(refusal))
    sync_soon(account.pk)
    messages.success(request, _("Saved. The first synchronisation begins now."))
    return HttpResponseRedirect(ADDRESS)


@require_POST
@page
def at_once(request: ActorRequest) -> HttpResponse:
    """Synchronise now instead of in a while."""
    account = accounts.account_of(request.user.pk)
    if account is None:
        raise accounts.NoAccount
    sync_soon(account.pk)
    messages.success(request, _("Synchronisation begins now. Reload in a moment."))
    return HttpResponseRedirect(ADDRESS)


@require_POST
@page
def take_away(request: ActorRequest) -> HttpResponse:
    """Forget the account."""
    accounts.take_away(request.actor)
    messages.success(request, _("The calendar is taken away. What was synchronised stays on both sides."))
    return HttpResponseRedirect(ADDRESS)


def _page(
    request: ActorRequest,
    *,
    error: str = "",
    choice_error: str = "",
    typed: dict[str, str] | None = None,
) -> HttpResponse:
    account = accounts.account_of(request.user.pk)
    context = {
        "account": account,
        "standing": account.standing if account else None,
        "is_on": bool(account and (account.events_url or account.tasks_url)),
        "error": error,
        "choice_error": choice_error,
        "address": typed["address"] if typed else account.address if account else "",
        "login": typed["login"] if typed else account.login if account else "",
        **(_of(request, account) if account else {"events": [], "tasks": []}),
    }
    return own_page(request, TEMPLATE, ADDRESS, context, status=422 if error or choice_error else 200)


def _of(request: ActorRequest, account: Account) -> dict[str, Any]:
    counts = counts_of(account.pk)
    return {
        "events": _options(account.offered, "events"),
        "tasks": _options(account.offered, "tasks"),
        "counts": counts,
        "troubles": [_trouble(each) for each in troubles_of(account.pk)],
        "clashes": [_clash(request, each) for each in clashes_of(account.pk)],
    }


def _options(offered: Sequence[dict[str, Any]], kind: str) -> list[dict[str, str]]:
    return [
        {"value": each["url"], "label": each["name"]}
        for each in offered
        if each[kind] and each["is_writable"]
    ]


def _trouble(each: Trouble) -> Line:
    url = record_url(entity_named("activities"), each.activity_id) if each.activity_id else ""
    return Line(each.subject or _("An entry of the calendar"), each.problem, url)


def _clash(request: ActorRequest, each: Clash) -> Line:
    """Say what gave way, in the words of the form."""
    entity = entity_named("activities")
    readable = {field.name: field for field in entity.readable(request.actor)}
    said = [f"{readable[name].label}: {each.shown(name)}" for name in each.ours if name in readable]
    return Line(each.subject, " · ".join(said), record_url(entity, each.activity_id, tab="history"))


urlpatterns: list[URLPattern] = [
    path("profile/calendar", show, name="own_calendar"),
    path("profile/calendar/choose", choose, name="choose_calendar"),
    path("profile/calendar/now", at_once, name="sync_calendar"),
    path("profile/calendar/remove", take_away, name="take_calendar_away"),
]

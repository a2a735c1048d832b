"""Whom leads may be, one after the other: somebody known, the repeat of another lead, or a new one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from duyen.entities.errors import InvalidValues, NotAllowed, NotFound
from duyen.entities.fields.base import EMPTY
from duyen.entities.importing.running import KIND
from duyen.entities.labels import link_labels
from duyen.entities.performing import NotNow, perform
from duyen.entities.refusals import said
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, FieldLevel
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.queries import is_askers, job_in_sight
from duyen.kernel.clock import now
from duyen.kernel.errors import DomainError
from duyen.modules.leads import panels, queries
from duyen.modules.leads.found import ADDRESS
from duyen.modules.leads.words import Known, Reason
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.addresses import record_url
from duyen.surfaces.web.pages.editing import row_of
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.pages.shown import shown
from duyen.surfaces.web.pages.state import address_of_list
from duyen.surfaces.web.shell import Crumb

#: What tells a lead from another one, in this order.
_FACTS = (
    *("honorific", "job_title", "company", "phones", "emails", "tax_code", "addresses", "source"),
    *("source_detail", "campaign", "need", "note", "owner", "created_at"),
)
#: More than so many are not counted to the end.
_MOST = 100


def may_open(actor: Actor) -> bool:
    """Tell whether the actor works on leads and is told whom they may be."""
    leads = entity_named("leads")
    return actor.may("leads", CHANGE) and leads.level(actor, "perhaps_known") is not FieldLevel.HIDDEN


def _open(request: ActorRequest) -> Actor:
    if not may_open(request.actor):
        raise NotAllowed(why=_("your role gives no right to work on leads and see whom they may be."))
    return request.actor


def _wanted(request: ActorRequest, actor: Actor) -> tuple[Any, str]:
    """Give the leads to go through, and the import that they came by where the address names one."""
    rows = queries.perhaps_known(actor)
    asked = number_in((request.POST if request.method == "POST" else request.GET).get("import", ""))
    job = job_in_sight(asked, actor) if asked else None
    if job is None or not _is_of_leads(job, actor) or job.started_at is None:
        return rows, ""
    return rows.filter(created_at__range=(job.started_at, job.finished_at or now())), str(job.pk)


def _is_of_leads(job: Job, actor: Actor) -> bool:
    return job.kind == KIND and job.arguments.get("entity") == "leads" and is_askers(job, actor)


def _url(place: object, job: str) -> str:
    base = f"{ADDRESS}/{place}" if place else ADDRESS
    return f"{base}?{urlencode({'import': job})}" if job else base


@require_safe
@page
def begin(request: ActorRequest) -> HttpResponse:
    """Open the newest lead of whom nobody has said whom it is."""
    actor = _open(request)
    rows, job = _wanted(request, actor)
    return _on(request, rows, job)


def _on(request: ActorRequest, rows: Any, job: str, after: Mapping[str, Any] | None = None) -> HttpResponse:
    """Go on to the next lead, or to the list when there is none."""
    if after is not None:
        older = Q(created_at__lt=after["created_at"]) | Q(created_at=after["created_at"], pk__lt=after["id"])
        rows = rows.filter(older)
    following = rows.values_list("pk", flat=True).first()
    if following is not None:
        return HttpResponseRedirect(_url(following, job))
    messages.success(request, _("That is all: of no other lead has somebody to say whom it is."))
    return HttpResponseRedirect(address_of_list(entity_named("leads"), "known"))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def one(request: ActorRequest, lead_id: int) -> HttpResponse:
    """Show a lead beside those it may be, or keep what somebody says of it and open the next."""
    actor, leads = _open(request), entity_named("leads")
    rows, job = _wanted(request, actor)
    row = row_of(leads, actor, lead_id)
    if not panels.may_change(actor, row):
        raise NotAllowed(why=_("this lead is not one that you may change."))
    if request.method != "POST":
        return _show(request, row, rows, job)
    verb = request.POST.get("verb", "")
    if verb != "later":
        try:
            with transaction.atomic():
                told = _decide(request, row, verb)
        except NotFound:
            raise
        except InvalidValues as error:
            return _show(request, row, rows, job, " ".join(str(each.message) for each in error.problems))
        except NotNow as error:
            return _show(request, row, rows, job, " ".join(str(each.message) for each in error.reasons))
        except DomainError as error:
            return _show(request, row, rows, job, said(error))
        messages.success(request, told)
    return _on(request, rows, job, after=row)


def _decide(request: ActorRequest, row: Mapping[str, Any], verb: str) -> str:
    """Keep what was said of a lead, by the steps of leads. Raises NotFound and what they raise."""
    actor, leads, chosen = request.actor, entity_named("leads"), number_in(request.POST.get("which", ""))
    words = {"name": row["name"]}
    if verb == "join" and chosen:
        perform(leads, "join", row["id"], actor=actor, arguments={"party": chosen})
        return _("%(name)s is joined with somebody known.") % words
    if verb == "repeats" and chosen:
        asked = {"disqualify_reason": Reason.DUPLICATE.value, "duplicate_of": chosen}
        perform(leads, "disqualify", row["id"], actor=actor, arguments=asked)
        return _("%(name)s is given up: it repeats another lead.") % words
    if verb == "new":
        perform(leads, "someone_new", row["id"], actor=actor, arguments={})
        return _("%(name)s is a new one.") % words
    raise NotFound


def _show(
    request: ActorRequest, row: Mapping[str, Any], rows: Any, job: str, problem: str = ""
) -> HttpResponse:
    actor, leads = request.actor, entity_named("leads")
    waiting = rows[: _MOST + 1].count()
    found = panels.matches(actor, row)
    context = {
        "row": row,
        "title": leads.title_of(row),
        "facts": _facts(actor, row),
        "found": found,
        "is_asked": row["perhaps_known"] == Known.PERHAPS,
        "may_give_up": any(each[0].id for each in found.get("leads", ())),
        "problem": problem,
        "waiting": min(waiting, _MOST),
        "is_more": waiting > _MOST,
        "here": _url(row["id"], job),
        "job": job,
        "open_url": record_url(leads, row["id"]),
        "crumbs": [
            Crumb(leads.labels, "/leads"),
            Crumb(pgettext("leads", "May be known"), address_of_list(leads, "known")),
            Crumb(leads.title_of(row)),
        ],
    }
    return render(request, "leads/known.html", context, status=422 if problem else 200)


def _facts(actor: Actor, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give what tells who a lead is, as far as the reader sees it."""
    leads = entity_named("leads")
    fields = [leads.field(name) for name in _FACTS if panels.sees(actor, name)]
    linked = link_labels(actor, fields, [row])
    held = ((field, field.load(row)) for field in fields)
    return [
        {"label": field.label, "value": shown(field, value, linked, actor)}
        for field, value in held
        if value not in EMPTY
    ]


urlpatterns: list[URLPattern] = [
    path("leads/known", begin, name="leads_known"),
    path("leads/known/<int:lead_id>", one, name="lead_known"),
]

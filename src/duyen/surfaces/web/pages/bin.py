"""What lies in the bin, entity by entity: who put it there, when and why, and the way out again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from duyen.entities.binned import Deletion, deletions, page_of_bin, with_a_bin
from duyen.entities.bulk.keeping import restore_many
from duyen.entities.bulk.outcomes import SetDone, reason_of
from duyen.entities.bulk.rules import Fate
from duyen.entities.entity import Entity
from duyen.entities.errors import NotAllowed, NotFound
from duyen.entities.merging.standing import merged_among
from duyen.entities.undo import MOST_RECORDS
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import DELETE, FieldLevel
from duyen.surfaces.web.filters import so
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.addresses import record_url, undo_url
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import SETTINGS, Crumb, OwnPage, put_into_navigation

ADDRESS = "/bin"
_MOST_TOLD = 3

put_into_navigation(
    OwnPage(
        "",
        gettext_lazy("Bin"),
        ADDRESS,
        icon="trash-2",
        may_open=lambda actor: bool(with_a_bin(actor)),
        under=SETTINGS,
    )
)


@dataclass(frozen=True)
class Line:
    """One record in the bin; `went` says that it went into another one, which alone brings it back."""

    id: int
    title: str
    code: str
    url: str
    deletion: Deletion
    went: bool


@require_http_methods(["GET", "HEAD", "POST"])
@page
def show(request: ActorRequest) -> HttpResponse:
    """List what lies in the bin of one entity, the newest first; or take chosen records out of it."""
    known = with_a_bin(request.actor)
    if not known:
        raise NotAllowed(why=_("nothing that you may read has a bin."))
    name = request.POST.get("of") or request.GET.get("of") or known[0].name
    entity = next((each for each in known if each.name == name), None)
    if entity is None:
        raise NotFound
    if request.method == "POST":
        return _restore(request, entity)
    rows, following = page_of_bin(entity, request.actor, before=number_in(request.GET.get("before", "")))
    may_restore = request.actor.may(entity.name, DELETE)
    context = {
        "entity": entity,
        "lines": _lines(entity, rows, request.actor),
        "may_restore": may_restore,
        "next_url": f"{_address(entity)}&before={following}" if following else "",
        "search_url": f"/{entity.name}?bin=1",
        "tabs": [
            {"label": each.labels, "url": _address(each), "count": "", "is_current": each is entity}
            for each in known
        ],
        "crumbs": [Crumb(_("Bin"))],
    }
    return render(request, "derived/bin.html", context)


def _lines(entity: Entity, rows: Sequence[Mapping[str, Any]], actor: Actor) -> list[Line]:
    told = deletions(entity, [row["id"] for row in rows])
    merged = merged_among(entity.family, [row["id"] for row in rows])
    shows_codes = "code" in entity.by_name and entity.level(actor, "code") is not FieldLevel.HIDDEN
    return [
        Line(
            row["id"],
            entity.title_of(row),
            row["code"] if shows_codes else "",
            record_url(entity, row["id"]),
            told[row["id"]],
            row["id"] in merged,
        )
        for row in rows
        if row["id"] in told
    ]


def _restore(request: ActorRequest, entity: Entity) -> HttpResponse:
    numbers = [number_in(each) for each in request.POST.getlist("ids")]
    ids = list(dict.fromkeys(each for each in numbers if each is not None))[:MOST_RECORDS]
    if not ids:
        messages.warning(request, _("No row is selected. Tick some rows, then restore them."))
        return HttpResponseRedirect(_address(entity))
    done = restore_many(entity, ids, actor=request.actor)
    restored, stuck = done.of(Fate.CHANGED), done.of(Fate.REFUSED)
    if restored:
        text = ngettext("%(count)s record is restored.", "%(count)s records are restored.", len(restored))
        told = text % {"count": so(len(restored))}
        messages.success(request, told, extra_tags=undo_url(done.operation.id))
    if stuck:
        messages.warning(request, _stuck(entity, done))
    return HttpResponseRedirect(_address(entity))


def _stuck(entity: Entity, done: SetDone) -> str:
    stuck = done.of(Fate.REFUSED)
    reasons = list(dict.fromkeys(reason_of(entity, each) for each in stuck))
    words = {"count": so(len(stuck)), "why": " ".join(reasons[:_MOST_TOLD])}
    return ngettext("%(count)s record stays: %(why)s", "%(count)s records stay: %(why)s", len(stuck)) % words


def _address(entity: Entity) -> str:
    return f"{ADDRESS}?of={entity.name}"

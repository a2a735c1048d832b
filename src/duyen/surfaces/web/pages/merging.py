"""Make one record of several: beside each other with a value to choose for each field, and the way back.

What is proposed stands chosen already, so that whoever agrees presses one button.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from duyen.entities.approvals.asking import WORDS, ask
from duyen.entities.approvals.errors import NeedsApproval
from duyen.entities.approvals.gate import needed
from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest, InvalidValues, NotAllowed, NotFound, StaleVersion
from duyen.entities.fields import Label
from duyen.entities.idempotency import Answer, answer_once
from duyen.entities.labels import Linked, link_labels
from duyen.entities.linking import typed_linkable
from duyen.entities.merging.choosing import Choice
from duyen.entities.merging.declared import Weight
from duyen.entities.merging.hangings import may_merge_some, mergeable
from duyen.entities.merging.joining import ALL, joins
from duyen.entities.merging.merging import merge
from duyen.entities.merging.proposing import Proposal, propose
from duyen.entities.merging.rules import MOST
from duyen.entities.merging.sides import NotMergeable, Side
from duyen.entities.words import MERGE
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, DELETE, READ, FieldLevel
from duyen.kernel.errors import DomainError, FieldProblem
from duyen.surfaces.web.filters import ngay_gio
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.addresses import (
    list_url,
    merge_url,
    options_url,
    record_url,
    undo_url,
)
from duyen.surfaces.web.pages.editing import row_of
from duyen.surfaces.web.pages.opening import opened
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.pages.sent_forms import fingerprint
from duyen.surfaces.web.pages.shown import plain
from duyen.surfaces.web.pages.standing import is_open_to
from duyen.surfaces.web.shell import Crumb

_TAKE = "take."


@dataclass(frozen=True)
class Head:
    """One record above its column: what it is called, whether it stays, and how to keep it instead."""

    id: int
    title: str
    code: str
    kind: Label
    url: str
    stays: bool
    keep_url: str
    why_not: Label = ""


@dataclass(frozen=True)
class Option:
    """One value that a field may get: whose it is, the value in words, whether it is chosen."""

    take: str
    words: str
    whose: str
    is_chosen: bool
    is_empty: bool = False


@dataclass(frozen=True)
class Line:
    """One field: its values side by side, and what they make together where that can be."""

    name: str
    label: Label
    options: Sequence[Option]
    together: Option | None
    is_open: bool
    problem: str = ""
    hint: str = ""

    @property
    def is_conflict(self) -> bool:
        """Whether two records say different things, and not one of them alone something."""
        return len({each.words for each in self.options if not each.is_empty}) > 1


@page
def compare(request: ActorRequest, entities: str) -> HttpResponse:
    """Show records beside each other, or make one of them."""
    entity = opened(request, entities)
    given = request.POST if request.method == "POST" else request.GET
    ids, seen = _ids(given)
    keep = number_in(given.get("keep", ""))
    if request.method != "POST":
        ids = list(dict.fromkeys([*ids, *_typed(entity, given, request.actor)]))
        if not ids:
            return _pick(request, entity)
        return _page(request, propose(entity, actor=request.actor, ids=ids, survivor=keep), {}, [])
    take = _takes(request.POST)
    try:
        if "ask" in request.POST:
            return _ask(request, entity, ids, keep, seen, take)
        # Asked for before anything is read: a form that is sent twice finds the others in the bin already.
        answer = answer_once(
            actor=request.actor,
            key=request.POST.get("key") or str(uuid.uuid4()),
            fingerprint=fingerprint(request, request.path),
            give=lambda: _merge(request, entity, ids, keep, seen, take),
        )
    except (NotFound, NotAllowed, BadRequest, NotMergeable):
        raise
    except DomainError as error:
        told = propose(entity, actor=request.actor, ids=ids, survivor=keep)
        status = 422 if isinstance(error, InvalidValues) else 409
        if isinstance(error, NeedsApproval):
            return _page(request, told, take, [], status=status, who=error.need.who)
        return _page(request, told, take, _said(error), status=status)
    count = len(ids)
    said = ngettext("%(count)s record became one.", "%(count)s records became one.", count) % {"count": count}
    messages.success(request, said, extra_tags=undo_url(answer.body["operation"]))
    return HttpResponseRedirect(_address_of(entity, answer.body["id"], request.actor))


def _said(error: DomainError) -> Sequence[FieldProblem]:
    """Say beside which fields, or above them all, what stood against the merge."""
    if isinstance(error, InvalidValues):
        return error.problems
    sentence = str(error)
    if isinstance(error, StaleVersion):
        again = _("%(who)s changed one of these records meanwhile. Compare again, then merge.")
        sentence = again % error.params
    return [FieldProblem("", error.code, sentence)]


def _address_of(entity: Entity, record_id: int, actor: Actor) -> str:
    """Give the page of the survivor, as the entity of the list it came from where it is one of those now."""
    for each in (entity, *entity.relatives):
        if actor.may(each.name, READ) and each.rows(actor).filter(pk=record_id).exists():
            return record_url(each, record_id)
    return list_url(entity)


def _merge(
    request: ActorRequest,
    entity: Entity,
    ids: Sequence[int],
    keep: int | None,
    seen: Mapping[int, int],
    take: Mapping[str, int | str],
) -> Answer:
    survivor = keep if keep in ids else next(iter(ids), None)
    if survivor is None:
        raise BadRequest(argument="ids", what=_("the selection is broken. Select the rows again."))
    done = merge(
        entity,
        survivor,
        [each for each in ids if each != survivor],
        actor=request.actor,
        versions=seen,
        take=take,
        confirmed=request.POST.getlist("confirm"),
    )
    return Answer(200, {"id": done.id, "operation": done.operation.id})


def _ask(
    request: ActorRequest,
    entity: Entity,
    ids: Sequence[int],
    keep: int | None,
    seen: Mapping[int, int],
    take: Mapping[str, int | str],
) -> HttpResponse:
    """Ask for the approval of the merge as the page shows it."""
    survivor = keep if keep is not None and keep in ids else ids[0]
    side = propose(entity, actor=request.actor, ids=ids, survivor=survivor).survivor
    told = {
        "others": [each for each in ids if each != survivor],
        "versions": {str(each): seen[each] for each in ids if each in seen},
        "take": dict(take),
        "confirmed": request.POST.getlist("confirm"),
        "count": len(ids),
    }
    words = request.POST.get(WORDS, "")
    made = ask(side.entity, MERGE, survivor, actor=request.actor, arguments=told, words=words)
    text = _("Asked for approval. You are told what is decided, by %(when)s at the latest.")
    messages.success(request, text % {"when": ngay_gio(made.due_at)})
    return HttpResponseRedirect(_address_of(entity, survivor, request.actor))


def _ids(given: QueryDict) -> tuple[list[int], dict[int, int]]:
    """Read which records are meant, with the versions that the page showed. Raises BadRequest."""
    ids: list[int] = []
    seen: dict[int, int] = {}
    for each in (part for value in given.getlist("ids") for part in value.split(",") if part):
        record_id, _dot, version = each.partition(".")
        chosen, seen_at = number_in(record_id), number_in(version or "0")
        if chosen is None or seen_at is None:
            raise BadRequest(argument="ids", what=_("the selection is broken. Select the rows again."))
        ids.append(chosen)
        if version:
            seen[chosen] = seen_at
    return list(dict.fromkeys(ids)), seen


def _typed(entity: Entity, given: QueryDict, actor: Actor) -> list[int]:
    """Find the records whose code or whole name was typed, where no script put their ids into the form."""
    texts = given.getlist("ids_text") if "" in given.getlist("ids") else []
    named = (typed_linkable(entity, actor, text) for text in texts if text)
    return [found[0] for found in named if len(found) == 1]


def _takes(given: QueryDict) -> dict[str, int | str]:
    found: dict[str, int | str] = {}
    for name, value in given.items():
        if name.startswith(_TAKE):
            whose = number_in(str(value))
            found[name.removeprefix(_TAKE)] = whose if whose is not None else str(value)
    return found


# --- the page ------------------------------------------------------------------------------------------


def _page(
    request: ActorRequest,
    told: Proposal,
    take: Mapping[str, int | str],
    problems: Sequence[FieldProblem],
    *,
    status: int = 422,
    who: str = "",
) -> HttpResponse:
    entity, actor = told.entity, request.actor
    heads = [_head(told, side, actor) for side in told.sides]
    fields = [each.field for each in told.seen]
    linked = link_labels(actor, fields, [side.row for side in told.sides])
    codes = {head.id: head.code or head.title for head in heads}
    by_field = {each.field: str(each.message) for each in problems if each.field}
    lines = [_line(each, codes, take, linked, by_field) for each in told.seen]
    differs = {each.field.name for each in told.seen if each.differs}
    shown = {each.name for each in lines}
    title = ngettext("Merge %(count)s record", "Merge %(count)s records", len(heads)) % {"count": len(heads)}
    context = {
        "title": title,
        "heads": heads,
        "count": len(heads),
        "differing": sorted(
            (each for each in lines if each.name in differs), key=lambda each: not each.is_conflict
        ),
        "same": [
            each
            for each in lines
            if each.name not in differs and not all(one.is_empty for one in each.options)
        ],
        "moving": [each for each in told.moving if not each.stays],
        "staying": [each for each in told.moving if each.stays],
        "notes": [each.sentence for each in told.remarks if each.weight is Weight.NOTE],
        "doubts": [each for each in told.remarks if each.weight is Weight.DOUBT],
        "confirmed": request.POST.getlist("confirm"),
        "who_grants": who or _who_grants(told, actor),
        "approval_words": request.POST.get(WORDS, ""),
        "refusals": [*(each.sentence for each in told.refusals), *_closed(told)],
        "problems": [str(each.message) for each in problems if each.field not in shown],
        "action": merge_url(entity),
        "cancel_url": list_url(entity),
        "hidden": [
            ("ids", ",".join(f"{side.id}.{side.version}" for side in told.sides)),
            ("keep", str(told.survivor.id)),
            ("key", str(uuid.uuid4())),
        ],
        "crumbs": [Crumb(entity.labels, list_url(entity)), Crumb(title)],
    }
    return render(request, "derived/merge.html", context, status=status if problems or who else 200)


def _who_grants(told: Proposal, actor: Actor) -> str:
    """Name the roles whose approval the merge needs, or nothing where the actor makes it alone."""
    count = {"count": len(told.sides)}
    needs = (needed(each.entity, MERGE, each.row, count, actor=actor) for each in told.sides)
    return next((need.who for need in needs if need is not None), "")


def _closed(told: Proposal) -> list[str]:
    """Say why the actor cannot merge these, whoever stays; nothing where she can."""
    may = {each.id: each for each in told.candidates}
    others = [may[side.id] for side in told.sides[1:]]
    if not may[told.survivor.id].may_stay:
        return [_("Changing the record that stays is not among your rights.")]
    if not all(each.may_go for each in others):
        return [_("Deleting a record that goes is not among your rights. Ask somebody who may delete both.")]
    return []


def _head(told: Proposal, side: Side, actor: Actor) -> Head:
    entity = side.entity
    is_titled = entity.level(actor, entity.title) is not FieldLevel.HIDDEN
    shows_code = "code" in entity.by_name and entity.level(actor, "code") is not FieldLevel.HIDDEN
    ids = ",".join(str(each.id) for each in sorted(told.sides, key=lambda one: one.id))
    may = {each.id: each.may_stay for each in told.candidates}
    return Head(
        id=side.id,
        title=entity.title_of(side.row) if is_titled else f"#{side.id}",
        code=str(side.row.get("code") or "") if shows_code else "",
        kind=entity.label,
        url=record_url(entity, side.id),
        stays=side.id == told.survivor.id,
        keep_url=merge_url(told.entity, ids, keep=side.id) if may[side.id] else "",
    )


def _line(
    choice: Choice,
    codes: Mapping[int, str],
    take: Mapping[str, int | str],
    linked: Linked,
    problems: Mapping[str, str],
) -> Line:
    field = choice.field
    chosen = take.get(field.name, choice.take) if choice.of.is_open else choice.take
    options = [
        Option(str(key), words, codes[key], chosen == key, words == "—")
        for key, words in ((key, plain(field, value, linked)) for key, value in choice.values.items())
    ]
    together = None
    if joins(field) and (choice.take == ALL or chosen == ALL):
        together = Option(ALL, plain(field, choice.together, linked), _("All of them"), chosen == ALL)
    hint = ""
    if choice.left_out and together is not None:
        said = ngettext("%(count)s value does not fit.", "%(count)s values do not fit.", choice.left_out)
        hint = said % {"count": choice.left_out}
    elif not choice.of.is_open:
        hint = _("Not yours to choose: what is marked is kept.")
    return Line(
        field.name, field.label, options, together, choice.of.is_open, problems.get(field.name, ""), hint
    )


# --- choosing the other one ----------------------------------------------------------------------------


@page
def choose(request: ActorRequest, entities: str, record_id: int) -> HttpResponse:
    """Ask which other record is the same as this one."""
    entity = opened(request, entities)
    row = row_of(entity, request.actor, record_id)
    if not may_merge(entity, row, request.actor):
        raise NotAllowed(why=_("this step is not among your rights for this record."))
    title = entity.title_of(row)
    label = _("Merge with another record")
    context = {
        "title": label,
        "name": title,
        "record_id": record_id,
        "label": entity.label,
        "action": merge_url(entity),
        "options_url": options_url(entity),
        "cancel_url": record_url(entity, record_id),
        "most": MOST,
        "crumbs": [
            Crumb(entity.labels, list_url(entity)),
            Crumb(title, record_url(entity, record_id)),
            Crumb(label),
        ],
    }
    return render(request, "derived/merge_choose.html", context)


def _pick(request: ActorRequest, entity: Entity) -> HttpResponse:
    """Ask which two records are the same. Raises NotAllowed."""
    if not may_merge_some(entity, request.actor):
        raise NotAllowed(why=_("this step is not among your rights for any record."))
    title = _("Merge: %(what)s") % {"what": str(entity.labels).lower()}
    context = {
        "title": title,
        "label": entity.label,
        "action": merge_url(entity),
        "options_url": options_url(entity),
        "cancel_url": list_url(entity),
        "crumbs": [Crumb(entity.labels, list_url(entity)), Crumb(_("Merge"))],
    }
    return render(request, "derived/merge_pick.html", context)


def may_merge(entity: Entity, row: Mapping[str, Any], actor: Actor) -> bool:
    """Tell whether the actor may merge this record with some other: keep it, or let it go."""
    if not mergeable(entity):
        return False
    stays = is_open_to(entity, actor, CHANGE, row) and actor.may(entity.name, DELETE)
    goes = is_open_to(entity, actor, DELETE, row) and actor.may(entity.name, CHANGE)
    return stays or goes

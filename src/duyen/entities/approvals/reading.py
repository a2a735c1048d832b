"""Requests as people see them: to decide, asked for by oneself, all within one's rights, about one record."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from duyen.entities.approvals.declared import Limit, Measure
from duyen.entities.approvals.gate import Need, needed_by, role_names
from duyen.entities.approvals.keeping import decided, limit_named
from duyen.entities.approvals.people import to_decide
from duyen.entities.approvals.rules import State, roles_for, standing
from duyen.entities.entity import Entity
from duyen.entities.errors import NotFound
from duyen.entities.fields import Label, LinkedRecord
from duyen.entities.labels import labels
from duyen.entities.models import ApprovalRequest
from duyen.entities.registry import all_entities, entity_named, known_names
from duyen.entities.words import MERGE
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import DELETE, READ, FieldLevel
from duyen.kernel.clock import now

_ENGINE: Mapping[str, Label] = {DELETE: _("Delete"), MERGE: _("Merge")}


class Which(StrEnum):
    """Which requests a page lists."""

    TO_DECIDE = "to_decide"
    MINE = "mine"
    ALL = "all"


@dataclass(frozen=True)
class Seen:
    """One request as a reader sees it; without the record's words where that is not open to her.

    `who` names the roles that may decide about it now; `record_version` is that of the record now. Where the
    field that the limit is about is hidden from the reader, `tells` is not so: neither amount nor what was
    typed is for her.
    """

    request: ApprovalRequest
    entity: Entity
    step: Label
    limit: Limit | None
    record: LinkedRecord | None
    may_decide: bool
    is_mine: bool
    who: str = ""
    record_version: int | None = None
    tells: bool = True

    @property
    def state(self) -> State:
        """Where it stands at this moment."""
        return standing(State(self.request.state), is_overdue=self.request.due_at <= now())

    @property
    def is_waiting(self) -> bool:
        return self.state is State.WAITING

    @property
    def measure(self) -> Measure:
        return self.limit.measure if self.limit else Measure.STEP

    @property
    def amount(self) -> Decimal | None:
        return self.request.amount if self.tells else None

    @property
    def problem(self) -> str:
        """Say why the granted step could not be taken, in the reader's language where it is known."""
        told: Mapping[str, str] = (self.request.problem or {}) if self.tells else {}
        return told.get((get_language() or "vi")[:2]) or next(iter(told.values()), "")


def requests(
    actor: Actor, which: Which, *, state: State | None = None, before: int | None = None, limit: int = 50
) -> list[Seen]:
    """List requests: those to decide with the earliest deadline first, others the newest first.

    `before` is the id of the last one that was seen. Gives one more than `limit` where there are more.
    """
    found = _listed(actor, which)
    if state is not None:
        found = found.filter(state=state)
    if which is Which.TO_DECIDE:
        last = ApprovalRequest.objects.filter(pk=before or 0)
        due = last.values_list("due_at", flat=True).order_by("pk").first()
        if due is not None:
            found = found.filter(Q(due_at__gt=due) | Q(due_at=due, pk__gt=before))
        rows = found.order_by("due_at", "pk")
    else:
        rows = (found.filter(pk__lt=before) if before else found).order_by("-pk")
    return seen(actor, list(rows.select_related("asked_by", "decided_by", "decided_for")[: limit + 1]))


def count_to_decide(actor: Actor, *, most: int) -> int:
    """Count what the actor is to decide, up to one more than `most`."""
    return to_decide(actor)[: most + 1].count()


def one(actor: Actor, request_id: int) -> Seen:
    """Give one request that the actor may know of. Raises NotFound."""
    rows = in_sight(actor).filter(pk=request_id).order_by("pk")
    found = seen(actor, list(rows.select_related("asked_by", "decided_by", "decided_for")))
    if not found:
        raise NotFound
    return found[0]


def about(entity: Entity, record_id: int, *, actor: Actor, most: int = 5) -> list[Seen]:
    """List the requests about a record that the actor may read: all that wait, and the last ones."""
    if not entity.approval_limits:
        return []
    rows = ApprovalRequest.objects.filter(family=entity.family, record_id=record_id)
    last = rows.order_by("-pk").values("pk")[:most]
    shown = rows.filter(Q(state=State.WAITING) | Q(pk__in=last)).order_by("-pk")
    return seen(actor, list(shown.select_related("asked_by", "decided_by", "decided_for")))


def waiting_on(entity: Entity, record_id: int) -> dict[str, ApprovalRequest]:
    """Give what is asked for already and waits, by the verb of the step; see `by_verb`."""
    if not entity.approval_limits:
        return {}
    rows = ApprovalRequest.objects.filter(
        family=entity.family, record_id=record_id, state=State.WAITING, due_at__gt=now()
    )
    return by_verb(rows.select_related("asked_by").order_by("pk"))


def by_verb(rows: Iterable[ApprovalRequest]) -> dict[str, ApprovalRequest]:
    """Give by its verb each request that stops the step; one about a part stops it for no other part."""
    return {each.verb: each for each in rows if not each.part}


def needs_of(entity: Entity, row: Mapping[str, Any], *, actor: Actor) -> dict[str, Need]:
    """Tell for which steps of a record this actor needs a second person, by verb.

    A step whose amount follows from what is asked is told only where the actor's roles decide about none.
    """
    limits, needs = entity.approval_limits, {}
    told = decided() if limits else {}
    for verb, limit in limits.items():
        held = told.get(limit.name)
        need = needed_by(entity, verb, [row], {}, actor=actor, held=held).get(row["id"])
        if need is not None and _is_certain(need, actor):
            needs[verb] = need
    return needs


def _is_certain(need: Need, actor: Actor) -> bool:
    roles = actor.facts.role_codes if actor.facts else frozenset()
    is_told = need.limit.measure is Measure.STEP or need.amount is not None
    return is_told or need.limit.always or not roles & set(need.told.roles)


def in_sight(actor: Actor) -> QuerySet[ApprovalRequest]:
    """Give the requests that the actor may know of: her own, and those about records open to her."""
    found = Q(asked_by_id=actor.user_id or 0)
    for entity in all_entities():
        if entity.approval_limits and actor.may(entity.name, READ):
            rows = entity.rows(actor, READ, deleted=None).filter(pk=OuterRef("record_id"))
            found |= Q(Exists(rows), entity=entity.name)
    return ApprovalRequest.objects.filter(found, entity__in=_known_to(actor))


def _known_to(actor: Actor) -> list[str]:
    """Name the entities of whose requests the actor may hear; a limited token of no others than it reads."""
    cut = actor.cut
    return [name for name in known_names() if cut is None or cut.allows(name, READ)]


def _listed(actor: Actor, which: Which) -> QuerySet[ApprovalRequest]:
    if which is Which.TO_DECIDE:
        return to_decide(actor)
    if which is Which.MINE:
        mine = ApprovalRequest.objects.filter(asked_by_id=actor.user_id or 0)
        return mine.filter(entity__in=_known_to(actor))
    return in_sight(actor)


def seen(actor: Actor, rows: Sequence[ApprovalRequest]) -> list[Seen]:
    """Tell of requests that the actor may know of, asking the database as often for one as for fifty."""
    ids: dict[str, set[int]] = {}
    for each in rows:
        ids.setdefault(each.entity, set()).add(each.record_id)
    records = {name: labels(actor, entity_named(name), found) for name, found in ids.items()}
    versions = {name: _versions(entity_named(name), actor, found) for name, found in ids.items()}
    waiting = [each.pk for each in rows if each.state == State.WAITING]
    mine = set(to_decide(actor).filter(pk__in=waiting).values_list("pk", flat=True)) if waiting else set()
    told = decided() if waiting else {}
    named = role_names(sorted({role for each in told.values() for role in each.roles}))
    found = []
    for each in rows:
        limits = told[each.limit].roles if each.limit in told else {}
        who = ", ".join(named[role] for role in roles_for(limits, each.amount) if role in named)
        found.append(
            Seen(
                each,
                entity_named(each.entity),
                step_label(entity_named(each.entity), each.verb),
                limit_named(each.limit),
                records[each.entity].get(each.record_id),
                each.pk in mine,
                each.asked_by_id == actor.user_id,
                who,
                versions[each.entity].get(each.record_id),
                _tells(actor, each),
            )
        )
    return found


def _tells(actor: Actor, request: ApprovalRequest) -> bool:
    """Tell whether a reader may know what a request is about: her own, or of a field that she may see."""
    limit, entity = limit_named(request.limit), entity_named(request.entity)
    if request.asked_by_id == actor.user_id or limit is None or not limit.about:
        return True
    return entity.level(actor, limit.about) is not FieldLevel.HIDDEN


def _versions(entity: Entity, actor: Actor, ids: Collection[int]) -> dict[int, int]:
    rows = entity.rows(actor, READ, deleted=None).filter(pk__in=ids)
    return dict(rows.values_list("pk", "version"))


def step_label(entity: Entity, verb: str) -> Label:
    """Give the word for the step that was asked for."""
    if verb in _ENGINE:
        return _ENGINE[verb]
    return next((each.label for each in entity.actions if each.verb == verb), verb)

"""Ask for the approval of a step that one may not take alone, and take a request back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from duyen.entities.approvals.errors import (
    AskedAlready,
    NeedsApproval,
    NobodyDecides,
    NotWaiting,
    NotYours,
    WaitsForApproval,
)
from duyen.entities.approvals.gate import Need, granted, needed
from duyen.entities.approvals.people import Decider, deciders
from duyen.entities.approvals.rules import LEADS_TO, State, Verb, standing
from duyen.entities.approvals.telling import STATE_WORDS, tell_asked, tell_withdrawn
from duyen.entities.bulk.outcomes import SetDone
from duyen.entities.entity import Entity
from duyen.entities.errors import NotAllowed, NotFound, Refused
from duyen.entities.locking import not_allowed
from duyen.entities.merging.merging import merge
from duyen.entities.models import ApprovalRequest
from duyen.entities.performing import NotNow, read_arguments, reasons_now, step_called
from duyen.entities.registry import entity_named
from duyen.entities.standard import Done, refuse_kept
from duyen.entities.words import MERGE
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, DELETE
from duyen.foundation.audit import trail
from duyen.foundation.org.calendars import working_time_of_unit
from duyen.foundation.org.models import Unit
from duyen.foundation.org.words import UnitKind
from duyen.kernel.clock import now
from duyen.kernel.dates import show_moment
from duyen.kernel.errors import DomainError
from duyen.kernel.text import clean
from duyen.kernel.working_time import add_working_time

LONGEST_WORDS = 500


class NotNeeded(Refused):
    """The step can be taken without asking anybody."""

    code = "not_needed"
    sentence = _("This needs nobody's approval. Take the step itself.")


def ask(
    entity: Entity,
    verb: str,
    record_id: int,
    *,
    actor: Actor,
    arguments: Mapping[str, Any],
    words: str = "",
) -> ApprovalRequest:
    """Ask for the approval of a step with one record; nothing of the step itself is done.

    Judged as the step is: the right, what it was asked with, its guards. `words` are for whoever decides.
    Raises NotFound, NotAllowed, InvalidValues, NotNow, NotNeeded, AskedAlready or NobodyDecides.
    """
    row, asked = _judged(entity, verb, record_id, actor, arguments)
    need = needed(entity, verb, row, asked, actor=actor)
    if need is None:
        raise NotNeeded
    found = deciders(
        entity, record_id, need.told, need.amount, asker_id=actor.user_id, excluded=need.excluded
    )
    if not found:
        raise NobodyDecides
    with transaction.atomic():
        made = _write(entity, verb, row, actor, need, arguments, clean(words)[:LONGEST_WORDS])
        note = made.words
        trail.note_opened(actor, "approvals.ask", entity=entity.family, record_id=record_id, note=note)
        tell_asked(made, _nearest(found), actor=actor)
    return made


def ask_for_set(
    entity: Entity, verb: str, done: SetDone, *, actor: Actor, arguments: Mapping[str, Any]
) -> SetDone:
    """Ask for each record of a set with which a step needs approval; what came of that is its outcome."""
    words = str(arguments.get("note") or arguments.get("reason") or "")
    found = []
    for each in done.outcomes:
        if isinstance(each.error, NeedsApproval):
            error: DomainError
            try:
                made = ask(entity, verb, each.id, actor=actor, arguments=arguments, words=words)
            except DomainError as refused:
                error = refused
            else:
                error = WaitsForApproval(when=show_moment(made.due_at))
            found.append(replace(each, error=error))
        else:
            found.append(each)
    return replace(done, outcomes=tuple(found))


def refuse_cut(request: ApprovalRequest, actor: Actor) -> None:
    """Refuse a token that is limited to less than the step itself asks for. Raises NotAllowed."""
    if actor.cut is None:
        return
    entity = entity_named(request.entity)
    needs = [DELETE] if request.verb == DELETE else [CHANGE, DELETE] if request.verb == MERGE else []
    needs = needs or [step_called(entity, request.verb).needs]
    if not all(actor.cut.allows(entity.name, each) for each in needs):
        raise NotAllowed(why=_("this token is limited to less than what the request is about."))


def withdraw(request_id: int, *, actor: Actor) -> ApprovalRequest:
    """Take back a request of one's own. Raises NotFound, NotYours or NotWaiting."""
    with transaction.atomic():
        request = locked(request_id)
        if request is None or request.asked_by_id != actor.user_id:
            raise NotFound if request is None else NotYours(why=_("only the one who asked takes it back."))
        refuse_cut(request, actor)
        refuse_decided(request)
        trail.begin(actor, "approvals.withdraw")
        settle(request, Verb.WITHDRAW, actor=actor)
        note_on_record(request, "approvals.withdraw", actor)
        tell_withdrawn(request, actor=actor)
    return request


def locked(request_id: int) -> ApprovalRequest | None:
    """Lock a request for a decision."""
    rows = ApprovalRequest.objects.select_for_update(of=("self",), no_key=True).filter(pk=request_id)
    return rows.order_by("pk").first()


def refuse_decided(request: ApprovalRequest) -> None:
    """Refuse to decide about what does not wait any more, or has waited too long. Raises NotWaiting."""
    state = standing(State(request.state), is_overdue=request.due_at <= now())
    if state is not State.WAITING:
        raise NotWaiting(state=STATE_WORDS[state])


def settle(
    request: ApprovalRequest,
    verb: Verb,
    *,
    actor: Actor,
    answer: str = "",
    for_id: int | None = None,
    operation: int | None = None,
) -> None:
    """Write down what became of a locked request; the trail must be open."""
    moment = now()
    request.state = LEADS_TO[verb]
    request.decided_by_id, request.decided_for_id, request.decided_at = actor.user_id, for_id, moment
    request.answer, request.operation = answer, operation
    request.version += 1
    request.updated_at, request.updated_by_id = moment, actor.user_id
    request.save(
        update_fields=[
            *("state", "decided_by", "decided_for", "decided_at", "answer", "operation"),
            *("version", "updated_at", "updated_by"),
        ]
    )


def note_on_record(request: ApprovalRequest, verb: str, actor: Actor, note: str = "") -> None:
    """Let the history of the record tell of it."""
    trail.note_opened(actor, verb, entity=request.family, record_id=request.record_id, note=note)


def _judged(
    entity: Entity, verb: str, record_id: int, actor: Actor, arguments: Mapping[str, Any]
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Read the record and what the step is asked with, and judge both as the step would."""
    step = None if verb in (DELETE, MERGE) else step_called(entity, verb)
    needs = step.needs if step else DELETE if verb == DELETE else CHANGE
    deleted = None if step and step.in_bin else False
    rows = entity.rows(actor, deleted=deleted).filter(pk=record_id)
    row = rows.order_by("pk").values(*entity.held_columns).first()
    if row is None:
        raise NotFound
    entity.unfold(row)
    if not entity.rows(actor, needs, deleted=deleted).filter(pk=record_id).exists():
        raise not_allowed(needs)
    if step is None:
        if verb == DELETE:
            refuse_kept(entity, row)
        else:
            _try_merge(entity, record_id, actor, arguments)
        return row, dict(arguments)
    values = read_arguments(step, arguments)
    reasons = reasons_now(entity, step, [row], actor=actor, asked=values)[row["id"]]
    if reasons:
        raise NotNow(reasons)
    return row, values


class _OnlyTried(Exception):
    """Takes back what was tried."""


def _try_merge(entity: Entity, record_id: int, actor: Actor, told: Mapping[str, Any]) -> None:
    """Merge and take it back, so that nobody grants what could not be done. Raises what a merge raises."""
    with suppress(_OnlyTried), transaction.atomic(), granted(entity, MERGE, record_id, lambda _need: True):
        carry_out_merge(entity, record_id, actor, told)
        raise _OnlyTried


def carry_out_merge(
    entity: Entity, record_id: int, actor: Actor, told: Mapping[str, Any], *, version: int | None = None
) -> Done:
    """Merge as it was asked for; `version` is that of the survivor where it was looked at anew."""
    versions = {int(key): int(value) for key, value in told["versions"].items()}
    return merge(
        entity,
        record_id,
        [int(each) for each in told["others"]],
        actor=actor,
        versions=versions if version is None else versions | {record_id: version},
        take=told.get("take"),
        values=told.get("values"),
        confirmed=told.get("confirmed") or (),
    )


def _write(
    entity: Entity,
    verb: str,
    row: Mapping[str, Any],
    actor: Actor,
    need: Need,
    arguments: Mapping[str, Any],
    words: str,
) -> ApprovalRequest:
    moment, asker = now(), actor.user_id
    if asker is None:
        raise NotNeeded  # the system asks nobody
    trail.begin(actor, "approvals.ask", note=words)
    try:
        with transaction.atomic():
            return ApprovalRequest.objects.create(
                entity=entity.name,
                family=entity.family,
                record_id=row["id"],
                verb=verb,
                limit=need.limit.name,
                amount=need.amount,
                arguments=dict(arguments),
                words=words,
                record_version=int(row["version"]),
                excluded=sorted(need.excluded),
                asked_by_id=asker,
                door=actor.door.value,
                due_at=_due(row.get(entity.scope.unit) if entity.scope.unit else None, need.told.hours),
                state=State.WAITING,
                created_at=moment,
                updated_at=moment,
                created_by_id=actor.user_id,
                updated_by_id=actor.user_id,
            )
    except IntegrityError as error:
        waiting = waiting_for(entity, verb, row["id"])
        if waiting is None:
            raise
        raise AskedAlready(who=waiting.asked_by.full_name) from error


def waiting_for(entity: Entity, verb: str, record_id: int) -> ApprovalRequest | None:
    """Give the request for this step with this record that waits, or nothing."""
    rows = ApprovalRequest.objects.filter(
        family=entity.family, record_id=record_id, verb=verb, state=State.WAITING
    )
    return rows.select_related("asked_by").order_by("pk").first()


def _due(unit_id: int | None, hours: int) -> dt.datetime:
    """Give the moment by which one decides: so many hours of the working time of the record's unit."""
    if unit_id is None:
        heads = Unit.objects.filter(kind=UnitKind.HEAD_OFFICE).order_by("pk")
        unit_id = heads.values_list("pk", flat=True).first() or 0
    return add_working_time(now(), dt.timedelta(hours=hours), working_time_of_unit(unit_id))


def _nearest(found: list[Decider]) -> list[int]:
    """Give whom to tell: those with the least power that covers it, and their deputies."""
    return [each.user_id for each in found if each.role == found[0].role]

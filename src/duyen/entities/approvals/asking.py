"""Ask for the approval of a step that one may not take alone, and take a request back."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.entities.approvals.carrying_out import carry_out
from duyen.entities.approvals.errors import (
    AskedAlready,
    NeedsApproval,
    NobodyDecides,
    NotWaiting,
    NotYours,
    WaitsForApproval,
)
from duyen.entities.approvals.gate import Need, granted
from duyen.entities.approvals.people import Decider, deciders
from duyen.entities.approvals.rules import LEADS_TO, State, Verb, standing
from duyen.entities.approvals.telling import STATE_WORDS, tell_asked, tell_withdrawn
from duyen.entities.bulk.outcomes import Outcome, SetDone
from duyen.entities.entity import Entity
from duyen.entities.errors import NotAllowed, NotFound, Refused
from duyen.entities.locking import lock_many
from duyen.entities.models import ApprovalRequest
from duyen.entities.performing import step_called
from duyen.entities.registry import entity_named
from duyen.entities.words import MERGE
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, DELETE, READ
from duyen.foundation.audit import trail
from duyen.foundation.org.calendars import working_time_of_unit
from duyen.foundation.org.models import Unit
from duyen.foundation.org.words import UnitKind
from duyen.kernel.clock import now
from duyen.kernel.dates import show_moment
from duyen.kernel.errors import DomainError
from duyen.kernel.text import clean
from duyen.kernel.working_time import add_working_time

#: Under this name every door takes the words for whoever decides.
WORDS = "approval_words"
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

    The step is tried first, so that nobody grants what could not be done. `words` are for whoever decides.
    Raises what the step raises, NotNeeded, AskedAlready or NobodyDecides.
    """
    with transaction.atomic():
        need = _tried(entity, verb, record_id, actor, arguments, words)
        made = _ask(entity, verb, {record_id: need}, actor, arguments, words)[record_id]
        if isinstance(made, DomainError):
            raise made
    return made


def ask_for_set(
    entity: Entity, verb: str, done: SetDone, *, actor: Actor, arguments: Mapping[str, Any]
) -> SetDone:
    """Ask for each record of a set with which a step needs approval; what came of that is its outcome.

    The step judged them already. Asks the database as often for many records in one place as for one.
    """
    needs = {each.id: each.error.need for each in done.outcomes if isinstance(each.error, NeedsApproval)}
    if not needs:
        return done
    words = str(arguments.get("note") or arguments.get("reason") or "")
    with transaction.atomic():
        made = _ask(entity, verb, needs, actor, arguments, words)
    outcomes = (_asked(each, made[each.id]) if each.id in made else each for each in done.outcomes)
    return replace(done, outcomes=tuple(outcomes))


def _asked(outcome: Outcome, made: ApprovalRequest | DomainError) -> Outcome:
    if isinstance(made, DomainError):
        return replace(outcome, error=made)
    return replace(outcome, error=WaitsForApproval(when=show_moment(made.due_at)))


class _OnlyTried(Exception):
    """Takes back what was tried."""


def _tried(
    entity: Entity, verb: str, record_id: int, actor: Actor, arguments: Mapping[str, Any], words: str
) -> Need:
    """Take the step and take it back, and give what it needs. Raises what the step raises, or NotNeeded."""
    needs: list[Need] = []

    def see(need: Need) -> bool:
        needs.append(need)
        return True

    with suppress(_OnlyTried), transaction.atomic(), granted(entity, verb, record_id, see):
        carry_out(entity, verb, record_id, actor=actor, arguments=arguments, words=words)
        raise _OnlyTried
    if not needs:
        raise NotNeeded
    return needs[0]


def _ask(
    entity: Entity,
    verb: str,
    needs: Mapping[int, Need],
    actor: Actor,
    arguments: Mapping[str, Any],
    words: str,
) -> Mapping[int, ApprovalRequest | DomainError]:
    """Ask for what a step with these records needs, by id; gives each request, or what stands against it."""
    locked = lock_many(entity, list(needs), actor=actor, verb=READ, deleted=None)
    rows = {row["id"]: row for row in locked}
    waiting = _waiting(entity, verb, rows)
    able = deciders(entity, {each: needs[each] for each in rows}, asker_id=actor.user_id)
    found: dict[int, ApprovalRequest | DomainError] = {each: NotFound() for each in needs if each not in rows}
    for record_id in rows:
        held = waiting.get((record_id, needs[record_id].part))
        if held is not None:
            found[record_id] = AskedAlready(who=held.asked_by.full_name)
        elif not able[record_id]:
            found[record_id] = NobodyDecides()
    asked = [row for record_id, row in rows.items() if record_id not in found]
    if not asked:
        return found
    words = clean(words)[:LONGEST_WORDS]
    trail.begin(actor, "approvals.ask", note=words)
    made = ApprovalRequest.objects.bulk_create(_drafts(entity, verb, asked, needs, actor, arguments, words))
    ids = [each.record_id for each in made]
    trail.note_on(actor, "approvals.ask", entity=entity.family, record_ids=ids, note=words)
    together: dict[tuple[int, ...], list[ApprovalRequest]] = defaultdict(list)
    for each in made:
        together[_nearest(able[each.record_id])].append(each)
    for users, requests in together.items():
        tell_asked(requests, users, actor=actor)
    return found | {each.record_id: each for each in made}


def _drafts(
    entity: Entity,
    verb: str,
    rows: Sequence[Mapping[str, Any]],
    needs: Mapping[int, Need],
    actor: Actor,
    arguments: Mapping[str, Any],
    words: str,
) -> list[ApprovalRequest]:
    moment, asker_id, due = now(), actor.user_id, dict[tuple[int | None, int], dt.datetime]()
    if asker_id is None:
        raise NotNeeded  # the system asks nobody
    found = []
    for row in rows:
        need = needs[row["id"]]
        place = (row.get(entity.scope.unit) if entity.scope.unit else None, need.told.hours)
        if place not in due:
            due[place] = _due(*place)
        found.append(
            ApprovalRequest(
                entity=entity.name,
                family=entity.family,
                record_id=row["id"],
                verb=verb,
                part=need.part,
                limit=need.limit.name,
                amount=need.amount,
                arguments=dict(need.settled or arguments),
                words=words,
                record_version=int(row["version"]),
                excluded=sorted(need.excluded),
                asked_by_id=asker_id,
                door=actor.door.value,
                due_at=due[place],
                state=State.WAITING,
                created_at=moment,
                updated_at=moment,
                created_by_id=actor.user_id,
                updated_by_id=actor.user_id,
            )
        )
    return found


def _waiting(
    entity: Entity, verb: str, record_ids: Collection[int]
) -> dict[tuple[int, str], ApprovalRequest]:
    rows = ApprovalRequest.objects.filter(
        family=entity.family, record_id__in=list(record_ids), verb=verb, state=State.WAITING
    )
    return {(each.record_id, each.part): each for each in rows.select_related("asked_by").order_by("pk")}


def waiting_for(entity: Entity, verb: str, record_id: int, part: str = "") -> ApprovalRequest | None:
    """Give the request for this step with this record, or part of it, that waits, or nothing."""
    return _waiting(entity, verb, [record_id]).get((record_id, part))


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


def _due(unit_id: int | None, hours: int) -> dt.datetime:
    """Give the moment by which one decides: so many hours of the working time of the record's unit."""
    if unit_id is None:
        heads = Unit.objects.filter(kind=UnitKind.HEAD_OFFICE).order_by("pk")
        unit_id = heads.values_list("pk", flat=True).first() or 0
    return add_working_time(now(), dt.timedelta(hours=hours), working_time_of_unit(unit_id))


def _nearest(found: Sequence[Decider]) -> tuple[int, ...]:
    """Give whom to tell: those with the least power that covers it, and their deputies."""
    return tuple(each.user_id for each in found if each.role == found[0].role)

"""Decide about a request: grant it and so carry the step out, refuse it, let it run out of time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from duyen.entities.approvals.asking import locked, note_on_record, refuse_cut, refuse_decided, settle
from duyen.entities.approvals.carrying_out import carry_out
from duyen.entities.approvals.errors import NotYours, ReasonNeeded
from duyen.entities.approvals.gate import Need, granted
from duyen.entities.approvals.people import Hat, hat_for
from duyen.entities.approvals.rules import State, Verb, covers, may_decide
from duyen.entities.approvals.telling import tell_decided, tell_stuck
from duyen.entities.errors import InvalidValues, NotFound, Refused, StaleVersion
from duyen.entities.models import ApprovalRequest
from duyen.entities.registry import entity_named, known_names
from duyen.entities.standard import Done
from duyen.foundation.access.actor import Actor, system_actor
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import Door
from duyen.foundation.audit import trail
from duyen.kernel.clock import now
from duyen.kernel.errors import DomainError
from duyen.kernel.text import clean

LONGEST_ANSWER = 500
_AT_ONCE = 200


class AskerGone(Refused):
    """Whoever asked may not sign in any more, so nothing is done in her name."""

    code = "asker_gone"
    sentence = _("%(who)s cannot sign in any more. Somebody else has to ask anew.")


@dataclass(frozen=True)
class Decided:
    """What a decision came to: the request as it is now, and the step that was carried out, if it was.

    With a `problem` the request still waits: the step was granted and could not be taken.
    """

    request: ApprovalRequest
    done: Done | None = None
    problem: DomainError | None = None


def grant(request_id: int, *, actor: Actor, version: int, answer: str = "") -> Decided:
    """Grant a request: its step is carried out in the name of the one who asked, with her rights of now.

    `version` is that of the record as the one who decides saw it. Decision and step are one transaction.
    Where a right, a rule or a guard stands against the step by now, nothing of it is done, the request goes
    on waiting, and the reason is kept on it. Raises NotFound, NotWaiting, NotYours, StaleVersion.
    """
    words = clean(answer)[:LONGEST_ANSWER]
    with transaction.atomic():
        request, hat = _to_decide(request_id, actor)
        operation = trail.begin(_as(actor, hat), "approvals.grant", note=words)
        done, problem = _carried_out(request, actor, hat, version)
        if problem is not None:
            request.problem = _in_all_languages(problem)
            request.version += 1
            request.updated_at, request.updated_by_id = now(), actor.user_id
            request.save(update_fields=["problem", "version", "updated_at", "updated_by"])
            tell_stuck(request, actor=actor)
            return Decided(request, None, problem)
        settle(
            request,
            Verb.GRANT,
            actor=actor,
            answer=words,
            for_id=hat.for_id,
            operation=done.operation.id if done else operation.id,
        )
        note_on_record(request, "approvals.grant", _as(actor, hat), words)
        tell_decided(request, actor=actor)
    return Decided(request, done)


def refuse(request_id: int, *, actor: Actor, answer: str) -> Decided:
    """Refuse a request, with the reason. Raises NotFound, NotWaiting, NotYours or ReasonNeeded."""
    words = clean(answer)[:LONGEST_ANSWER]
    with transaction.atomic():
        request, hat = _to_decide(request_id, actor)
        if not words:
            raise ReasonNeeded
        trail.begin(_as(actor, hat), "approvals.refuse", note=words)
        settle(request, Verb.REFUSE, actor=actor, answer=words, for_id=hat.for_id)
        note_on_record(request, "approvals.refuse", _as(actor, hat), words)
        tell_decided(request, actor=actor)
    return Decided(request)


def expire_overdue() -> int:
    """End the requests about which nobody decided in time; returns how many."""
    actor = system_actor("approvals")
    with transaction.atomic():
        rows = (
            ApprovalRequest.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
            .filter(state=State.WAITING, due_at__lte=now())
            .order_by("due_at", "pk")[:_AT_ONCE]
        )
        found = list(rows)
        for request in found:
            trail.begin(actor, "approvals.expire")
            settle(request, Verb.EXPIRE, actor=actor)
            note_on_record(request, "approvals.expire", actor)
            tell_decided(request, actor=actor)
    return len(found)


def _to_decide(request_id: int, actor: Actor) -> tuple[ApprovalRequest, Hat]:
    """Lock a request, and give in which way the actor decides. Raises NotFound, NotWaiting, NotYours."""
    request = locked(request_id)
    if request is None or request.entity not in known_names() or not is_in_sight(request, actor):
        raise NotFound
    refuse_cut(request, actor)
    refuse_decided(request)
    if request.asked_by_id == actor.user_id:
        raise NotYours(why=_("you asked for it yourself, and somebody else has to look at it."))
    if actor.user_id in request.excluded:
        raise NotYours(why=_("it is to your own advantage, and somebody else has to look at it."))
    hat = hat_for(actor, request)
    if hat is None:
        raise NotYours(why=_("it is beyond what your role decides."))
    return request, hat


def is_in_sight(request: ApprovalRequest, actor: Actor) -> bool:
    """Tell whether the actor may know of a request: one of her own, or about a record open to her."""
    if request.asked_by_id == actor.user_id:
        return True
    entity = entity_named(request.entity)
    return entity.rows(actor, deleted=None).filter(pk=request.record_id).exists()


def _as(actor: Actor, hat: Hat) -> Actor:
    """Name in the trail for whom a deputy decides."""
    return actor if hat.for_id is None else replace(actor, on_behalf_of=hat.for_id)


def _carried_out(
    request: ApprovalRequest, actor: Actor, hat: Hat, version: int
) -> tuple[Done | None, DomainError | None]:
    """Take the step as the one who asked, or give what stands against it. Raises StaleVersion, NotYours."""
    entity = entity_named(request.entity)

    def allows(need: Need) -> bool:
        is_covered = covers(hat.roles, need.told.roles, need.amount)
        people = {actor.user_id, hat.for_id} - {None}
        return all(
            may_decide(each, asker_id=request.asked_by_id, excluded=need.excluded, is_covered=is_covered)
            for each in people
        )

    with trail.within():
        try:
            with transaction.atomic(), granted(entity, request.verb, request.record_id, allows):
                done = carry_out(
                    entity,
                    request.verb,
                    request.record_id,
                    actor=_asker(request),
                    arguments=request.arguments,
                    words=request.words,
                    version=version,
                )
        except StaleVersion:
            raise
        except DomainError as error:
            return None, error
    return done, None


def _asker(request: ApprovalRequest) -> Actor:
    user = request.asked_by
    if not user.is_active:
        raise AskerGone(who=user.full_name)
    return actor_for(user, Door(request.door))


def _in_all_languages(error: DomainError) -> dict[str, str]:
    """Say a refusal in every language, because the one who asked may read another one."""
    found: dict[str, Any] = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            more = [str(each.message) for each in error.problems] if isinstance(error, InvalidValues) else []
            found[code] = " ".join([str(error), *more])
    return found

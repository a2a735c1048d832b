"""Answer a request that may come twice only once: the second time, give the first answer again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from duyen.entities.models import GivenAnswer
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import now
from duyen.kernel.errors import DomainError

#: So long an answer is kept.
KEPT = dt.timedelta(hours=24)
MOST_LETTERS = 100
#: So many outlived answers go with each new one; nobody waits for a row that another one removes.
_SWEPT_AT_ONCE = 50
#: The system has no user id.
_SYSTEM = 0

_TAKE = """
INSERT INTO entities_givenanswer (user_id, key, fingerprint, status, created_at) VALUES (%s, %s, %s, 0, %s)
ON CONFLICT (user_id, key) DO NOTHING RETURNING id
"""
_SWEEP = """
DELETE FROM entities_givenanswer WHERE id IN (
  SELECT id FROM entities_givenanswer WHERE created_at < %s LIMIT %s FOR UPDATE SKIP LOCKED)
"""


@dataclass(frozen=True)
class Answer:
    """What is kept of an answer: a status and a body that JSON can hold.

    A right may be lost before the request comes again, so the body names records by their ids; whoever
    answers reads from them anew what the caller may see.
    """

    status: int
    body: Any


class KeyReused(DomainError):
    """One idempotency key came with two different requests; `given` is the answer to the first one."""

    given: Answer | None = None

    code = "idempotency_key_reused"
    sentence = _("This Idempotency-Key came before with another request. Use a new key for a new request.")


class BadKey(KeyReused):
    """An idempotency key cannot be kept."""

    code = "idempotency_key"
    sentence = _("An Idempotency-Key has between 1 and %(most)s plain letters.")


def answer_once(*, actor: Actor, key: str, fingerprint: str, give: Callable[[], Answer]) -> Answer:
    """Give the answer that `key` got before, or let `give` do the work and keep its answer.

    The key and the work are one transaction: a second request with the same key waits for the
    first one, and a refused request leaves no key behind. `fingerprint` is a digest of the request.
    Raises KeyReused, BadKey and whatever `give` raises.
    """
    if not 1 <= len(key) <= MOST_LETTERS or not key.isascii() or not key.isprintable():
        raise BadKey(most=MOST_LETTERS)
    user_id = actor.user_id or _SYSTEM
    with transaction.atomic():
        _sweep()
        answer_id = _take(user_id, key, fingerprint)
        if answer_id is None:
            return _given(user_id, key, fingerprint)
        answer = give()
        GivenAnswer.objects.filter(pk=answer_id).update(status=answer.status, body=answer.body)
        return answer


def _take(user_id: int, key: str, fingerprint: str) -> int | None:
    moment = now()
    # The sweep may have left one that another request holds.
    GivenAnswer.objects.filter(user_id=user_id, key=key, created_at__lt=moment - KEPT).delete()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [user_id, key, fingerprint, moment])
        found = cursor.fetchone()
    return int(found[0]) if found else None


def _given(user_id: int, key: str, fingerprint: str) -> Answer:
    given = GivenAnswer.objects.get(user_id=user_id, key=key)
    if given.fingerprint != fingerprint:
        reused = KeyReused()
        reused.given = Answer(given.status, given.body)
        raise reused
    return Answer(given.status, given.body)


def _sweep() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SWEEP, [now() - KEPT, _SWEPT_AT_ONCE])

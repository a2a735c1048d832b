"""Tell people something: facts are written down here, sentences are made where they are read."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import connection, transaction

from duyen.foundation.access.actor import Actor
from duyen.foundation.notices.kinds import kind_named
from duyen.foundation.notices.live import say_live
from duyen.foundation.notices.preferences import channels_of
from duyen.kernel.clock import now

#: So many steps of the trail are remembered behind one notice, the latest ones.
MOST_OPERATIONS = 20

# What is alike and still unread becomes one notice: it rises, counts on, and forgets which record it was
# where there are several.
_TELL = """
INSERT INTO notices_notice AS n (user_id, kind, entity, record_id, actor_id, actor_name, args, operations,
                                 count, fold, is_shown, mail, created_at)
SELECT t.user_id, %(kind)s, %(entity)s, %(record)s, %(actor)s, %(name)s, %(args)s::jsonb,
       %(operations)s::bigint[], %(count)s, %(fold)s, t.is_shown, t.mail, %(now)s
FROM unnest(%(users)s::bigint[], %(shown)s::boolean[], %(mails)s::text[]) AS t (user_id, is_shown, mail)
ON CONFLICT (user_id, kind, fold) WHERE read_at IS NULL AND fold <> '' DO UPDATE SET
  count = n.count + EXCLUDED.count,
  record_id = CASE WHEN n.record_id = EXCLUDED.record_id THEN n.record_id END,
  args = EXCLUDED.args,
  operations = (n.operations || EXCLUDED.operations)
               [greatest(1, cardinality(n.operations) + cardinality(EXCLUDED.operations) - %(most)s + 1):],
  is_shown = EXCLUDED.is_shown, mail = EXCLUDED.mail, mailed_at = NULL, sent_in = NULL,
  created_at = EXCLUDED.created_at
"""


def notify(
    user_ids: Collection[int],
    kind: str,
    *,
    entity: str = "",
    record_id: int | None = None,
    actor: Actor | None = None,
    actor_id: int | None = None,
    actor_name: str = "",
    operations: Sequence[int] = (),
    count: int = 1,
    fold: str = "",
    **args: Any,
) -> int:
    """Tell people something, each by the ways that she chose; returns how many are told.

    Nobody is told about what she did herself, nor is anybody who may no longer sign in. `actor`, or
    `actor_id` with `actor_name`, is who did it; none for the system. `fold` makes one notice of many
    alike: with the same kind and fold they count on until she reads them. `args` are the words that the
    kind's sentences take, as JSON; `listed` among them are the parameters, as pairs, of the list of `entity`
    to which a notice of several records leads. Runs in the caller's transaction, so that it is told exactly
    when what it tells of holds. Raises KeyError for an unknown kind.
    """
    group = kind_named(kind).group
    if actor is not None:
        actor_id, actor_name = actor.user_id, actor.name
    told = {
        user_id: channels
        for user_id, channels in channels_of(set(user_ids) - {actor_id}, group).items()
        if channels.app or channels.mail
    }
    if not told:
        return 0
    users = sorted(told)
    values = {
        "kind": kind,
        "entity": entity,
        "record": record_id,
        "actor": actor_id,
        "name": actor_name[:160],
        "args": json.dumps(args, ensure_ascii=False, default=str),
        "operations": list(operations)[-MOST_OPERATIONS:],
        "count": count,
        "fold": fold[:120],
        "now": now(),
        "users": users,
        "shown": [told[each].app for each in users],
        "mails": [told[each].mail.value for each in users],
        "most": MOST_OPERATIONS,
    }
    with transaction.atomic():
        _write(values)
        say_live(users=[each for each in users if told[each].app])
    return len(users)


def _write(values: Mapping[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_TELL, values)

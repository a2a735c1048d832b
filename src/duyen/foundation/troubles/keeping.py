"""Keep a fault by a connection of its own, so that it stays whatever becomes of the work that failed."""

from __future__ import annotations

import json
import logging
import platform
import threading
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connection

from duyen import __version__
from duyen.foundation.access.words import Door
from duyen.foundation.troubles.rules import Fault, describe, new_number
from duyen.kernel.clock import now

log = logging.getLogger("duyen.troubles")
#: Of one fault so many reports are kept, the newest; more tell nothing more.
MOST_REPORTS = 200
_TRIES = 5
_MARK = "__duyen_report__"
#: One at a time and never for long: what keeps faults must not add to them.
_one_at_a_time = threading.Lock()
_PATIENCE = "-c lock_timeout=2000 -c statement_timeout=2000"

_TROUBLE = """
INSERT INTO troubles_trouble AS t
  (fingerprint, kind, sqlstate, place, chain, trace, times, first_at, last_at)
VALUES (%(fingerprint)s, %(kind)s, %(sqlstate)s, %(place)s, %(chain)s, %(trace)s, 1, %(at)s, %(at)s)
ON CONFLICT (fingerprint) DO UPDATE SET times = t.times + 1, last_at = EXCLUDED.last_at,
  trace = EXCLUDED.trace, solved_at = NULL, solved_by_id = NULL
RETURNING id
"""
_REPORT = """
INSERT INTO troubles_report (number, trouble_id, at, door, pattern, user_id, product, python)
VALUES (%(number)s, %(trouble)s, %(at)s, %(door)s, %(pattern)s, %(user)s, %(product)s, %(python)s)
ON CONFLICT (number) DO NOTHING
"""
_FORGET = """
DELETE FROM troubles_report WHERE trouble_id = %(trouble)s AND id <= (
  SELECT id FROM troubles_report WHERE trouble_id = %(trouble)s ORDER BY id DESC OFFSET %(most)s LIMIT 1)
"""


@dataclass(frozen=True)
class Where:
    """Through which door somebody met it: the pattern of the address, the kind of job, the command."""

    door: Door
    pattern: str = ""
    user_id: int | None = None


def keep_trouble(error: BaseException, where: Where) -> str:
    """Keep a fault and give the number that the person can quote; nothing where it could not be kept.

    The same exception met again on its way out keeps the number that it has. Never raises.
    """
    known = getattr(error, _MARK, "")
    if known:
        return str(known)
    try:
        with _one_at_a_time:
            number = _keep(describe(error), where)
    except Exception:
        log.warning("a fault could not be kept", exc_info=True)
        return ""
    try:
        setattr(error, _MARK, number)
    except AttributeError:
        return number  # an exception with slots cannot bear its number
    return number


def keep_from_command(error: BaseException, command: str) -> str:
    """Keep what a command of the command line fell over; of its words the first alone."""
    return keep_trouble(error, Where(Door.CLI, command))


def number_of(error: BaseException) -> str:
    """Give the number under which an exception was kept already."""
    return str(getattr(error, _MARK, ""))


def _keep(fault: Fault, where: Where) -> str:
    params: dict[str, Any] = connection.get_connection_params()
    params["options"] = f"{params.get('options', '')} {_PATIENCE}"
    params["connect_timeout"] = 2
    params.pop("cursor_factory", None)
    params.pop("context", None)
    with psycopg.connect(**params) as link, link.cursor() as cursor:
        moment = now()
        cursor.execute(
            _TROUBLE,
            {
                "fingerprint": fault.fingerprint,
                "kind": fault.kind[:120],
                "sqlstate": fault.sqlstate[:5],
                "place": fault.place,
                "chain": json.dumps(fault.chain),
                "trace": json.dumps([each.as_json() for each in fault.frames], ensure_ascii=False),
                "at": moment,
            },
        )
        (trouble,) = cursor.fetchone() or (None,)
        number = _number(cursor, trouble, moment, where)
        cursor.execute(_FORGET, {"trouble": trouble, "most": MOST_REPORTS})
    return number


def _number(cursor: Any, trouble: int | None, moment: Any, where: Where) -> str:
    for _try in range(_TRIES):
        number = new_number()
        cursor.execute(
            _REPORT,
            {
                "number": number,
                "trouble": trouble,
                "at": moment,
                "door": where.door.value,
                "pattern": where.pattern[:200],
                "user": where.user_id,
                "product": __version__,
                "python": platform.python_version(),
            },
        )
        if cursor.rowcount:
            return number
    raise RuntimeError("no free number for a report")

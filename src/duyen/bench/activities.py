"""Fill the benchmark's customers with activities, and measure what a day of work opens.

Rows are made inside the database from numbers, with the trail open: five million of them would take an hour
through one connection. What each is about stands beside it as the product writes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction
from django.test.utils import override_settings

from duyen.bench.drawing import inserted, number_parties
from duyen.bench.filling import Cast, Say, bench_actor
from duyen.bench.measuring import measure
from duyen.bench.running import filled_or_fill, signed_in
from duyen.bench.table import circumstances, table
from duyen.bench.works import Call, Work
from duyen.entities.registry import entity_named
from duyen.entities.sql import Sql
from duyen.foundation.audit import trail
from duyen.foundation.database.connection import owner_address
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.database.roles import connect
from duyen.kernel.clock import today
from duyen.modules.activities.words import CONTACTS
from duyen.modules.parties.words import PartyRole

CHUNK = 50_000
#: So many activities are about one customer, whose timeline is walked deep.
OF_ONE = 5_000
_DEEP = 1_000

#: `n` numbers the new rows; a multiplication by a large prime scatters what would else rise with it.
_FILL = """
WITH numbers AS (
    SELECT n, (n * 7919) %% 1000 AS r,
           CASE WHEN n < %(of_one)s THEN 0 ELSE (n * 2654435761) %% %(parties)s END AS place
      FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
), drawn AS (
    SELECT n, p.id AS party, p.owner_id, p.unit_id, p.code_unit_id,
           CASE WHEN r < 400 THEN 'CALL' WHEN r < 600 THEN 'NOTE' WHEN r < 750 THEN 'TASK'
                WHEN r < 850 THEN 'MEETING' WHEN r < 900 THEN 'VISIT' WHEN r < 980 THEN 'EMAIL'
                ELSE 'LETTER' END AS kind,
           r >= 600 AND r < 900 AND (n / 1000) %% 10 = 0 AS is_open,
           (n * 48271) %% 94608000 AS ago, (n * 16807) %% 4320000 AS soon
      FROM numbers JOIN bench_parties p USING (place)
), made AS (
    SELECT *, CASE WHEN is_open THEN now() + make_interval(secs => soon - 1728000)
                   ELSE now() - make_interval(secs => ago) END AS at,
           nextval('activities_activity_id_seq') AS id
      FROM drawn
), written AS (
    INSERT INTO activities_activity ({columns})
    SELECT {values} FROM made
)
INSERT INTO activities_about
    (activity_id, entity, record_id, party_id, at, kind, position, as_participant, is_open, is_pinned)
SELECT id, 'customers', party, party, at, kind, 0, false, is_open, false FROM made
"""

#: As the product keeps it with every call, visit and letter that is done.
_LAST_CONTACTS = """
INSERT INTO activities_lastcontact (party_id, at)
SELECT party_id, max(at) FROM activities_activity
 WHERE state = 'DONE' AND kind = ANY(%s) AND party_id IS NOT NULL GROUP BY 1
ON CONFLICT (party_id) DO UPDATE SET at = EXCLUDED.at
"""

_VALUES = {
    "id": "id",
    "code": "'B-' || n",
    "code_unit_id": "code_unit_id",
    "owner_id": "owner_id",
    "unit_id": "unit_id",
    "kind": "kind",
    "subject": "CASE kind WHEN 'CALL' THEN 'Gọi hỏi thăm ' WHEN 'MEETING' THEN 'Gặp bàn giá '"
    " WHEN 'TASK' THEN 'Gửi bảng giá ' ELSE 'Trao đổi ' END || n",
    "state": "CASE WHEN is_open THEN 'PLANNED' ELSE 'DONE' END",
    "state_since": "at",
    "starts_at": "CASE WHEN kind IN ('MEETING', 'VISIT') THEN at END",
    "ends_at": "CASE WHEN kind IN ('MEETING', 'VISIT') THEN at + interval '1 hour' END",
    "due_at": "CASE WHEN kind = 'TASK' THEN at END",
    "done_at": "CASE WHEN NOT is_open THEN at END",
    "at": "at",
    "progress": "CASE WHEN is_open THEN 0 ELSE 100 END",
    "party_id": "party",
    "about": "jsonb_build_array(jsonb_build_object('entity', 'customers', 'id', party))",
    "created_at": "least(at, now())",
    "updated_at": "least(at, now())",
    "source_channel": "'cli'",
    "priority": "'NORMAL'",
}
_LISTS = dict.fromkeys(("about", "participants"), "'[]'::jsonb")


def measure_activities(folder: DataFolder, customers: int, rows: int, repeat: int, *, say: Say) -> str:
    """Fill up to `rows` activities on `customers` customers, measure, and give the table."""
    cast = filled_or_fill(folder, customers).cast
    if fill_activities(rows, say=say):
        with connect(owner_address(folder)) as link:
            say("Analysing …")
            link.execute("VACUUM ANALYZE activities_activity")
            link.execute("VACUUM ANALYZE activities_about")
            link.execute("ANALYZE activities_lastcontact")
    with override_settings(SESSION_COOKIE_SECURE=False, CSRF_COOKIE_SECURE=False):
        lines = measure(activity_works(cast), signed_in, repeat=repeat, say=say)
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = str(cursor.fetchone()[0]).split()[0]
    told = [f"## {rows:,} activities on {customers:,} customers, {today().isoformat()}", ""]
    told.append(f"{repeat} measurements each, in milliseconds. {circumstances(version)}")
    return "\n".join([*told, "", *table(lines), ""])


def fill_activities(rows: int, *, say: Say) -> int:
    """Add activities until there are `rows`; gives how many were added."""
    model: Any = entity_named("activities").model
    there: int = model._default_manager.count()
    if there >= rows:
        return 0
    columns, values = inserted(model, _VALUES, _LISTS)
    statement = _FILL.format(columns=columns, values=values)
    parties = number_parties("bench_parties", PartyRole.CUSTOMER)
    for first in range(there, rows, CHUNK):
        last = min(first + CHUNK, rows) - 1
        given = {"first": first, "last": last, "parties": parties, "of_one": OF_ONE}
        with transaction.atomic(), connection.cursor() as cursor:
            trail.begin(bench_actor(), "bench.fill")
            cursor.execute(statement, given)
        if (last + 1) % (5 * CHUNK) == 0 or last + 1 == rows:
            say(f"{last + 1:,} of {rows:,} activities")
    with transaction.atomic(), connection.cursor() as cursor:
        trail.begin(bench_actor(), "bench.fill")
        cursor.execute(_LAST_CONTACTS, [[str(each) for each in CONTACTS]])
    return rows - there


# --- what is measured ----------------------------------------------------------------------------------

_READERS = {"everything": "all", "wide_branch": "branch, 41 units", "team": "team", "own": "own"}


def activity_works(cast: Cast) -> Iterator[Work]:
    """Lists of tasks, a record's timeline, the calendar and the start page, by who opens them."""
    for scope, label in _READERS.items():
        user_id = getattr(cast, scope)
        yield _page(f"task list, {label}", user_id, "/tasks", 40, _open_tasks(user_id))
        address = "/tasks?list=overdue&due_at.lt=%40now&open_at.empty=0"
        yield _page(f"overdue tasks, {label}", user_id, address, 40, _overdue(user_id))
        yield _page(f"work by day, {label}", user_id, "/tasks/days", 60, _open_tasks(user_id))
        yield _page(f"work by day, team, {label}", user_id, "/tasks/days?who=team", 60, _open_tasks(user_id))
        yield _page(f"list of activities, {label}", user_id, "/activities", 40, _newest())
        yield _page(f"calendar, week, {label}", user_id, "/calendar?view=week", 60, _week(user_id))
        yield _page(f"calendar, team, {label}", user_id, "/calendar?view=team", 60, _week(user_id))
        yield _page(f"start page, {label}", user_id, "/", 60, _open_tasks(user_id))
    team = "/tasks?list=team&unit.in=%40my_units&open_at.empty=0"
    yield _page("tasks of the team", cast.team, team, 40, _open_tasks(cast.team))
    one, usual = _busiest(), _usual()
    for label, party in (("5,000 entries", one), ("few entries", usual)):
        address = f"/customers/{party}"
        yield _page(f"record page with timeline, {label}", cast.everything, address, 60, _timeline(party))


def _page(label: str, user_id: int, address: str, budget: int, raw: Sql) -> Work:
    return Work("activities", label, user_id, lambda: Call("GET", address), lambda: raw, budget)


def _open_tasks(user_id: int) -> Sql:
    return Sql(
        "SELECT id, code, subject, open_at, priority, party_id FROM activities_activity WHERE owner_id = %s"
        " AND open_at IS NOT NULL AND kind = 'TASK' AND deleted_at IS NULL ORDER BY open_at, id LIMIT 51",
        (user_id,),
    )


def _overdue(user_id: int) -> Sql:
    return Sql(
        "SELECT id, code, subject, open_at, priority, party_id FROM activities_activity WHERE owner_id = %s"
        " AND open_at < now() AND kind = 'TASK' AND deleted_at IS NULL ORDER BY open_at, id LIMIT 51",
        (user_id,),
    )


def _newest() -> Sql:
    return Sql(
        "SELECT id, code, subject, kind, at, party_id, owner_id FROM activities_activity"
        " WHERE deleted_at IS NULL ORDER BY at DESC, id DESC LIMIT 51"
    )


def _week(user_id: int) -> Sql:
    return Sql(
        "SELECT id, subject, kind, starts_at, ends_at FROM activities_activity WHERE owner_id = %s"
        " AND starts_at >= date_trunc('week', now())"
        " AND starts_at < date_trunc('week', now()) + interval '7 days' AND deleted_at IS NULL",
        (user_id,),
    )


def _timeline(party: int) -> Sql:
    return Sql(
        "SELECT a.id, a.kind, a.subject, a.at FROM activities_about b JOIN activities_activity a"
        " ON a.id = b.activity_id WHERE b.party_id = %s AND a.deleted_at IS NULL"
        " ORDER BY b.at DESC, b.activity_id DESC LIMIT 31",
        (party,),
    )


def _busiest() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT party_id FROM activities_about ORDER BY activity_id LIMIT 1")
        return int(cursor.fetchone()[0])


def _usual() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT party_id FROM activities_about ORDER BY activity_id DESC LIMIT 1")
        return int(cursor.fetchone()[0])

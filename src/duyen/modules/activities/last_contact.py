"""Keep when each party was last in touch: written with every activity that is done, whoever writes it.

Private ones count for nobody: what others see must not tell of them. What is new moves it forward by one
statement. What is changed, deleted or taken up again is looked for anew, down the index of the party.
A contact who changes firms moves it with her next activity.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from django.db import connection
from django.utils.translation import gettext_lazy as _

from duyen.entities.beside import Glance, Loaded
from duyen.entities.companions import Columns, Companion, accompany
from duyen.entities.fields import Moment
from duyen.entities.registry import extend
from duyen.modules.activities.about import parties_of
from duyen.modules.activities.models import Activity, LastContact
from duyen.modules.activities.words import CONTACTS, ActivityState
from duyen.modules.parties.queries import contacts_at, workplaces

_FORWARD = """
INSERT INTO activities_lastcontact (party_id, at) SELECT * FROM unnest(%s::bigint[], %s::timestamptz[])
ON CONFLICT (party_id) DO UPDATE SET at = EXCLUDED.at WHERE activities_lastcontact.at < EXCLUDED.at
"""
#: The newest contact of each party, down its index; what is not done lies ahead and is soon passed.
_NEWEST = """
SELECT m.root, max(l.at) FROM unnest(%s::bigint[], %s::bigint[]) AS m(root, member) CROSS JOIN LATERAL (
  SELECT a.at FROM activities_about a JOIN activities_activity v ON v.id = a.activity_id
  WHERE a.party_id = m.member AND v.kind = ANY(%s) AND v.state = 'DONE' AND v.deleted_at IS NULL
    AND NOT v.is_private
  ORDER BY a.at DESC, a.activity_id DESC LIMIT 1) l GROUP BY 1
"""


def _is_contact(row: Columns) -> bool:
    is_done = row["kind"] in CONTACTS and row["state"] == ActivityState.DONE
    return is_done and row["deleted_at"] is None and not row["is_private"]


class _LastContacts(Companion):
    """Follows activities: what is about a party, or in which it takes part, and is done."""

    columns = ("about", "participants", "at", "kind", "state", "deleted_at", "is_private")

    def born(self, rows: Sequence[Columns]) -> None:
        latest: dict[int, dt.datetime] = {}
        done = [row for row in rows if _is_contact(row)]
        parties = _parties(done)
        for row in done:
            for party in parties[row["id"]]:
                latest[party] = max(latest.get(party, row["at"]), row["at"])
        for person, ties in (workplaces(latest) if latest else {}).items():
            for tie in ties:
                firm = tie.to_party_id
                latest[firm] = max(latest.get(firm, latest[person]), latest[person])
        if latest:
            ids = sorted(latest)
            with connection.cursor() as cursor:
                cursor.execute(_FORWARD, [ids, [latest[each] for each in ids]])

    def changed(self, before: Mapping[int, Columns], after: Mapping[int, Columns]) -> None:
        changed = [
            row_id
            for row_id, row in after.items()
            if row != before[row_id] and (_is_contact(row) or _is_contact(before[row_id]))
        ]
        told = [*(before[each] for each in changed), *(after[each] for each in changed)]
        if told:
            look_again({party for parties in _parties(told).values() for party in parties})


def look_again(party_ids: Collection[int]) -> None:
    """Find anew when some parties, and the organisations at which they work, were last in touch."""
    wanted = set(party_ids)
    wanted |= {tie.to_party_id for ties in workplaces(wanted).values() for tie in ties}
    members = [(root, root) for root in wanted]
    members += [(firm, person) for firm, people in contacts_at(wanted).items() for person in people]
    with connection.cursor() as cursor:
        roots, each = [list(part) for part in zip(*members, strict=True)] if members else ([], [])
        cursor.execute(_NEWEST, [roots, each, [kind.value for kind in CONTACTS]])
        found: dict[int, dt.datetime] = dict(cursor.fetchall())
        LastContact.objects.filter(party_id__in=wanted).delete()
        ids = sorted(found)
        cursor.execute(_FORWARD, [ids, [found[party] for party in ids]])


def _parties(rows: Sequence[Columns]) -> dict[int, set[int]]:
    """Give by activity the parties that it is about or that take part in it."""
    refs: dict[int, set[tuple[str, int]]] = {}
    for row in rows:
        told = refs.setdefault(row["id"], set())
        for each in (*(row["about"] or ()), *(row["participants"] or ())):
            if each.get("entity") and each["entity"] != "users":
                told.add((each["entity"], each["id"]))
    parties = parties_of(sorted({ref for told in refs.values() for ref in told}))
    return {row_id: {parties[ref] for ref in told if ref in parties} for row_id, told in refs.items()}


class _LastContactOf(Glance):
    """When somebody of the house was last in touch, in lists of customers and contacts."""

    reads = "activities"
    fields = (Moment("last_contact", _("Last contact"), column="~last_contact", editable=False),)

    def load(self, ids: Collection[int]) -> Loaded:
        found = LastContact.objects.filter(party_id__in=list(ids)).values_list("party_id", "at")
        return {party_id: {"~last_contact": at} for party_id, at in found}


def start() -> None:
    """Let it follow every write of an activity, and show it in lists. Called once, at start-up."""
    accompany(Activity, _LastContacts())
    for name in ("customers", "contacts"):
        extend(name, glances=[_LastContactOf()])

"""Which leads may be somebody known: a mark kept on each open lead until somebody decides.

A shared phone, e-mail or tax code, or the same name in the same street, is enough; the same name in one ward
is not. A thousand leads cost one query, by the keys that stand beside every party.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import connection

from duyen.entities.registry import entity_named
from duyen.entities.sql import any_of
from duyen.entities.twins.declared import marks
from duyen.modules.leads.matching import ends_of
from duyen.modules.leads.words import OPEN, Known

Row = Mapping[str, Any]
#: Keys that say enough alone, so that somebody should look.
_TELLING = frozenset({"tax_code", "phone", "email", "name_street"})
#: For each row of the set (its place, its own parties, its keys) whether another customer or contact, or
#: the party of another open lead, has one of the keys; `made` are parties of leads that are just being made.
_FIND = """
SELECT DISTINCT asked.place FROM unnest(%s::int[], %s::bigint[]) AS asked(place, key)
JOIN unnest(%s::int[], %s::bigint[], %s::bigint[]) AS own(place, party, firm) ON own.place = asked.place
CROSS JOIN LATERAL (
  SELECT record_id FROM entities_twinkey k WHERE k.key = asked.key ORDER BY record_id LIMIT 20
) x
JOIN parties_party p ON p.id = x.record_id
WHERE p.deleted_at IS NULL AND p.id <> own.party AND p.id <> own.firm AND ({known}
  OR (p.id = ANY(%s::bigint[]) AND p.id < own.party)
  OR (NOT p.verified AND EXISTS (
    SELECT FROM leads_lead l WHERE l.party_id = p.id AND l.deleted_at IS NULL AND l.state = ANY(%s)))
  OR (NOT p.verified AND EXISTS (
    SELECT FROM leads_lead l WHERE l.firm_id = p.id AND l.deleted_at IS NULL AND l.state = ANY(%s))))
"""


def telling_keys(row: Row) -> frozenset[int]:
    """Give the numbers of the keys by which a lead may be found to be somebody known."""
    declared = entity_named("customers").duplicates
    by = [each for each in declared.by if each.code in _TELLING] if declared else []
    return frozenset(each.number for end in ends_of(row) for each in marks("parties", by, end))


def like_somebody(
    keys: Sequence[Collection[int]], ends: Sequence[tuple[int, int | None]], *, made: Collection[int] = ()
) -> set[int]:
    """Give the places of the leads that may be somebody known: by their keys, and not by their own parties.

    `ends` are the two parties of each. Of leads that are `made` together, each may be an earlier one.
    """
    asked = [(place, key) for place, held in enumerate(keys) for key in held]
    if not asked:
        return set()
    customers = entity_named("customers")
    kinds = any_of([each.kind.at("p") for each in (customers, *customers.relatives)])
    still_open = [each.value for each in OPEN]
    params = [
        [place for place, _key in asked],
        [key for _place, key in asked],
        list(range(len(ends))),
        [party for party, _firm in ends],
        [firm or 0 for _party, firm in ends],
        *kinds.params,
        list(made),
        still_open,
        still_open,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_FIND.replace("{known}", kinds.text), params)
        return {place for (place,) in cursor.fetchall()}


def marks_of_new(rows: Sequence[Row], ends: Sequence[Row]) -> list[str]:
    """Give the mark of leads that are being taken in, by the parties made for them."""
    own = [(each["own_party_id"], each["own_firm_id"]) for each in ends]
    made = [party for pair in own for party in pair if party]
    found = like_somebody([telling_keys(row) for row in rows], own, made=made)
    return [Known.PERHAPS.value if place in found else "" for place in range(len(rows))]


def mark_of(row: Row, ends: Row) -> str:
    """Give the mark of one lead that stands for itself, as things are now."""
    own = (ends["own_party_id"], ends["own_firm_id"])
    return Known.PERHAPS.value if like_somebody([telling_keys(row)], [own]) else ""

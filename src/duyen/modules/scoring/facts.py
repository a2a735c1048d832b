"""What was known of a lead when it came in, and how likely it becomes a customer by that, as SQL.

What is learned from has to be known before the end: it comes from what was given at intake (`raw`), from the
source, the kind, the hour, and from what was sent or agreed to within a day. A field that people fill in
while they work on a lead would tell of the end: whoever became a customer has it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from duyen.entities.registry import entity_named
from duyen.entities.sql import Sql, name
from duyen.kernel.clock import ZONE
from duyen.modules.consents.queries import ties_of_standing
from duyen.modules.scoring.ties import LEADS, plain
from duyen.modules.web_forms.queries import ties_of_entries

#: Fields that are facts by having been given at all.
GIVEN = (
    *("phones", "emails", "company", "job_title", "need", "products", "budget", "wanted_by"),
    *("addresses", "tax_code", "campaign", "referrer", "industry", "current_provider"),
)
#: Fields of which the value is a fact; the province where an address was given.
VALUED = ("source", "kind", "province")
HOURS, SENT, AGREED = "came:hours", "came:form", "came:consent"
_LOCAL = f"(l.created_at AT TIME ZONE '{ZONE.key}')"


@lru_cache
def facts_sql() -> Sql:
    """Give the facts that hold of a row `l` of leads, as an array of words."""
    entries, consents = plain(ties_of_entries()), plain(ties_of_standing())
    given = ", ".join(f"CASE WHEN l.raw ? '{each}' THEN 'given:{each}' END" for each in GIVEN)
    text = (
        f"array_remove(ARRAY[{given}, 'source:' || l.source, 'kind:' || nullif(l.kind, ''),"
        " CASE WHEN l.raw ? 'addresses' THEN 'province:' || nullif(l.province_code, '') END,"
        f" CASE WHEN extract(isodow FROM {_LOCAL}) < 6 AND extract(hour FROM {_LOCAL}) BETWEEN 8 AND 16"
        f" THEN '{HOURS}' END,"
        f" CASE WHEN EXISTS (SELECT 1 FROM ({entries.text}) x WHERE x.lead_id = l.id) THEN '{SENT}' END,"
        f" CASE WHEN EXISTS (SELECT 1 FROM ({consents.text}) y WHERE y.party_id = l.party_id"
        f" AND y.given_at <= l.created_at + interval '1 day') THEN '{AGREED}' END]::text[], NULL)"
    )
    return Sql(text, (*entries.params, *consents.params))


def chance_sql(base: float, weights: Mapping[str, float]) -> Sql:
    """Give how likely a row `l` of leads becomes a customer, in whole per cent."""
    facts = facts_sql()
    odds = f"%s::float8 + (SELECT coalesce(sum((%s::jsonb ->> f)::float8), 0) FROM unnest({facts.text}) f)"
    text = f"round((100 / (1 + exp(-({odds}))))::numeric)::smallint"
    return Sql(text, (base, json.dumps(dict(weights)), *facts.params))


def facts_of(lead_ids: Collection[int]) -> Mapping[int, frozenset[str]]:
    """Give the facts of some leads."""
    facts = facts_sql()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT l.id, {facts.text} FROM {name(entity_named(LEADS).table)} l WHERE l.id = ANY(%s)",
            [*facts.params, sorted(lead_ids)],
        )
        return {int(row[0]): frozenset(row[1]) for row in cursor.fetchall()}


def in_words(fact: str) -> str:
    """Say a fact in the reader's language."""
    kind, _colon, rest = fact.partition(":")
    if kind == "came":
        return {
            HOURS: _("Came in working hours"),
            SENT: _("Sent a web form"),
            AGREED: _("Gave a consent on coming"),
        }.get(fact, fact)
    known: Any = entity_named(LEADS).by_name
    field = known.get(rest if kind == "given" else kind)
    if field is None:
        return fact
    if kind == "given":
        return _("Given: %(field)s") % {"field": field.label}
    return f"{field.label}: {field.show(rest)}"


def absent_in_words(fact: str) -> str:
    """Say in the reader's language that a fact does not hold."""
    kind, _colon, rest = fact.partition(":")
    field = entity_named(LEADS).by_name.get(rest) if kind == "given" else None
    if field is not None:
        return _("Not given: %(field)s") % {"field": field.label}
    return _("Not: %(fact)s") % {"fact": in_words(fact)}

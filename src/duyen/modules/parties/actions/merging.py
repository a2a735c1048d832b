"""What merging parties adds to the engine's own: roles and ties follow, and of what is one, one row stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import connection
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from duyen.entities.merging.declared import GivesWay, Hanging, MergeRules, Remark, Same, Weight
from duyen.foundation.access.actor import Actor
from duyen.foundation.files.models import File, FileVersion
from duyen.kernel.clock import today
from duyen.modules.parties import queries, rules
from duyen.modules.parties.actions.ties import CircleOfParents
from duyen.modules.parties.models import PartyInRole, Tie
from duyen.modules.parties.words import PartyRole, TieKind

Row = Mapping[str, Any]
_OPEN = "t.until IS NULL"
_IS_MAIN = f"t.kind = '{TieKind.WORKS_AT.value}' AND t.is_main AND {_OPEN}"
_HAS_PARENT = f"t.kind = '{TieKind.SUBSIDIARY_OF.value}' AND {_OPEN}"


def _longer_role(kept: Row, dropped: Row) -> Mapping[str, Any]:
    """Let a role go on since the earlier day, with what was noted about either."""
    return {
        "since": min(kept["since"], dropped["since"]),
        "details": {**dropped["details"], **kept["details"]},
    }


def _fuller_tie(kept: Row, dropped: Row) -> Mapping[str, Any]:
    """Let a tie take over what only its double says: a title, a role, a first day."""
    told = {column: kept[column] or dropped[column] for column in ("role", "job_title", "note")}
    days = [day for day in (kept["since"], dropped["since"]) if day]
    return {**told, "since": min(days, default=None)}


def _in_words(actor: Actor, rows: Sequence[Row]) -> list[str]:
    """Name ties by both ends, as far as the actor may see them; of a closed one, its unit."""
    ends = ("party_id", "to_party_id")
    cards = queries.cards(actor, {row[end] for row in rows for end in ends})
    shown = {each.id: each.name or each.unit or "—" for each in cards.values()}
    return [" → ".join(shown.get(row[end], "—") for end in ends) for row in rows]


#: A role or a tie that both have is one. Of two main contacts and of two parents the survivor's stays what it
#: is: the other goes on as a contact among others, and as a parent until today.
HANGING = (
    Hanging(
        PartyInRole,
        ("party_id",),
        _("Roles"),
        same=[Same(("party_id", "role"), _OPEN, _longer_role)],
        is_told=False,
    ),
    Hanging(
        Tie,
        ("party_id", "to_party_id"),
        _("Ties"),
        same=[Same(("party_id", "to_party_id", "kind"), _OPEN, _fuller_tie)],
        gives_way=[
            GivesWay(("to_party_id",), _IS_MAIN, lambda: {"is_main": False}),
            GivesWay(("party_id",), _HAS_PARENT, lambda: {"until": today()}),
        ],
        tell=_in_words,
    ),
    # A file carries its record and its party: both lead to the one that stays.
    Hanging(File, ("party_id",), _("Files"), is_told=False),
    Hanging(FileVersion, ("party_id",), _("Versions of files"), is_told=False),
)

_SENTENCES = {
    "kinds_apart": gettext_lazy("A person or household and an organisation are never the same."),
    "kinds": gettext_lazy("They are of different kinds. Choose the right one below."),
    "tax_codes": gettext_lazy(
        "They have different tax codes, so they may be two in law. Merge them only if one code is wrong."
    ),
}


def _judge(rows: Sequence[Row]) -> Iterator[Remark]:
    codes = {row["tax_code"] for row in rows} | {bytes(row["personal_id_mac"] or b"").hex() for row in rows}
    found = rules.doubts_about_one(kinds=[row["kind"] for row in rows], tax_codes=codes - {""})
    for code, field, is_refusal in found:
        weight = Weight.REFUSAL if is_refusal else Weight.DOUBT
        yield Remark(code, gettext(str(_SENTENCES[code])), weight, field)


def _columns(survivor: Row, others: Sequence[Row]) -> Mapping[str, Any]:
    """Bring a contact that becomes a customer by the merge into the phase of the customer that goes."""
    found: dict[str, Any] = {"verified": any(row["verified"] for row in (survivor, *others))}
    first = next((row for row in others if row["relationship_state"]), None)
    if not survivor["relationship_state"] and first is not None:
        found |= {name: first[name] for name in ("relationship_state", "relationship_since")}
    return {name: value for name, value in found.items() if value != survivor[name]}


_ROLES = """
UPDATE parties_party p SET role_mask = r.mask FROM (
  SELECT party_id, sum(CASE role {cases} ELSE 0 END)::int AS mask FROM parties_partyinrole
  WHERE party_id = ANY(%s) AND until IS NULL GROUP BY party_id) r
WHERE r.party_id = p.id AND r.mask <> 0 AND r.mask <> p.role_mask
"""


def _settle(ids: Sequence[int]) -> None:
    """Let the masks say again what the open roles are. Raises CircleOfParents where one belongs to itself."""
    cases = " ".join(f"WHEN '{role.name}' THEN {int(role)}" for role in PartyRole)
    with connection.cursor() as cursor:
        cursor.execute(_ROLES.format(cases=cases), [list(ids)])
    for each in ids:
        parent = queries.parent_of(each)
        if parent is not None and each in queries.with_those_above(parent):
            raise CircleOfParents


MERGING = MergeRules(judge=_judge, columns=_columns, settle=_settle, hold=queries.lock_tree)

"""What the tabs and panels of customers and contacts show. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from duyen.entities.fields import Label, Option
from duyen.entities.registry import entity_named
from duyen.entities.timelines.declared import Nearby
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, FieldLevel
from duyen.kernel.clock import now
from duyen.modules.parties import choices, queries, rules
from duyen.modules.parties.queries import Card, Phase, TieSeen
from duyen.modules.parties.words import TieKind

#: A panel shows so many contacts; all of them stand in the tab.
_MOST_IN_PANEL = 5
#: So many contacts of a firm have a part in its timeline.
_MOST_AROUND = 300


@dataclass(frozen=True)
class Tied:
    """One tie with whoever stands at its far end."""

    tie: TieSeen
    card: Card
    role: Option | None = None

    @property
    def words(self) -> list[Label]:
        """What the person is there: title, then role."""
        return [word for word in (self.tie.job_title, self.role.label if self.role else "") if word]


@dataclass(frozen=True)
class Stage:
    """One state of a relationship in words."""

    label: Label
    tone: str
    phase: Phase
    days: int


def has_contacts(row: Mapping[str, Any]) -> bool:
    """Tell whether a customer is of a kind that has contacts."""
    return row["kind"] in rules.ESTABLISHMENTS


def count_contacts(_actor: Actor, row: Mapping[str, Any]) -> int:
    """Count who works at an organisation today."""
    return queries.count_ties(row["id"], kinds=[TieKind.WORKS_AT], inward=True)


def around(actor: Actor, row: Mapping[str, Any]) -> list[Nearby]:
    """Give the contacts of an organisation that the reader may see: its page tells of them, too."""
    if not has_contacts(row):
        return []
    ids = queries.people_at(row["id"], limit=_MOST_AROUND)
    contacts = entity_named("contacts")
    shows_name = contacts.level(actor, "name") is not FieldLevel.HIDDEN
    rows = contacts.rows(actor).filter(pk__in=ids).order_by("pk").values_list("pk", "name") if ids else ()
    return [Nearby(contacts, record_id, name if shows_name else f"#{record_id}") for record_id, name in rows]


def contacts_of(actor: Actor, row: Mapping[str, Any]) -> dict[str, Any]:
    """List the contacts of an organisation, those of today and those of before."""
    present = [tie for tie in queries.ties_of(row["id"], kinds=[TieKind.WORKS_AT]) if not tie.is_outward]
    past = [
        tie for tie in queries.ties_of(row["id"], kinds=[TieKind.WORKS_AT], past=True) if not tie.is_outward
    ]
    people = _tied(actor, [*present, *past])
    return {
        "row": row,
        "people": people[: len(present)],
        "past": people[len(present) :],
        "role_options": [{"value": each.code, "label": each.label} for each in choices.CONTACT_ROLES],
        "may_change": _may_change(actor, row),
    }


def contacts_panel(actor: Actor, row: Mapping[str, Any]) -> dict[str, Any]:
    """List the first contacts of an organisation, the main one before the others."""
    ties = [tie for tie in queries.ties_of(row["id"], kinds=[TieKind.WORKS_AT]) if not tie.is_outward]
    return {
        "row": row,
        "people": _tied(actor, ties[:_MOST_IN_PANEL]),
        "count": len(ties),
        "may_change": _may_change(actor, row),
    }


def ties_of(actor: Actor, row: Mapping[str, Any]) -> dict[str, Any]:
    """Sort the ties of a party by what they say about it."""
    tied = _tied(actor, queries.ties_of(row["id"]))

    def those(kind: TieKind, *, outward: bool) -> list[Tied]:
        return [each for each in tied if each.tie.kind == kind and each.tie.is_outward is outward]

    return {
        "row": row,
        "parents": those(TieKind.SUBSIDIARY_OF, outward=True),
        "subsidiaries": those(TieKind.SUBSIDIARY_OF, outward=False),
        "representatives": those(TieKind.LEGAL_REPRESENTATIVE, outward=False),
        "represents": those(TieKind.LEGAL_REPRESENTATIVE, outward=True),
        "workplaces": those(TieKind.WORKS_AT, outward=True),
        "members": those(TieKind.MEMBER_OF_HOUSEHOLD, outward=False),
        "households": those(TieKind.MEMBER_OF_HOUSEHOLD, outward=True),
        "is_establishment": row.get("kind") in rules.ESTABLISHMENTS,
        "can_have_parent": row.get("kind") in rules.WITH_PARENTS,
        "is_household": row.get("kind") in rules.HOUSEHOLDS,
        # Ties are changed on the page of the organisation or household they lead to, or of a customer.
        "may_change": "kind" in row and _may_change(actor, row),
    }


def relationship_of(actor: Actor, row: Mapping[str, Any]) -> dict[str, Any]:
    """Tell how the relationship stands, since when, and what it was before, to whoever may see its state."""
    if actor.field_level("customers", "relationship_state") is FieldLevel.HIDDEN:
        return {"present": None, "before": []}
    at = now()
    stages = []
    for phase in queries.phases(row["id"]):
        known = choices.RELATIONSHIP_STATES.held().by_code[phase.state]
        stages.append(Stage(known.label, known.tone, phase, phase.days(at)))
    return {"present": stages[0] if stages else None, "before": stages[1:]}


def _may_change(actor: Actor, row: Mapping[str, Any]) -> bool:
    if row.get("deleted_at") is not None:
        return False
    facts = actor.scope("customers", CHANGE)
    return facts.covers(record_id=row["id"], owner_id=row["owner_id"], unit_id=row["unit_id"])


def _tied(actor: Actor, ties: Sequence[TieSeen]) -> list[Tied]:
    cards = queries.cards(actor, {tie.other_id for tie in ties})
    return [
        Tied(tie, cards[tie.other_id], choices.CONTACT_ROLES.held().by_code.get(tie.role))
        for tie in ties
        if tie.other_id in cards
    ]

"""What the page of a lead shows beside its fields. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from duyen.entities.attachments.reading import counts_of_files
from duyen.entities.custom.kinds import OwnChoices
from duyen.entities.fields import Addresses, Choice, Field, Flag, Link, Links
from duyen.entities.fields.given import as_text
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, READ, FieldLevel
from duyen.kernel.clock import now
from duyen.modules.consents import tabs
from duyen.modules.leads import choices, matching, queries
from duyen.modules.leads.actions.intake import NAME
from duyen.modules.leads.words import Known, LeadState
from duyen.modules.parties.queries import cards

#: The panel of a customer shows so many leads.
_MOST = 5

Row = Mapping[str, Any]


def sees(actor: Actor, *names: str) -> bool:
    """Tell whether the actor may read these fields of leads."""
    known = entity_named(NAME)
    return all(known.level(actor, name) is not FieldLevel.HIDDEN for name in names)


def consents(actor: Actor, row: Row) -> Mapping[str, Any]:
    """Show what may be done today by which channel, and what was agreed to, by the form or noted by hand."""
    party = _speaker(actor, row)
    if party is None:
        return {"is_open": False}
    return {**tabs.consents_of(actor, party), "row": row}


def consents_in_short(actor: Actor, row: Row) -> Mapping[str, Any]:
    """Show in short what somebody agreed to; that it is nothing, too."""
    party = _speaker(actor, row)
    short = tabs.consents_in_short(actor, party) if party is not None else {}
    return {**short, "row": row} if short else {}


def speaker_of(row: Row) -> int:
    """Give the party whose consents those of a lead are: who speaks."""
    party = queries.ends_by_name(row["id"])["party_id"]
    assert party is not None  # noqa: S101 - the column holds no null
    return party


def _speaker(actor: Actor, row: Row) -> Row | None:
    """Give whose consents those of a lead are; nobody where who speaks is erased or not open to the actor."""
    # Whoever can be reached was not erased, and needs no look.
    if not row["phones"] and not row["emails"] and queries.about_erased([row["id"]]):
        return None
    ends = queries.ends_by_name(row["id"])
    party = ends["party_id"]
    if party != ends["own_party_id"]:
        known = cards(actor, [party]).get(party) if party else None
        if known is None or not known.is_open:
            return None
    return {**{name: row[name] for name in ("owner_id", "unit_id", "deleted_at")}, "id": party}


def as_given(actor: Actor, row: Row) -> Mapping[str, Any]:
    """Give what was said at intake word for word; nothing for whoever may not see one of its fields."""
    if not sees(actor, "raw") or not row["raw"]:
        return {}
    known = entity_named(NAME).by_name
    told = ((known[name], value) for name, value in row["raw"].items() if name in known)
    # What was chosen from records has numbers here and names among the fields.
    return {
        "given": [
            (field.label, _word(field, value)) for field, value in told if not isinstance(field, Link | Links)
        ]
    }


def _word(field: Field, value: Any) -> str:
    """Write what was given of a field: a choice by its word, an address without its codes."""
    if isinstance(field, Choice) and isinstance(value, str):
        option = field.option(value)
        return str(option.label) if option else as_text(value)
    if isinstance(field, OwnChoices) and isinstance(value, list):
        return ", ".join(field.words_of(value))
    if isinstance(field, Flag) and isinstance(value, bool):
        return field.show(value)
    if isinstance(field, Addresses) and isinstance(value, list):
        parts = [{name: text for name, text in each.items() if not name.endswith("_code")} for each in value]
        return as_text(parts)
    return as_text(value)


def may_change(actor: Actor, row: Row) -> bool:
    """Tell whether the actor may change a lead now."""
    return bool(entity_named(NAME).rows(actor, CHANGE).filter(pk=row["id"]).exists())


def matches(actor: Actor, row: Row) -> Mapping[str, Any]:
    """Propose whom a lead may be, each with the reason; and say with whom it was joined."""
    held = queries.ends_by_name(row["id"])
    joined = [
        held[f"{side}_id"] for side in ("party", "firm") if held[f"{side}_id"] != held[f"own_{side}_id"]
    ]
    known = matching.known_like(actor, row, ends=held.values())
    leads = matching.open_like(actor, row, ends=held.values())
    if not (joined or known or leads):
        return {}
    return {
        "joined": list(cards(actor, [each for each in joined if each]).values()),
        "known": [(each, matching.reasons_in_words(each.reasons)) for each in known],
        "leads": [
            (each, choices.STATES.held().by_code[each.state], matching.reasons_in_words(each.reasons))
            for each in leads
        ],
        "may_change": may_change(actor, row),
        "at": f"/{NAME}/{row['id']}",
        "lead": row["id"],
        "is_asked": row["perhaps_known"] == Known.PERHAPS,
    }


def clock(actor: Actor, row: Row) -> Mapping[str, Any]:
    """Tell by when somebody has to speak to a lead, or when somebody did."""
    if not sees(actor, "first_due_at", "first_response_at") or row["first_due_at"] is None:
        return {}
    told, due = row["first_response_at"], row["first_due_at"]
    return {"due": due, "told": told, "is_late": (told or now()) > due}


def is_assigned(row: Row) -> bool:
    """Tell whether the clock of the first contact runs or ran."""
    return row["first_due_at"] is not None and row["state"] != LeadState.NEW


def leads_of_customer(actor: Actor, row: Row) -> Mapping[str, Any]:
    """List the leads from which a customer came; nothing for whoever may not see such."""
    if not actor.may(NAME, READ) or not sees(actor, "name", "customer", "state", "source", "created_at"):
        return {}
    found = queries.of_customer(actor, row["id"], most=_MOST)
    if not found:
        return {}
    source = entity_named(NAME).field("source")
    files = counts_of_files(NAME, [each["id"] for each in found])
    return {
        "leads": [
            {
                **each,
                "files": files.get(each["id"], 0),
                "files_url": f"/{NAME}/{each['id']}?tab=files",
                "option": choices.STATES.held().by_code[each["state"]],
                "from": source.show(each["source"]),
            }
            for each in found
        ]
    }

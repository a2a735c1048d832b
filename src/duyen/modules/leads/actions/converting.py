"""A qualified lead becomes a customer: its party takes up one more role, and nothing is copied.

What is made is written down with the version of each record, so that the conversion can be undone as long as
nobody worked on any of them since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from duyen.entities import standard
from duyen.entities.attachments.reading import attached_since
from duyen.entities.errors import InvalidValues, NotAllowed
from duyen.entities.fields import Day, Flag, Text
from duyen.entities.guards import Across, Against
from duyen.entities.lifecycle import Command
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CREATE
from duyen.foundation.audit import trail
from duyen.kernel.clock import now
from duyen.kernel.errors import FieldProblem
from duyen.modules.activities.queries import made_about_since
from duyen.modules.leads import matching, queries
from duyen.modules.leads.actions.joining import carry_along
from duyen.modules.leads.words import LeadState
from duyen.modules.opportunities.actions import withdraw
from duyen.modules.opportunities.queries import versions_of_party
from duyen.modules.parties.actions import employ, lay_down_role, take_up_role, untie
from duyen.modules.parties.queries import hold, lock_party, versions_of
from duyen.modules.parties.words import PartyRole

Row = Mapping[str, Any]


def _looks_known(actor: Actor, rows: Sequence[Row], asked: Row | None) -> Against:
    """Whoever looks like somebody known is joined first, or said to be somebody else."""
    if asked is None or asked["is_somebody_else"]:
        return {}
    matching.hold_keys(rows)
    return {row["id"]: list(_known(actor, row)) for row in rows}


def _known(actor: Actor, row: Row) -> Sequence[str]:
    if row["customer_id"] is not None:
        return []
    ends = queries.ends_by_name(row["id"]).values()
    likely = [each for each in matching.known_like(actor, row, ends=ends) if each.is_likely]
    told = gettext("%(name)s looks like the same. Join them first, or say that it is somebody else.")
    return [told % {"name": each.label or each.unit} for each in likely[:3]]


def _converted(actor: Actor, row: Row, asked: Row) -> Row:
    """Make the customer, the contact and the deal, and give the columns that name them."""
    if asked["with_opportunity"] and not (asked["opportunity_name"] and asked["expected_close"]):
        name = "expected_close" if asked["opportunity_name"] else "opportunity_name"
        told = _("Give the opportunity a name and the day on which it may be closed.")
        raise InvalidValues([FieldProblem(name, "required", told)])
    ends = queries.ends_by_name(row["id"])
    buyer = ends["firm_id"] if row["company"] else ends["party_id"]
    speaker = ends["party_id"]
    if buyer is None or speaker is None or not hold(buyer) or not hold(speaker):
        told = _("Their record is in the bin. Restore it, or take the lead apart from it first.")
        raise InvalidValues([FieldProblem("", "in_bin", told)])
    made: dict[str, Any] = {"customer": _take_up(actor, row, PartyRole.CUSTOMER, buyer)}
    if buyer != speaker:
        made["contact"] = _take_up(actor, row, PartyRole.CONTACT, speaker)
        made["tie"] = employ(speaker, buyer, job_title=row["job_title"])
    deal = _open_deal(actor, row, asked, buyer) if asked["with_opportunity"] else None
    made["versions"] = {str(party): version for party, version in versions_of({buyer, speaker}).items()}
    return {
        "customer_id": buyer,
        "contact_id": speaker if buyer != speaker else None,
        "opportunity_id": deal,
        "converted_at": now(),
        "conversion": {**made, "customer_before": row["customer_id"]},
    }


def _take_up(actor: Actor, row: Row, role: PartyRole, party_id: int) -> bool:
    """Let a party play a role, where the actor may create such a record; tell whether it is new to it."""
    if lock_party(party_id)["role_mask"] & role:
        return False
    kind = "customers" if role is PartyRole.CUSTOMER else "contacts"
    facts = actor.scope(kind, CREATE)
    if not facts.covers(record_id=party_id, owner_id=row["owner_id"], unit_id=row["unit_id"]):
        raise NotAllowed(why=_("creating customers for this owner and unit is not among your rights."))
    take_up_role(role, party_id, actor=actor)
    return True


def _open_deal(actor: Actor, row: Row, asked: Row, customer_id: int) -> int:
    values: dict[str, object] = {
        "name": asked["opportunity_name"],
        "customer": customer_id,
        "source": row["source"],
        "campaign": row["campaign_id"],
        "expected_close": asked["expected_close"],
        "pain_points": row["need"],
        "rival_contract_end": row["provider_until"],
    }
    keeper = {"owner": row["owner_id"], "unit": row["unit_id"]} if row["owner_id"] else {}
    with trail.within():
        return standard.create(
            entity_named("opportunities"), actor=actor, values={**values, **keeper}, asked=tuple(values)
        ).id


def _carry(_actor: Actor, row: Row, _asked: Row) -> None:
    carry_along(row["id"], row["customer_id"])


def _untouched(_actor: Actor, rows: Sequence[Row], _asked: Row | None) -> Against:
    """A conversion is undone only while nobody worked on what it made."""
    return {row["id"]: list(_since(row)) for row in rows if row["state"] == LeadState.CONVERTED}


def _since(row: Row) -> Sequence[Any]:
    made, deal = queries.kept_of_conversion(row["id"]), row["opportunity_id"]
    versions = versions_of([int(each) for each in made["versions"]])
    found: list[Any] = []
    if {str(party): version for party, version in versions.items()} != made["versions"]:
        found.append(_("the customer or the contact was changed since."))
    deals = versions_of_party(row["customer_id"])
    if deal and deals.get(deal) != 1:
        found.append(_("somebody worked on the opportunity since."))
    if made_about_since(_made(row, ("customers", "contacts")), row["converted_at"]):
        found.append(_("something was planned or done with the customer since."))
    if attached_since(_made(row, ("parties",)), row["converted_at"]):
        found.append(_("a file was attached to the customer, the contact or the opportunity since."))
    if made["customer"] and queries.others_of_customer(row["customer_id"], but=row["id"]):
        found.append(_("another lead belongs to the customer by now."))
    if made["customer"] and set(deals) - {deal}:
        found.append(_("the customer has another opportunity by now."))
    return found


def _made(row: Row, people: Sequence[str]) -> list[tuple[str, int]]:
    """Name what a conversion led to: who buys and who speaks, by each of some names, and the deal."""
    parties = [each for each in (row["customer_id"], row["contact_id"]) if each]
    deal = row["opportunity_id"]
    found = [(name, each) for name in people for each in parties]
    return [*found, *([("opportunities", deal)] if deal else [])]


def _taken_back(actor: Actor, row: Row, _asked: Row) -> Row:
    made = queries.kept_of_conversion(row["id"])
    if row["opportunity_id"]:
        withdraw(row["opportunity_id"], actor=actor, reason=gettext("Its lead was taken back."))
    if made.get("tie"):
        untie(made["tie"])
    if made.get("contact"):
        lay_down_role(PartyRole.CONTACT, row["contact_id"], actor=actor)
    if made["customer"]:
        lay_down_role(PartyRole.CUSTOMER, row["customer_id"], actor=actor)
    return {
        "customer_id": made["customer_before"],
        "contact_id": None,
        "opportunity_id": None,
        "converted_at": None,
        "conversion": {},
    }


CONVERT = Command(
    "convert",
    _("Make a customer of the lead"),
    from_=[LeadState.QUALIFIED],
    to=LeadState.CONVERTED,
    asks=[
        Flag("with_opportunity", _("Open an opportunity too")),
        Text("opportunity_name", _("Name of the opportunity"), max_length=200),
        Day("expected_close", _("Expected close")),
        Flag("is_somebody_else", _("Nobody whom we know: I looked at those that look alike")),
    ],
    guards=[Across(_looks_known)],
    icon="building-2",
    tone="primary",
    text=_(
        "Nothing is copied: who stands behind the lead becomes a customer. Its tasks, notes, files and "
        "consents stand with the customer too, its files with the opportunity as well, "
        "for those who may see the lead."
    ),
    sets=_converted,
    then=_carry,
)
UNCONVERT = Command(
    "unconvert",
    _("Take the conversion back"),
    from_=[LeadState.CONVERTED],
    to=LeadState.QUALIFIED,
    asks=[Text("note", pgettext_lazy("lead", "Why"), required=True, max_length=300)],
    guards=[Across(_untouched)],
    icon="undo-2",
    sets=_taken_back,
    then=_carry,
)

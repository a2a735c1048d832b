"""A lead that turns out to be somebody whom we know: joined by a person, and apart again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.actions import action
from duyen.entities.attachments.writing import follow_party as files_follow
from duyen.entities.errors import Refused
from duyen.entities.fields import Whole
from duyen.entities.registry import entity_named
from duyen.entities.restricted import refuse_restricted
from duyen.entities.standard import FROM_BIN, into_bin, write_changes
from duyen.foundation.access.actor import Actor
from duyen.modules.activities.actions import follow_party as activities_follow
from duyen.modules.consents.actions import bring_consents_back, carry_consents
from duyen.modules.leads import matching, queries
from duyen.modules.leads.actions.intake import NAME
from duyen.modules.leads.perhaps_known import mark_of
from duyen.modules.leads.words import Known
from duyen.modules.parties.actions import change_unverified
from duyen.modules.parties.queries import ESTABLISHMENTS, cards, hold, kind_of

Row = Mapping[str, Any]


class NobodyThere(Refused):
    """The customer or contact is not there, or not open to the actor."""

    code = "nobody_there"
    sentence = _(
        "This customer or contact is not there any more, or not open to you. Look at the page again."
    )


class NotJoined(Refused):
    """The lead stands for itself."""

    code = "not_joined"
    sentence = _("This lead is joined with nobody. Look at the page again.")


@action(
    "leads.join",
    label=_("Join with somebody known"),
    asks=(Whole("party", _("Customer or contact"), required=True, least=1, most=2**62),),
    part="party",
    icon="combine",
    fits=matching.may_be_joined,
    is_told=True,
)
def join(*, actor: Actor, row: Row, party: int) -> Row:
    """Let a lead belong to somebody whom we know, with what it agreed to; its own party is put away.

    Raises NobodyThere, or Restricted where the person has the use of her data restricted.
    """
    found = cards(actor, [party]).get(party)
    if found is None or not found.is_open or not hold(party):
        raise NobodyThere
    refuse_restricted(entity_named("customers"), [party], actor=actor)
    side = "firm" if row["company"] and kind_of(party) in ESTABLISHMENTS else "party"
    ends = queries.ends_by_name(row["id"])
    own = ends[f"own_{side}_id"]
    if own is not None and ends[f"{side}_id"] == own:
        carry_consents(own, party)
        change_unverified({own: into_bin(actor, "")})
    return point(actor, row, {**ends, f"{side}_id": party}, perhaps_known="")


@action(
    "leads.stand_alone",
    label=_("Take apart again"),
    icon="unlink",
    fits=matching.may_be_joined,
    part="party",
    asks=(Whole("party", _("Customer or contact"), required=True, least=1, most=2**62),),
    is_told=True,
)
def stand_alone(*, actor: Actor, row: Row, party: int) -> Row:
    """Let a lead stand for itself again, by the party that intake made for it. Raises NotJoined."""
    ends = queries.ends_by_name(row["id"])
    side = next(
        (each for each in ("party", "firm") if party == ends[f"{each}_id"] != ends[f"own_{each}_id"]), None
    )
    if side is None:
        raise NotJoined
    back = {**ends, f"{side}_id": ends[f"own_{side}_id"]}
    mine = dict(zip(("party", "firm"), matching.ends_of(row), strict=False)).get(side)
    own = ends[f"own_{side}_id"]
    if own is not None and mine:
        change_unverified({own: {**mine, **FROM_BIN}})
        bring_consents_back(party, own)
    return point(actor, row, back, perhaps_known=mark_of(row, back))


def _is_asked(row: Row) -> bool:
    return row["perhaps_known"] == Known.PERHAPS and matching.may_be_joined(row)


@action(
    "leads.someone_new",
    label=_("It is a new one"),
    icon="user-check",
    fits=_is_asked,
    is_told=True,
)
def someone_new(*, actor: Actor, row: Row) -> Row:
    """Say that a lead is none of those it is like; it is asked again when its phone or name changes."""
    columns = {"perhaps_known": Known.NEW.value}
    version = write_changes(entity_named(NAME), actor, row, columns)
    return {**row, **columns, "version": version}


def point(actor: Actor, row: Row, ends: Mapping[str, int | None], **more: Any) -> Row:
    """Write to whom a lead points, and let what is about it name the customer that follows from it."""
    buyer, own = (
        (ends["firm_id"], ends["own_firm_id"]) if row["company"] else (ends["party_id"], ends["own_party_id"])
    )
    customer = None if buyer == own else buyer
    columns = {"party_id": ends["party_id"], "firm_id": ends["firm_id"], "customer_id": customer, **more}
    leads = entity_named(NAME)
    version = write_changes(leads, actor, row, columns)
    carry_along(row["id"], customer)
    return {**row, **columns, "version": version}


def carry_along(lead_id: int, customer_id: int | None) -> None:
    """Let tasks, calls, notes and files of a lead name the customer that it belongs to now."""
    activities_follow(NAME, lead_id)
    files_follow(entity_named(NAME), lead_id, customer_id)

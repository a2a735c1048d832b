"""Who works with us on a deal: in which role, for which share, and how far each has committed itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duyen.entities.actions import action
from duyen.entities.errors import InvalidValues, Refused
from duyen.entities.fields import Choice, Link, Percent, Text, Whole
from duyen.entities.registry import entity_named
from duyen.entities.writing import insert_rows, next_ids, update_row
from duyen.foundation.access.actor import Actor
from duyen.kernel.errors import FieldProblem
from duyen.modules.opportunities import choices, queries, rules
from duyen.modules.opportunities.actions.deals import is_under_way, written
from duyen.modules.opportunities.models import Partner
from duyen.modules.opportunities.words import Commitment
from duyen.modules.parties.queries import hold


class NoSuchPartner(Refused):
    """The partner is gone, or it is none of this deal's."""

    code = "no_such_partner"
    sentence = _("This partner is no longer on the deal. Look at the page again.")


_ROW = Whole("partner", _("Partner of the deal"), required=True, least=1, most=2**62)
_ABOUT = (
    Choice("role", _("Role of the partner"), required=True, options=choices.PARTNER_ROLES),
    Percent("share", _("Share of the deal"), help=_("In per cent; all partners together have 100 at most.")),
    Text("responsibility", _("What it is responsible for"), max_length=500),
    Choice("commitment", _("Commitment"), options=choices.COMMITMENTS, default=Commitment.NONE.value),
    Link("contact", _("Whom we speak to there"), to="contacts"),
)


@action(
    "opportunities.add_partner",
    label=_("Add a partner"),
    asks=(
        Link("customer", _("Partner among the customers"), to="customers"),
        Link("person", _("Or somebody among the contacts"), to="contacts"),
        *_ABOUT,
    ),
    icon="handshake",
    fits=is_under_way,
)
def add_partner(
    *, actor: Actor, row: Mapping[str, Any], customer: int | None, person: int | None, **about: Any
) -> Mapping[str, Any]:
    """Say who works with us on a deal. Raises InvalidValues."""
    name, partner = ("person", person) if customer is None else ("customer", customer)
    if partner is None or (customer and person):
        told = gettext("Choose one partner: among the customers or among the contacts.")
        raise InvalidValues([FieldProblem("customer", "one_of_two", told)])
    _refuse_closed(actor, name, partner)
    if partner == row["party_id"]:
        told = gettext("This is the customer of the deal. Choose another partner.")
        raise InvalidValues([FieldProblem(name, "customer", told)])
    if queries.names_partner(row["id"], partner):
        told = gettext("This partner stands on the deal already. Change what stands there.")
        raise InvalidValues([FieldProblem(name, "taken", told)])
    columns = _columns(actor, queries.partners_of(row["id"]), about)
    (row_id,) = next_ids(Partner, 1)
    made = {"id": row_id, "opportunity_id": row["id"], "party_id": row["party_id"], "partner_id": partner}
    insert_rows(Partner, [{**made, **columns}])
    return written(actor, row, {})


@action(
    "opportunities.change_partner",
    label=_("Change a partner of the deal"),
    asks=(_ROW, *_ABOUT),
    icon="pencil",
    part="partner",
    fits=is_under_way,
)
def change_partner(*, actor: Actor, row: Mapping[str, Any], partner: int, **about: Any) -> Mapping[str, Any]:
    """Say anew what part a partner has in a deal. Raises NoSuchPartner, InvalidValues."""
    held = {each["id"]: each for each in queries.partners_of(row["id"])}
    if partner not in held:
        raise NoSuchPartner
    before = held.pop(partner)
    update_row(Partner, partner, _columns(actor, held.values(), about, before))
    return written(actor, row, {})


@action(
    "opportunities.file_commitment",
    label=_("Attach the commitment"),
    asks=(_ROW, Whole("file", _("File on the deal"), required=True, least=1, most=2**62)),
    icon="file-check",
    part="partner",
    fits=is_under_way,
)
def file_commitment(*, actor: Actor, row: Mapping[str, Any], partner: int, file: int) -> Mapping[str, Any]:
    """Say which file of a deal a partner commits itself by; from then on it is committed.

    Raises NoSuchPartner, InvalidValues.
    """
    if queries.partner_of(row["id"], partner) is None:
        raise NoSuchPartner
    if not queries.papers(row["id"], [file]):
        told = gettext("There is no such file on the deal. Attach it first.")
        raise InvalidValues([FieldProblem("file", "link", told)])
    update_row(Partner, partner, {"paper_id": file, "commitment": Commitment.GIVEN.value})
    return written(actor, row, {})


@action(
    "opportunities.remove_partner",
    label=_("Take the partner off the deal"),
    asks=(_ROW,),
    icon="x",
    part="partner",
    fits=is_under_way,
)
def remove_partner(*, actor: Actor, row: Mapping[str, Any], partner: int) -> Mapping[str, Any]:
    """Take a partner off a deal; its papers stay. Raises NoSuchPartner."""
    if queries.partner_of(row["id"], partner) is None:
        raise NoSuchPartner
    Partner.objects.filter(pk=partner, opportunity_id=row["id"]).delete()
    return written(actor, row, {})


def _columns(
    actor: Actor,
    others: Iterable[Mapping[str, Any]],
    about: Mapping[str, Any],
    before: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Give what is written of a partner. Raises InvalidValues."""
    problems = list(rules.problems_of_share(about["share"], [each["share"] for each in others]))
    if problems:
        raise InvalidValues(
            [FieldProblem(each.field, each.code, gettext(str(each.message))) for each in problems]
        )
    if about["contact"] and (before is None or about["contact"] != before["contact_id"]):
        _refuse_closed(actor, "contact", about["contact"])
    return {
        "role": about["role"],
        "share": about["share"],
        "responsibility": about["responsibility"],
        "commitment": about["commitment"] or Commitment.NONE.value,
        "contact_id": about["contact"],
    }


def _refuse_closed(actor: Actor, name: str, party_id: int) -> None:
    """Let nobody be named who is not open to the actor, and nobody go into the bin meanwhile."""
    entity = entity_named("customers" if name == "customer" else "contacts")
    if not entity.rows(actor).filter(pk=party_id).exists() or not hold(party_id):
        told = gettext("There is no such record, or it is not open to you. Choose another one.")
        raise InvalidValues([FieldProblem(name, "link", told)])

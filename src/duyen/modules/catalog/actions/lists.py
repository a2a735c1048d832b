"""Price lists: issued, taken back before they begin, copied with other prices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities import standard
from duyen.entities.actions import action
from duyen.entities.fields import Day, Label, Percent, Text, Whole
from duyen.entities.lifecycle import Command, Lifecycle
from duyen.entities.registry import entity_named
from duyen.entities.writing import insert_rows, next_ids
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CREATE
from duyen.kernel.clock import now, today
from duyen.kernel.money import round_half_up
from duyen.modules.catalog import choices, queries
from duyen.modules.catalog.models import PriceLine
from duyen.modules.catalog.words import ListState

ISSUE = "issue"


def _has_prices(row: Mapping[str, Any]) -> Label | None:
    return None if queries.has_lines(row["id"]) else _("it names no price yet. Add its prices first.")


def _has_not_begun(row: Mapping[str, Any]) -> Label | None:
    if row["valid_from"] > today():
        return None
    return _("it is in force since its first day. Give it a last day instead.")


LIFECYCLE = Lifecycle(
    "state",
    pgettext_lazy("price list", "State"),
    choices.LIST_STATES,
    [
        Command(
            "issue",
            _("Issue the list"),
            from_=[ListState.DRAFT],
            to=ListState.ISSUED,
            needs=ISSUE,
            guards=[_has_prices],
            icon="stamp",
        ),
        Command(
            "withdraw",
            _("Take it back to draft"),
            from_=[ListState.ISSUED],
            to=ListState.DRAFT,
            needs=ISSUE,
            guards=[_has_not_begun],
            icon="undo-2",
        ),
    ],
    since="state_since",
)


def why_keep_list(row: Mapping[str, Any]) -> Label | None:
    """Say why a price list cannot go into the bin: an issued one tells what was sold at which price."""
    if row["state"] == ListState.ISSUED:
        return _("the list is issued. Give it a last day instead.")
    return None


def why_keep_line(row: Mapping[str, Any]) -> Label | None:
    """Say why a price cannot go into the bin."""
    if queries.state_of(row["price_list_id"]) == ListState.ISSUED:
        return _("its list is issued. Copy the list, and change the copy.")
    return None


def why_bar_line(row: Mapping[str, Any]) -> Label | None:
    """Say why a price cannot come out of the bin: its list is issued, or has another price for the same."""
    if queries.state_of(row["price_list_id"]) == ListState.ISSUED:
        return _("its list is issued. Copy the list, and change the copy.")
    if queries.has_line(row["price_list_id"], row["product_id"], row["plan_id"]):
        return _("the list has a price for this already. Change that one.")
    return None


@action(
    "price_lists.copy",
    label=_("Copy the list"),
    needs=CREATE,
    asks=[
        Text("code", _("Code of the copy"), required=True, max_length=40),
        Text("name", _("Name of the copy"), required=True, max_length=160),
        Day("valid_from", _("Valid from"), required=True),
        Percent(
            "percent",
            _("Change all prices by (%)"),
            least=-90,
            most=900,
            help=_("Such as 5 or -10. Left empty, they stay as they are."),
        ),
        Whole(
            "round_to",
            _("Round prices to (đồng)"),
            least=1,
            most=1_000_000,
            help=_("Such as 1.000. Left empty, to the đồng."),
        ),
    ],
    icon="copy",
    text=_("The copy is a draft with the same prices. It holds when it is issued, from its first day on."),
)
def copy_list(
    *,
    actor: Actor,
    row: Mapping[str, Any],
    code: str,
    name: str,
    valid_from: dt.date,
    percent: Decimal | None,
    round_to: int | None,
) -> Mapping[str, Any]:
    """Make a draft like a price list, its prices and floors changed by so many per cent.

    Prices are rounded half up to `round_to` minor units; a floor never rises above its price. Raises
    InvalidValues or NotAllowed.
    """
    lists = entity_named("price_lists")
    values = {
        "code": code,
        "name": name,
        "valid_from": valid_from,
        "areas": lists.field("areas").to_json(tuple(row["areas"])),
        "customer_kinds": list(row["customer_kinds"]),
        "currency": row["currency"],
        "note": row["note"],
    }
    made = standard.create(lists, actor=actor, values=values)
    factor = 1 + (percent or Decimal(0)) / 100
    _copy_lines(actor, row["id"], made.id, factor=factor, step=round_to or 1)
    return row


def _copy_lines(actor: Actor, source: int, target: int, *, factor: Decimal, step: int) -> None:
    columns = ("product_id", "plan_id", "name", "currency", "price", "one_off_fee", "floor")
    rows = list(
        PriceLine.objects.filter(price_list_id=source, deleted_at=None).order_by("pk").values(*columns)
    )
    moment = now()
    for line, row_id in zip(rows, next_ids(PriceLine, len(rows)), strict=True):
        price = _changed(line["price"], factor, step)
        floor = line["floor"]
        line |= {
            "id": row_id,
            "price_list_id": target,
            "price": price,
            "floor": None if floor is None else min(price, _changed(floor, factor, step)),
        }
    insert_rows(
        PriceLine,
        rows,
        alike={
            "created_at": moment,
            "updated_at": moment,
            "created_by_id": actor.user_id,
            "updated_by_id": actor.user_id,
            "source_channel": actor.door.value,
        },
    )


def _changed(amount: int, factor: Decimal, step: int) -> int:
    return round_half_up(amount * factor / step) * step

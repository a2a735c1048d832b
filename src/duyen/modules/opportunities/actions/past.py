"""What lies behind deals that come from elsewhere: their stages, whom they met, and what was sold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.entities.errors import NotAllowed
from duyen.entities.writing import insert_rows, next_ids, update_row, update_rows
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.kernel.clock import now, today
from duyen.modules.catalog.queries import Price, price_for
from duyen.modules.opportunities import queries, stays
from duyen.modules.opportunities.actions.lines import columns_at
from duyen.modules.opportunities.models import Encounter, Line, Opportunity
from duyen.modules.opportunities.words import CLOSED, DealState


@dataclass(frozen=True)
class Sold:
    """A product of a deal that has ended, by id, its plan, and how many."""

    product: int
    plan: int | None
    quantity: int


@dataclass(frozen=True)
class Past:
    """What is known of a deal: `rivals` are the competitors that it met, by id, `lost_to` the one who won.

    `path` are the stages in which it stood before, by id, each with the moment at which it came there.
    `sold` are the products of a deal that has ended without any; it is worth what they are by today's lists,
    for what they cost then is not known.
    """

    stage_since: dt.datetime
    path: Sequence[tuple[int, dt.datetime]] = ()
    rivals: Sequence[int] = ()
    lost_to: int | None = None
    price_gap: int | None = None
    sold: Sequence[Sold] = ()


def note_past(pasts: Mapping[int, Past], *, actor: Actor) -> None:
    """Say what lies behind deals, by their ids. Only the system knows that of the past.

    Those that name competitors met none before. Raises NotAllowed, or what finding a price does.
    """
    if not actor.is_system:
        raise NotAllowed(why=_("only the system opens records with a past."))
    with transaction.atomic():
        trail.begin(actor, "opportunities.note_past")
        moment = now()
        since = {deal: {"stage_since": past.stage_since} for deal, past in pasts.items()}
        update_rows(Opportunity, since, alike={"updated_at": moment})
        stays.tell_path({deal: past.path for deal, past in pasts.items() if past.path})
        met = {deal: past for deal, past in pasts.items() if past.rivals}
        for deal, past in met.items():
            ids = sorted(past.rivals)
            told = {"competitor_ids": ids, "lost_to_id": past.lost_to, "price_gap": past.price_gap}
            update_row(Opportunity, deal, told)
        _write_encounters(met, moment.date())
        _write_lines({deal: past.sold for deal, past in pasts.items() if past.sold}, actor)


def _write_encounters(met: Mapping[int, Past], day: dt.date) -> None:
    parties = queries.parties_of(met)
    wanted = [(deal, past, rival) for deal, past in met.items() for rival in past.rivals]
    rows = [
        {
            "id": row_id,
            "opportunity_id": deal,
            "party_id": parties[deal],
            "competitor_id": rival,
            "is_winner": rival == past.lost_to,
        }
        for row_id, (deal, past, rival) in zip(next_ids(Encounter, len(wanted)), wanted, strict=True)
    ]
    insert_rows(Encounter, rows, alike={"captured_on": day})


def _write_lines(sold: Mapping[int, Sequence[Sold]], actor: Actor) -> None:
    columns = ("id", "party_id", "unit_id", "state", "closed_on")
    held = Opportunity.objects.filter(pk__in=list(sold), state__in=CLOSED, line_count=0).order_by("pk")
    deals = list(held.values(*columns))
    kinds = queries.kinds_of_customers({row["party_id"] for row in deals})
    price_of = cache(partial(_price, actor, today()))
    lines: list[dict[str, Any]] = []
    worth: dict[int, dict[str, Any]] = {}
    for row in deals:
        made = []
        for position, each in enumerate(sold[row["id"]], start=1):
            price = price_of(each.product, each.plan, row["unit_id"], kinds[row["party_id"]])
            asked = {**_ASKED, "quantity": each.quantity}
            told = columns_at(price, each.product, each.plan, asked, row["closed_on"])
            about = {"opportunity_id": row["id"], "party_id": row["party_id"], "position": position}
            made.append({**told, **about, "product_id": each.product, "plan_id": each.plan})
        lines += made
        worth[row["id"]] = _worth(made, is_won=row["state"] == DealState.WON)
    rows = [{**line, "id": row_id} for row_id, line in zip(next_ids(Line, len(lines)), lines, strict=True)]
    insert_rows(Line, rows)
    update_rows(Opportunity, worth, alike={"updated_at": now()})


#: A line of the past: at the price of the list, for the term of its plan.
_ASKED = {"unit_price": None, "discount": None, "term_months": None, "site": "", "feasibility": ""}


def _price(actor: Actor, day: dt.date, product: int, plan: int | None, unit: int | None, kind: str) -> Price:
    return price_for(product, actor=actor, on=day, unit_id=unit, plan_id=plan, kind=kind)


def _worth(lines: Sequence[Mapping[str, Any]], *, is_won: bool) -> dict[str, Any]:
    total = sum(line["total"] for line in lines)
    return {
        "one_off": sum(line["one_off"] for line in lines),
        "monthly": sum(line["monthly"] for line in lines),
        "line_count": len(lines),
        "amount": total,
        "actual_amount": total if is_won else None,
    }

"""What the tabs and panels of opportunities, customers, pipelines and competitors show. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from duyen.entities.fields import Option, Percent
from duyen.entities.labels import labels
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, CREATE, READ, FieldLevel
from duyen.kernel.clock import now
from duyen.kernel.money import Money
from duyen.modules.opportunities import choices, queries, rules
from duyen.modules.opportunities.actions.deals import NAME, is_open, is_under_way
from duyen.modules.opportunities.actions.moving import against_going_back, lacking
from duyen.modules.opportunities.overdue import open_tasks
from duyen.modules.opportunities.path import path_of
from duyen.modules.opportunities.words import UNDER_WAY, DealRole, DealState
from duyen.modules.parties.queries import Card, cards

Row = Mapping[str, Any]
#: A summary shows so many of each kind; all of them stand in the tab.
_FEW = 4
_MOST = 100
#: So many deals of a customer stand on her tab; the list has all of them.
_OF_CUSTOMER = 50
_SHARE = Percent("share", "")


def sees(actor: Actor, *names: str) -> bool:
    """Tell whether the actor may read these fields of opportunities."""
    deals = entity_named(NAME)
    return all(deals.level(actor, name) is not FieldLevel.HIDDEN for name in names)


def may_change(actor: Actor, row: Row) -> bool:
    """Tell whether the actor may change what belongs to a deal now."""
    if row.get("deleted_at") is not None or not is_under_way(row):
        return False
    return bool(entity_named(NAME).rows(actor, CHANGE).filter(pk=row["id"]).exists())


# --- stage and checklist ----------------------------------------------------------------------------------


def stage_panel(actor: Actor, row: Row) -> Mapping[str, Any]:
    """Tell how long a deal has stood in its stage, its checklist, and what it lacks to go on."""
    here = queries.stage_of(row)
    if here is None or not sees(actor, "stage", "state"):
        return {"is_open": False}
    held = queries.answers_of(row["id"], here.id)
    moment = now()
    path = path_of(row) if sees(actor, "stage_since") else []
    may = may_change(actor, row)
    return {
        "is_open": True,
        "row": row,
        "stage": here,
        "days": path[-1].days if path else None,
        "is_stale": is_open(row) and rules.is_stale(row["stage_since"], moment, here.stale_after),
        "checklist": [{"text": item, "told": held.get(item)} for item in here.checklist],
        "lacking": _lacking(actor, row, here) if is_open(row) else [],
        "may_change": may,
        "may_move": is_open(row) and may,
        "may_go_back": not [*against_going_back(row)],
        "after": rules.next_stage(queries.stages_of(row["pipeline_id"]), here.id),
        "path": path,
    }


def _lacking(actor: Actor, row: Row, here: rules.Stage) -> list[str]:
    """Say what a deal lacks, apart from what would tell of a field that the reader may not see."""
    asked = [name for name in here.required if name in entity_named(NAME).by_name]
    if not sees(actor, *asked, "amount"):
        return []
    return [f"{each[:1].upper()}{each[1:]}" for each in lacking(row, here)]


def stages_of_pipeline(actor: Actor, row: Row) -> Mapping[str, Any]:
    """List the stages of a pipeline, with the way to one more."""
    if not actor.may("opportunity_stages", READ):
        return {"stages": [], "new_url": "", "move_url": ""}
    tones = queries.tones()
    stages = queries.stages_of(row["id"])
    is_here = row.get("deleted_at") is None
    may_move = is_here and all(actor.may(each, CHANGE) for each in ("pipelines", "opportunity_stages"))
    return {
        "stages": [{"stage": each, "tone": tones.get(each.id, "gray")} for each in stages],
        "new_url": f"/opportunity_stages/new?pipeline={row['id']}&position={_place_after(stages)}"
        if actor.may("opportunity_stages", CREATE) and is_here
        else "",
        "move_url": f"/pipelines/{row['id']}" if may_move and len(stages) > 1 else "",
    }


def _place_after(stages: Sequence[rules.Stage]) -> int:
    return min(max((each.position for each in stages), default=0) + 1, 1_000)


# --- products ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LineSeen:
    """One line of a deal in words; `discount` is in per cent, empty where none is given."""

    row: Row
    name: str
    code: str
    plan: str
    discount: str
    list_price: Money
    unit_price: Money
    one_off: Money
    monthly: Money
    total: Money
    feasibility: Option | None


def lines_of(actor: Actor, row: Row) -> Mapping[str, Any]:
    """List the products of a deal with their sums."""
    if not sees(actor, "amount", "one_off", "monthly"):
        return {"is_open": False}
    held = queries.lines_of(row["id"])
    products = labels(actor, entity_named("products"), {each["product_id"] for each in held})
    plans = labels(actor, entity_named("plans"), {each["plan_id"] for each in held if each["plan_id"]})
    shown = [_line_seen(each, products, plans) for each in held]
    sums = rules.sum_lines(rules.LineSums(each["one_off"], each["monthly"], each["total"]) for each in held)
    return {
        "is_open": True,
        "row": row,
        "lines": shown,
        "one_off": Money(sums.one_off),
        "monthly": Money(sums.monthly),
        "total": Money(sums.total),
        "feasibility": [{"value": each.code, "label": each.label} for each in choices.FEASIBILITY],
        "may_change": may_change(actor, row),
    }


def _line_seen(line: Row, products: Mapping[int, Any], plans: Mapping[int, Any]) -> LineSeen:
    product, plan = products.get(line["product_id"]), plans.get(line["plan_id"])
    return LineSeen(
        row=line,
        name=product.label if product and product.is_open else "",
        code=product.code if product and product.is_open else "",
        plan=plan.label if plan and plan.is_open else "",
        discount=rules.percent_off(line["list_price"], line["unit_price"]),
        list_price=Money(line["list_price"]),
        unit_price=Money(line["unit_price"]),
        one_off=Money(line["one_off"]),
        monthly=Money(line["monthly"]),
        total=Money(line["total"]),
        feasibility=choices.FEASIBILITY.held().by_code.get(line["feasibility"]),
    )


def count_lines(actor: Actor, row: Row) -> int:
    """Count the products of a deal."""
    return int(row["line_count"]) if sees(actor, "amount", "line_count") else 0


# --- contacts ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PersonSeen:
    """One contact of a deal, as far as the reader may see it."""

    row: Row
    card: Card
    role: Option | None
    attitude: Option | None


@dataclass(frozen=True)
class Place:
    """One cell of the map of influence and attitude."""

    influence: int
    attitude: int
    tone: str
    people: Sequence[PersonSeen]


def contacts_of(actor: Actor, row: Row) -> Mapping[str, Any]:
    """List the contacts of a deal, and put them on a map of who decides and who blocks."""
    people = _people(actor, row)
    return {
        "row": row,
        "people": people,
        "map": _map(people),
        "has_decision_maker": any(each.row["role"] == DealRole.DECISION_MAKER for each in people),
        "roles": [{"value": each.code, "label": each.label} for each in choices.ROLES],
        "attitudes": [{"value": each.code, "label": each.label} for each in choices.ATTITUDES],
        "may_change": may_change(actor, row),
    }


def _people(actor: Actor, row: Row) -> list[PersonSeen]:
    held = queries.contacts_of(row["id"])
    seen = cards(actor, {each["contact_id"] for each in held})
    return [
        PersonSeen(
            each,
            seen[each["contact_id"]],
            choices.ROLES.held().by_code.get(each["role"]),
            choices.ATTITUDES.held().by_code.get(str(each["attitude"])),
        )
        for each in held
        if each["contact_id"] in seen
    ]


def _map(people: Sequence[PersonSeen]) -> list[dict[str, Any]]:
    """Put people into a grid: influence from above to below, attitude from against us to for us."""
    tones = {str(each.code): each.tone for each in choices.ATTITUDES}
    return [
        {
            "influence": influence,
            "cells": [
                Place(
                    influence,
                    attitude,
                    tones[str(attitude)],
                    [
                        each
                        for each in people
                        if each.row["influence"] == influence and each.row["attitude"] == attitude
                    ],
                )
                for attitude in (-2, -1, 0, 1, 2)
            ],
        }
        for influence in (5, 4, 3, 2, 1)
    ]


def count_contacts(_actor: Actor, row: Row) -> int:
    """Count the contacts of a deal."""
    return queries.counts_of(row["id"])["contacts"]


# --- partners ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PartnerSeen:
    """One partner of a deal, as far as the reader may see it; `paper` names the file of its commitment."""

    row: Row
    card: Card
    contact: Card | None
    role: Option | None
    commitment: Option | None
    paper: str

    @property
    def share(self) -> str:
        return _SHARE.entered(self.row["share"])


def partners_of(actor: Actor, row: Row) -> Mapping[str, Any]:
    """List the partners of a deal, and what they have of it together."""
    held = queries.partners_of(row["id"])
    seen = cards(
        actor, {party for each in held for party in (each["partner_id"], each["contact_id"]) if party}
    )
    papers = queries.papers(row["id"], [each["paper_id"] for each in held if each["paper_id"]])
    shown = [
        PartnerSeen(
            each,
            seen[each["partner_id"]],
            seen.get(each["contact_id"]),
            choices.PARTNER_ROLES.held().by_code.get(each["role"]),
            choices.COMMITMENTS.held().by_code.get(each["commitment"]),
            papers.get(each["paper_id"], ""),
        )
        for each in held
        if each["partner_id"] in seen
    ]
    shares = [each["share"] for each in held if each["share"] is not None]
    return {
        "row": row,
        "partners": shown,
        "together": _SHARE.entered(sum(shares)) if shares else "",
        "roles": [{"value": each.code, "label": each.label} for each in choices.PARTNER_ROLES.held().offered],
        "commitments": [{"value": each.code, "label": each.label} for each in choices.COMMITMENTS],
        "may_change": may_change(actor, row),
    }


def count_partners(_actor: Actor, row: Row) -> int:
    """Count the partners of a deal."""
    return queries.counts_of(row["id"])["partners"]


# --- competitors ------------------------------------------------------------------------------------------


def competitors_of(actor: Actor, row: Row) -> Mapping[str, Any]:
    """List the competitors met on a deal."""
    if not actor.may("competitors", READ):
        return {"is_open": False}
    return {
        "is_open": True,
        "row": row,
        "met": [_met(each) for each in queries.encounters_of(row["id"])],
        "ours": Money(row["amount"]) if row["amount"] is not None and sees(actor, "amount") else None,
        "is_won": row["state"] == DealState.WON and sees(actor, "state"),
        "may_change": may_change(actor, row),
    }


def _met(each: Row) -> dict[str, Any]:
    return {**each, "offer": Money(each["price"]) if each["price"] is not None else None}


def count_competitors(actor: Actor, row: Row) -> int:
    """Count the competitors met on a deal."""
    return queries.counts_of(row["id"])["competitors"] if actor.may("competitors", READ) else 0


def deals_against(actor: Actor, row: Row) -> Mapping[str, Any]:
    """Tell how we did against a competitor on the deals that the reader may see, and where we meet it now."""
    told_of = ("state", "amount", "price_gap", "loss_reason", "competitors", "lost_to")
    if not actor.may(NAME, READ) or not sees(actor, *told_of):
        return {"is_open": False}
    found = queries.record_against(actor, row["id"])

    def listed(listing: str, *more: tuple[str, str]) -> str:
        return f"/{NAME}?{urlencode([('list', listing), ('competitors.eq', row['id']), *more])}"

    lost = ("state.in", DealState.LOST.value)
    reason = entity_named(NAME).field("loss_reason")
    return {
        "is_open": True,
        **found,
        "rate": rules.win_rate(found["won"], found["lost"]),
        "gap": Money(found["gap"]) if found["gap"] is not None else None,
        "worth": Money(found["worth"] or 0),
        "open": [_deal(each) for each in found["open"]],
        "closed": [_deal(each) for each in found["closed"]],
        "reasons": [
            {
                "label": reason.show(code),
                "count": count,
                "url": listed("closed", lost, ("loss_reason.eq", code)),
            }
            for code, count in found["reasons"]
        ],
        "won_url": listed("closed", ("state.in", DealState.WON.value)),
        "lost_url": listed("closed", lost),
        "lost_to_url": listed("closed", lost, ("lost_to.eq", str(row["id"]))),
        "open_url": listed("all", *(("state.in", each.value) for each in UNDER_WAY)),
        "closed_url": listed("closed"),
    }


# --- to do, the whole at a glance, deals of a customer -----------------------------------------------------


def todo_of(actor: Actor, row: Row) -> Mapping[str, Any]:
    """List what is to be done about a deal, with the way to one more."""
    about = urlencode({"about": f"{NAME}:{row['id']}"})
    return {
        "tasks": open_tasks(actor, row, most=_MOST),
        "new_url": f"/tasks/new?{about}" if actor.may("tasks", CREATE) else "",
    }


def count_todo(actor: Actor, row: Row) -> int:
    """Count what is to be done about a deal."""
    return len(open_tasks(actor, row, most=_MOST))


def overview_of(actor: Actor, row: Row) -> Mapping[str, Any]:
    """Sum up the tabs of a deal on one page."""
    lines = lines_of(actor, row)
    people = _people(actor, row)
    rivals = competitors_of(actor, row)
    partners = partners_of(actor, row)["partners"]
    return {
        "row": row,
        "tasks": open_tasks(actor, row, most=_FEW),
        "lines": lines,
        "few_lines": list(lines.get("lines", ()))[:_FEW],
        "people": people[:_FEW],
        "count_people": len(people),
        "has_decision_maker": any(each.row["role"] == DealRole.DECISION_MAKER for each in people),
        "few_partners": partners[:_FEW],
        "count_partners": len(partners),
        "rivals": rivals,
        "few_rivals": list(rivals.get("met", ()))[:_FEW],
        "briefs": _briefs(actor, row),
        "url": f"/{NAME}/{row['id']}",
    }


def _briefs(actor: Actor, row: Row) -> list[dict[str, Any]]:
    """Give the tabs of higher modules in short."""
    told = [
        (each.name, each.brief, each.brief.content(actor, row))
        for each in entity_named(NAME).tabs
        if each.brief is not None and each.fits(row)
    ]
    return [
        {"name": name, "label": brief.label, "template": brief.template, "content": content}
        for name, brief, content in told
        if content
    ]


def _deal(each: Row) -> dict[str, Any]:
    return {
        **each,
        "option": choices.STATES.held().by_code.get(each["state"]),
        "worth": Money(each["amount"]) if each["amount"] is not None else None,
    }


def deals_of_customer(actor: Actor, row: Row) -> Mapping[str, Any]:
    """List the deals of a customer that the reader may see."""
    if not actor.may(NAME, READ) or not sees(actor, "state", "stage", "amount", "expected_close", "customer"):
        return {"is_open": False}
    found = queries.deals_of_party(actor, row["id"], most=_OF_CUSTOMER + 1)
    whole = urlencode([("list", "all"), ("customer.eq", row["id"])])
    return {
        "is_open": True,
        "deals": [_deal(each) for each in found[:_OF_CUSTOMER]],
        "all_url": f"/{NAME}?{whole}" if len(found) > _OF_CUSTOMER else "",
        "new_url": f"/{NAME}/new?customer={row['id']}"
        if actor.may(NAME, CREATE) and row.get("deleted_at") is None
        else "",
    }


def count_deals_of_customer(actor: Actor, row: Row) -> int:
    """Count the deals of a customer that the reader may see."""
    if not actor.may(NAME, READ) or not sees(actor, "customer"):
        return 0
    return queries.count_of_party(actor, row["id"])

"""Fill an empty installation with the demo company, through the same doors as everybody else's records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from duyen.demo import organisation
from duyen.demo.activities import Mine, activities
from duyen.demo.campaigns import campaigns
from duyen.demo.catalog import write_catalog
from duyen.demo.changes import change_customers
from duyen.demo.commissions import write_commissions
from duyen.demo.consents import write_consents
from duyen.demo.contacts import PlannedContact, contacts
from duyen.demo.customers import PlannedCustomer, by_year, customers
from duyen.demo.data_requests import write_data_requests
from duyen.demo.ended_leads import convert_ended, ended_leads
from duyen.demo.files import attach_files
from duyen.demo.intake import write_intake
from duyen.demo.leads import PlannedLead, leads
from duyen.demo.mails import ADDRESS, Reached, mails
from duyen.demo.own_fields import define_fields
from duyen.demo.selling import write_deals
from duyen.demo.ties import all_ties
from duyen.entities import standard
from duyen.entities.completeness.recomputing import all_scored, recompute_now
from duyen.entities.registry import entity_named
from duyen.entities.seeding import seed
from duyen.entities.standard import Life
from duyen.entities.writing import insert_rows, next_ids, update_row
from duyen.foundation.access.actor import Actor, system_actor
from duyen.foundation.access.words import Door
from duyen.foundation.audit import trail
from duyen.foundation.org.models import Position, Role, User, WorkingCalendar
from duyen.foundation.org.queries import has_users
from duyen.foundation.settings.company import keep_setting
from duyen.kernel import clock
from duyen.modules.leads.actions.past import note_past as note_lead_past
from duyen.modules.messaging.actions.past import company_box, note_past
from duyen.modules.parties.actions import tie_many
from duyen.modules.parties.queries import main_contacts
from duyen.modules.scoring.actions.training import ask_to_learn

Say = Callable[[str], None]
#: So many rows are written at once.
CHUNK = 400
_HIRED_DAYS_AGO = 36 * 30
#: So many customers were written to lately: each so-manieth that has an address.
_WRITTEN_TO, _NTH_WRITTEN_TO = 45, 5


class NotEmpty(Exception):
    """The demo goes into an empty installation only; the caller has to ask before."""


class DemoRefused(Exception):
    """A rule refused an invented record: the generator and the rules have drifted apart."""


@dataclass(frozen=True)
class _Staff:
    """The ids of units by code, of the people who own customers by unit, and of who runs campaigns."""

    units: Mapping[str, int]
    owners: Mapping[str, Sequence[int]]
    marketer: int


def demo_actor() -> Actor:
    """Name the part of the system that writes the demo, as the trail shows it."""
    return system_actor("Demo", door=Door.CLI)


def load(*, password: str, say: Say) -> None:
    """Write units, people, customers, contacts and ties as they would stand today. Raises NotEmpty."""
    if has_users():
        raise NotEmpty
    actor = demo_actor()
    with transaction.atomic():
        seed(actor)
        say("Demo: units and people …")
        staff = _write_staff(actor, password)
        say("Demo: products and prices …")
        write_catalog(actor, _create, clock.today())
        _write_campaigns(actor, staff)
        say("Demo: customers …")
        planned = customers(clock.today())
        customer_ids = _write_customers(actor, staff, planned)
        say("Demo: contacts and ties …")
        people = contacts(planned)
        contact_ids = _write_contacts(actor, staff, planned, people)
        tie_many(list(all_ties(planned, customer_ids, people, contact_ids)), actor=actor)
        change_customers(customer_ids)
        attach_files(customer_ids)
        write_consents(actor, _create)
        say("Demo: calls, meetings and tasks …")
        _write_activities(actor, staff)
        _write_mails(actor)
        say("Demo: opportunities …")
        write_deals(actor, _create, {row_id: code.partition("-")[0] for code, row_id in staff.units.items()})
        write_commissions(actor, _create)
        say("Demo: leads …")
        _write_leads(actor, staff)
        write_intake(
            actor,
            _create,
            keeper=staff.marketer,
            unit=staff.units[organisation.BRANCH],
            sellers=[owner for owners in staff.owners.values() for owner in owners][:6],
        )
        write_data_requests(actor, _create)
        for scored in all_scored():
            recompute_now(scored, actor=actor)
        keep_setting("installation.demo", True, actor=actor)
        keep_setting("company.name", organisation.COMPANY, actor=actor)
        # The worker learns in the background once the pages are there.
        ask_to_learn(actor=actor)
    define_fields(actor)


def _write_staff(actor: Actor, password: str) -> _Staff:
    units = _write_units(actor)
    people = organisation.users()
    rows = [{"full_name": each.name, "email": each.email, "job_title": each.job_title} for each in people]
    ids = _create(actor, "users", rows)
    # Everybody has the same password, so one hash does for all: Argon2 is slow on purpose.
    hashed = make_password(password)
    roles = dict(Role.objects.values_list("code", "pk"))
    since = clock.today() - dt.timedelta(days=_HIRED_DAYS_AGO)
    moment = clock.now()
    trail.begin(actor, "users.place")
    for user_id in ids:
        update_row(User, user_id, {"password": hashed})
    places = [
        {"user_id": user_id, "unit_id": units[each.unit], "role_id": roles[each.role.value], "is_main": True}
        | {"since": since, "created_at": moment, "updated_at": moment}
        for each, user_id in zip(people, ids, strict=True)
    ]
    position_ids = next_ids(Position, len(places))
    insert_rows(Position, [{**row, "id": row_id} for row, row_id in zip(places, position_ids, strict=True)])
    owners: dict[str, list[int]] = {}
    for each, user_id in zip(people, ids, strict=True):
        if each.role.value in ("SALES_REP", "TELLER"):
            owners.setdefault(each.unit, []).append(user_id)
    marketer = next(
        user_id for each, user_id in zip(people, ids, strict=True) if each.role.value == "MARKETER"
    )
    return _Staff(units, owners, marketer)


def _write_units(actor: Actor) -> dict[str, int]:
    """Write the tree level by level, because a unit needs the id of the one above it."""
    waiting, ids = organisation.units(), dict[str, int]()
    calendars = dict(WorkingCalendar.objects.values_list("name", "pk"))
    while waiting:
        level = [each for each in waiting if not each.parent or each.parent in ids]
        rows = [
            {"code": each.code, "name": each.name, "kind": each.kind.value, "parent": ids.get(each.parent)}
            | {"calendar": calendars.get(organisation.calendar_of(each))}
            for each in level
        ]
        ids |= zip((each.code for each in level), _create(actor, "units", rows), strict=True)
        waiting = [each for each in waiting if each.code not in ids]
    return ids


def _write_campaigns(actor: Actor, staff: _Staff) -> None:
    """Write the campaigns one by one, so that each carries the year of its number."""
    keeper = {"owner": staff.marketer, "unit": staff.units[organisation.BRANCH]}
    for each in campaigns(clock.today()):
        with clock.stopped(each.life.made_at):
            _create(actor, "campaigns", [{**each.values, **keeper}], [each.life])


def _write_leads(actor: Actor, staff: _Staff) -> None:
    """Write the leads, and then what lies behind each."""
    ended, planned = ended_leads(clock.today()), leads(clock.today())
    with clock.stopped(ended[0].planned.past.made_at):
        made = _create_leads(actor, staff, [each.planned for each in ended])
    ids = made + _create_leads(actor, staff, planned)
    pasts = [*(each.planned.past for each in ended), *(each.past for each in planned)]
    note_lead_past(dict(zip(ids, pasts, strict=True)), actor=actor)
    convert_ended(actor, dict(zip(made, ended, strict=True)), _create)


def _create_leads(actor: Actor, staff: _Staff, planned: Sequence[PlannedLead]) -> list[int]:
    products = dict(entity_named("products").rows(actor).values_list("code", "pk"))
    rows = [
        {**each.values, "products": [products[each.product]], **_keeper(staff, each.unit, number)}
        for number, each in enumerate(planned)
    ]
    return _create(actor, "leads", rows)


def _write_customers(actor: Actor, staff: _Staff, planned: Sequence[PlannedCustomer]) -> list[int]:
    """Write the customers year by year, so that their numbers carry the year in which they were entered."""
    ids: list[int] = []
    for part in by_year(planned):
        rows = [{**each.values, **_keeper(staff, each.unit, each.number)} for each in part]
        with clock.stopped(part[-1].life.made_at):
            ids += _create(actor, "customers", rows, [each.life for each in part])
    return ids


def _write_activities(actor: Actor, staff: _Staff) -> None:
    """Write what people did and have before them; sub-tasks after the tasks that they stand below."""
    planned = sorted(activities(_everybody(staff), clock.today()), key=lambda each: each.life.made_at)
    ids = _create(actor, "activities", [each.values for each in planned], [each.life for each in planned])
    below = [
        ({**values, "parent": task_id}, each.life)
        for each, task_id in zip(planned, ids, strict=True)
        for values in each.below
    ]
    _create(actor, "activities", [values for values, _life in below], [life for _values, life in below])


def _write_mails(actor: Actor) -> None:
    """Write mail of the last weeks to some customers, and what waits in the company's mailbox."""
    rows = entity_named("customers").rows(actor).exclude(emails=[]).order_by("pk")
    columns = ("id", "name", "emails", "owner_id", "owner__full_name", "unit_id")
    reached = [
        Reached(pk, name, addresses[0], owner, owner_name, unit)
        for pk, name, addresses, owner, owner_name, unit in rows.values_list(*columns)[::_NTH_WRITTEN_TO]
        if owner is not None
    ]
    box = company_box(ADDRESS, actor=actor)
    note_past(list(mails(reached[:_WRITTEN_TO], clock.today())), box, actor=actor)


def _everybody(staff: _Staff) -> list[Mine]:
    """Gather for each owner what the demo's activities need of her customers."""
    customers = entity_named("customers")
    held: dict[tuple[int, int], list[int]] = {}
    rows = customers.rows(demo_actor()).order_by("pk").values_list("owner_id", "unit_id", "pk")
    for owner, unit, customer in rows:
        held.setdefault((owner, unit), []).append(customer)
    every = sorted({customer for ids in held.values() for customer in ids})
    contacts = main_contacts(every)
    return [Mine(owner, unit, ids, _colleague(staff, owner), contacts) for (owner, unit), ids in held.items()]


def _colleague(staff: _Staff, owner: int) -> int | None:
    """Give somebody who works in the same unit."""
    beside = (each for owners in staff.owners.values() if owner in owners for each in owners)
    return next((each for each in beside if each != owner), None)


def _keeper(staff: _Staff, unit: str, number: int) -> dict[str, int]:
    """Give owner and unit; the people of a unit take turns."""
    owners = staff.owners[unit]
    return {"owner": owners[number % len(owners)], "unit": staff.units[unit]}


def _write_contacts(
    actor: Actor, staff: _Staff, planned: Sequence[PlannedCustomer], people: Sequence[PlannedContact]
) -> list[int]:
    rows, lives = [], []
    for each in people:
        customer = planned[each.place]
        rows.append({**each.values, **_keeper(staff, customer.unit, customer.number)})
        lives.append(Life(customer.life.made_at, "", customer.life.made_at))
    return _create(actor, "contacts", rows, lives)


def _create(
    actor: Actor, entity: str, rows: Iterable[Mapping[str, Any]], lives: Iterable[Life] = ()
) -> list[int]:
    """Create records in sets; every one of them has to pass the rules. Raises DemoRefused."""
    ids: list[int] = []
    waiting, pasts = iter(rows), iter(lives)
    while part := list(islice(waiting, CHUNK)):
        behind = list(islice(pasts, len(part)))
        made, _operation = standard.create_many(entity_named(entity), actor=actor, rows=part, lives=behind)
        for row, each in zip(part, made, strict=True):
            if each.id is None:
                told = "; ".join(f"{problem.field}: {problem.message}" for problem in each.problems)
                raise DemoRefused(f"{entity}, {row.get('name', row.get('email'))}: {told}")
            ids.append(each.id)
    return ids

"""Fill the benchmark's database: an organisation of a thousand people, and as many customers as asked for.

Rows go in by COPY with the trail open, past the rules of single fields: the values are right by making, and
the database still works out every key, index and line of the trail.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from duyen.bench import people
from duyen.demo.names import company
from duyen.entities.completeness.recomputing import all_scored
from duyen.entities.completeness.scoring import score_new
from duyen.entities.completeness.weights import settle, weights_of
from duyen.entities.registry import entity_named
from duyen.entities.seeding import seed
from duyen.entities.writing import insert_rows, next_ids
from duyen.foundation.access.actor import Actor, system_actor
from duyen.foundation.access.words import Door
from duyen.foundation.audit import trail
from duyen.foundation.org.models import Position, Role, Unit, User
from duyen.foundation.org.words import RoleCode, UnitKind
from duyen.foundation.settings.numbering import take_numbers
from duyen.foundation.shares.models import Share
from duyen.kernel.clock import now, today
from duyen.kernel.places import Ward, wards_of
from duyen.modules.parties import actions
from duyen.modules.parties.words import PartyRole, RelationshipState

Say = Callable[[str], None]

CHUNK = 10_000
BRANCHES, TEAMS, USERS = 20, 100, 1_000
#: Teams of the first branches: one above the limit of branches in a list's statement, one just at it.
WIDE_BRANCH, FULL_BRANCH = 40, 29
CONTACTS_PER_ORGANISATION = 1.2
SHARED_WITH_ONE = 300
_KINDS = {"INDIVIDUAL": 66, "HOUSEHOLD": 9, "HOUSEHOLD_BUSINESS": 12, "ORGANISATION": 11, "PUBLIC_BODY": 2}
_STATES = tuple(state.value for state in RelationshipState)
_SPAN_SECONDS = 5 * 365 * 86_400
_YEAR = 26
_HAI_PHONG = "31"


@dataclass(frozen=True)
class Team:
    """One team: its unit, its branch, and who keeps its customers."""

    unit_id: int
    branch_id: int
    branch_code: str
    owners: tuple[int, ...]


@dataclass(frozen=True)
class Cast:
    """Who reads the lists: one person for each scope."""

    everything: int
    wide_branch: int
    full_branch: int
    team: int
    own: int


def bench_actor() -> Actor:
    """Name the part of the system that fills the benchmark's database."""
    return system_actor("Benchmark", door=Door.CLI)


def fill(rows: int, *, say: Say) -> Cast:
    """Make the organisation and `rows` customers with their contacts; the same ones every time."""
    actor, random = bench_actor(), Random(rows)  # noqa: S311 - invented people, not secrets
    with transaction.atomic():
        seed(actor)
        trail.begin(actor, "bench.fill")
        teams, cast = organisation(random)
    made = 0
    while made < rows:
        count = min(CHUNK, rows - made)
        with transaction.atomic():
            trail.begin(actor, "bench.fill")
            _chunk(actor, random, teams, count)
        made += count
        if made % (5 * CHUNK) == 0 or made == rows:
            say(f"{made:,} of {rows:,} customers")
    with transaction.atomic():
        trail.begin(actor, "bench.fill")
        if rows:
            _share(random, cast.own)
        for scored in all_scored():
            settle(scored, weights_of(scored), actor=actor)
    return cast


# --- organisation ------------------------------------------------------------------------------------


def organisation(random: Random) -> tuple[list[Team], Cast]:
    """Make units, people and their places; the trail must be open."""
    moment = now()
    stamps = {"created_at": moment, "updated_at": moment}
    head = _insert(
        Unit, [{"code": "HO", "name": "Head office", "kind": UnitKind.HEAD_OFFICE.value, **stamps}]
    )[0]
    branches = _insert(
        Unit,
        [
            {
                "code": f"B{number:02}",
                "name": f"Branch {number}",
                "kind": "BRANCH",
                "parent_id": head,
                **stamps,
            }
            for number in range(1, BRANCHES + 1)
        ],
    )
    homes = [branches[place] for place in _branch_of_each_team()]
    units = _insert(
        Unit,
        [
            {"code": f"T{number:03}", "name": f"Team {number}", "kind": "TEAM", "parent_id": home, **stamps}
            for number, home in enumerate(homes, start=1)
        ],
    )
    users = _users(random, stamps)
    cast = _positions(head, branches, units, users, stamps)
    codes = {branch: f"B{number:02}" for number, branch in enumerate(branches, start=1)}
    sellers = users[4:]
    teams = [
        Team(unit, home, codes[home], tuple(sellers[place::TEAMS]))
        for place, (unit, home) in enumerate(zip(units, homes, strict=True))
    ]
    return teams, cast


def _branch_of_each_team() -> list[int]:
    rest = TEAMS - WIDE_BRANCH - FULL_BRANCH
    return [0] * WIDE_BRANCH + [1] * FULL_BRANCH + [2 + number % (BRANCHES - 2) for number in range(rest)]


def _users(random: Random, stamps: Mapping[str, Any]) -> list[int]:
    password = make_password(None)
    rows = [
        {
            "email": f"u{number}@example.com",
            "full_name": people.person(random),
            "password": password,
            **stamps,
        }
        for number in range(USERS)
    ]
    return _insert(User, rows)


def _positions(
    head: int, branches: Sequence[int], units: Sequence[int], users: Sequence[int], stamps: Mapping[str, Any]
) -> Cast:
    """Place the readers first, then everybody else as a seller of one team."""
    roles = dict(Role.objects.values_list("code", "pk"))
    director, wide, full, teller, *sellers = users
    places = [
        (director, head, RoleCode.DIRECTOR),
        (wide, branches[0], RoleCode.SALES_MANAGER),
        (full, branches[1], RoleCode.SALES_MANAGER),
        (teller, units[0], RoleCode.TELLER),
        *((seller, units[place % TEAMS], RoleCode.SALES_REP) for place, seller in enumerate(sellers)),
    ]
    since = today() - dt.timedelta(days=400)
    rows = [
        {
            "user_id": user,
            "unit_id": unit,
            "role_id": roles[role.value],
            "is_main": True,
            "since": since,
            **stamps,
        }
        for user, unit, role in places
    ]
    _insert(Position, rows)
    return Cast(director, wide, full, teller, sellers[0])


def _insert(model: Any, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    ids = next_ids(model, len(rows))
    insert_rows(model, [{**row, "id": row_id} for row, row_id in zip(rows, ids, strict=True)])
    return ids


# --- customers ---------------------------------------------------------------------------------------


def _chunk(actor: Actor, random: Random, teams: Sequence[Team], count: int) -> None:
    """Write one chunk of customers and the contacts at its organisations."""
    party = entity_named("customers").model
    codes = {team.branch_id: team.branch_code for team in teams}
    customers = list(_numbered(_customers(random, teams, count), "KH", codes))
    organisations = [row for row in customers if row["kind"] in ("ORGANISATION", "PUBLIC_BODY")]
    wanted = int(len(organisations) * CONTACTS_PER_ORGANISATION)
    places = [organisations[place % len(organisations)] for place in range(wanted)] if organisations else []
    contacts = list(_numbered((_contact(random, at) for at in places), "LH", codes))
    for rows, born in ((customers, actions.born_customers), (contacts, actions.born_contacts)):
        if not rows:
            continue
        ids = next_ids(party, len(rows))
        for row, row_id in zip(rows, ids, strict=True):
            row["id"] = row_id
        score_new(entity_named("customers").completeness, rows, {})
        insert_rows(party, rows)
        born(actor, rows)


def _customers(random: Random, teams: Sequence[Team], count: int) -> Iterator[dict[str, Any]]:
    drawn = random.choices(list(_KINDS), list(_KINDS.values()), k=count)
    # Some teams are ten times as large as others, as everywhere.
    weights = list(accumulate(1 / (1 + place % 10) for place in range(len(teams))))
    homes = random.choices(teams, cum_weights=weights, k=count)
    latest = now()
    for kind, home in zip(drawn, homes, strict=True):
        row = _party(random, home, latest - dt.timedelta(seconds=random.randrange(_SPAN_SECONDS)))
        row |= {
            "kind": kind,
            "role_mask": int(PartyRole.CUSTOMER),
            "relationship_state": random.choice(_STATES),
            "relationship_since": row["created_at"],
            "known_since": row["created_at"].date(),
            "source": "STORE",
        }
        if kind in ("ORGANISATION", "PUBLIC_BODY"):
            made = company(random, random.randrange(10_000))
            row |= {
                "name": f"{made.name} {random.randrange(10_000)}",
                "industry": made.industry,
                "legal_form": made.legal_form,
                "tax_code": f"02{random.randrange(10**8):08}",
            }
        yield row


def _party(random: Random, home: Team, made_at: dt.datetime) -> dict[str, Any]:
    phone = f"+8435{random.randrange(10**7):07}"
    ward = random.choice(wards_of(_HAI_PHONG))
    emails = [f"k{phone[4:]}@example.com"] if random.random() < 0.4 else []
    return {
        "name": people.person(random),
        "phones": [phone],
        "emails": emails,
        "addresses": [_address(random, ward)],
        "ward_code": ward.code,
        "province_code": ward.province_code,
        "address_status": "as_given",
        "owner_id": random.choice(home.owners),
        "unit_id": home.unit_id,
        "code_unit_id": home.branch_id,
        "created_at": made_at,
        "updated_at": made_at,
        "source_channel": Door.CLI.value,
    }


def _address(random: Random, ward: Ward) -> dict[str, str]:
    return {
        "line": f"{random.randrange(1, 400)} Lê Lợi",
        "ward_code": ward.code,
        "province_code": ward.province_code,
        "status": "as_given",
    }


def _contact(random: Random, at: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("owner_id", "unit_id", "code_unit_id", "created_at", "updated_at", "source_channel")
    phone = f"+8435{random.randrange(10**7):07}"
    contact = {"name": people.person(random), "kind": "INDIVIDUAL", "role_mask": int(PartyRole.CONTACT)}
    return {**contact, "phones": [phone], **{name: at[name] for name in kept}}


def _numbered(
    rows: Iterator[dict[str, Any]], mark: str, codes: Mapping[int, str]
) -> Iterator[dict[str, Any]]:
    """Number the rows by branch, in a series that the product does not give out itself."""
    waiting = list(rows)
    counts = Counter(row["code_unit_id"] for row in waiting)
    blocks = {
        unit: iter(take_numbers(f"bench:{mark}:{unit}", count)) for unit, count in sorted(counts.items())
    }
    for row in waiting:
        unit = row["code_unit_id"]
        row["code"] = f"{mark}-{codes[unit]}-{_YEAR}-B{next(blocks[unit]):06}"
        yield row


def _share(random: Random, user_id: int) -> None:
    """Open some records of others to one person."""
    party = entity_named("customers").model
    known = party._default_manager.filter(role_mask=int(PartyRole.CUSTOMER)).order_by("pk")
    first, last = known.values_list("pk", flat=True)[0], known.reverse().values_list("pk", flat=True)[0]
    drawn = random.sample(range(first, last + 1), min(SHARED_WITH_ONE * 2, (last - first) // 2))
    ids = list(known.filter(pk__in=drawn).values_list("pk", flat=True)[:SHARED_WITH_ONE])
    moment = now()
    _insert(
        Share,
        [
            {"entity": "customers", "record_id": each, "user_id": user_id, "created_at": moment}
            for each in ids
        ],
    )

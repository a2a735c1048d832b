"""Fill the benchmark's customers with deals of three years, and with all that belongs to each of them.

Rows are drawn inside the database from their numbers, with the trail open: a deal is made, then moved, then
closed, as a life leaves it, so that timelines have what they tell of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, transaction

from duyen.bench.drawing import drawn, inserted, number_parties, picked
from duyen.bench.filling import Say, bench_actor
from duyen.demo.campaigns import PlannedCampaign, campaigns
from duyen.demo.catalog import PRODUCTS, product_rows
from duyen.demo.opportunities import COMPETITORS
from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.foundation.org.models import Unit
from duyen.kernel.clock import today
from duyen.modules.opportunities.queries import default_pipeline, stages_of
from duyen.modules.parties.words import PartyRole

CHUNK = 25_000
#: So many deals are with one customer.
OF_ONE = 200
_YEARS = 3 * 365

# Every salt is used for one question alone; the share of deals that are under way is that of a busy company.
_STATES = {"OPEN": 110, "ON_HOLD": 10, "WON": 350, "LOST": 430, "CANCELLED": 100}
_TYPES = {"NEW_BUSINESS": 62, "CROSS_SELL": 14, "UP_SELL": 10, "RENEWAL": 9, "WIN_BACK": 5}
_SOURCES = {"POS": 20, "STORE": 24, "WEB": 8, "ZALO": 8, "REFERRAL": 18, "HOTLINE": 7, "EVENT": 5, "AGENT": 5}
_LOSSES = {"PRICE": 32, "LOCKED_IN": 22, "NO_INFRASTRUCTURE": 12, "SLOW": 11, "NO_NEED": 10, "OTHER": 13}
_WINS = {"PRICE": 28, "QUALITY": 18, "SPEED": 20, "RELATIONSHIP": 14, "BUNDLE": 10, "CARE": 10}
_ROLES = {"DECISION_MAKER": 40, "INFLUENCER": 20, "USER": 20, "BUYER": 10, "GATEKEEPER": 5, "SIGNATORY": 5}
_IS_CLOSED = "state IN ('WON', 'LOST', 'CANCELLED')"

_DRAW = f"""
CREATE TEMP TABLE bench_deals ON COMMIT DROP AS
WITH numbers AS (
  SELECT n, {picked("n", 1, _STATES)} AS state,
         CASE WHEN n < %(of_one)s THEN 0 ELSE {drawn("n", 2, "%(parties)s")} END AS place
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
), dated AS (
  SELECT n, state, p.id AS party, p.owner_id, p.unit_id, p.code_unit_id,
         nextval('opportunities_opportunity_id_seq') AS id,
         CASE WHEN {_IS_CLOSED} THEN 1 + {drawn("n", 3, _YEARS)} ELSE {drawn("n", 3, 150)} END AS age
    FROM numbers JOIN bench_parties p USING (place)
), staged AS (
  SELECT *, CASE WHEN {_IS_CLOSED} THEN least(age, 3 + {drawn("n", 4, 120)}) END AS lasted,
         CASE WHEN state = 'WON' THEN 4 + {drawn("n", 5, 3)}
              ELSE 1 + least({drawn("n", 5, 7)}, {drawn("n", 6, 6)}) END AS stage
    FROM dated
)
SELECT *, (current_date - age) AS made_on, current_date - age + lasted AS closed_on,
       CASE WHEN {_IS_CLOSED} THEN current_date - age + lasted + {drawn("n", 7, 21)} - 10
            ELSE current_date + {drawn("n", 7, 180)} - 25 END AS expected_close,
       {drawn("n", 8, 4)} AS line_count,
       greatest({drawn("n", 9, 5)} - 2, 0) AS met, 1 + {drawn("n", 10, "%(rivals)s")} AS rival,
       {drawn("n", 11, 4)} AS people, {drawn("n", 12, "%(contacts)s")} AS contact
  FROM staged
"""
_LINES = f"""
CREATE TEMP TABLE bench_lines ON COMMIT DROP AS
WITH taken AS (
  SELECT d.id, d.party, d.made_on, k, 1 + {drawn("d.n * 4 + k", 13, "%(goods)s")} AS item,
         1 + {drawn("d.n * 4 + k", 14, 5)} AS quantity, 12 * (1 + {drawn("d.n * 4 + k", 15, 2)}) AS term
    FROM bench_deals d, generate_series(1, d.line_count) k
)
SELECT *, (%(products)s::bigint[])[item] AS product, (%(prices)s::bigint[])[item] AS price,
       (%(periods)s::int[])[item] > 0 AS is_recurring,
       quantity * (%(prices)s::bigint[])[item]
       * CASE WHEN (%(periods)s::int[])[item] > 0 THEN term ELSE 1 END AS total
  FROM taken
"""
_MADE = """
INSERT INTO opportunities_opportunity ({columns})
SELECT {values} FROM bench_deals d
  LEFT JOIN (SELECT id AS deal, sum(total) AS total, sum(total) FILTER (WHERE NOT is_recurring) AS once,
                    sum(quantity * price) FILTER (WHERE is_recurring) AS monthly
               FROM bench_lines GROUP BY id) l ON l.deal = d.id
"""
_VALUES = {
    "id": "d.id",
    "code": "'B-' || n",
    "code_unit_id": "code_unit_id",
    "owner_id": "owner_id",
    "unit_id": "unit_id",
    "name": f"(ARRAY['Internet', 'Tổng đài', 'Camera', 'Kênh riêng'])[1 + {drawn('n', 16, 4)}] || ' cho '"
    f" || (ARRAY['kho lạnh', 'văn phòng', 'xưởng may', 'cửa hàng'])[1 + {drawn('n', 17, 4)}] || ' ' || n",
    "party_id": "party",
    "pipeline_id": "%(pipeline)s::bigint",
    "stage_id": "(%(stages)s::bigint[])[1]",
    "stage_since": "made_on",
    "state": "'OPEN'",
    "state_since": "made_on",
    "type": picked("n", 18, _TYPES),
    "source": picked("n", 19, _SOURCES),
    "campaign_id": f"CASE WHEN {drawn('n', 20, 4)} = 0 THEN"
    f" (%(campaigns)s::bigint[])[1 + {drawn('n', 21, '%(campaign_count)s')}] END",
    "probability": "(%(percents)s::int[])[1]",
    "forecast": picked("n", 22, {"PIPELINE": 60, "BEST_CASE": 25, "COMMIT": 15}),
    "amount": f"coalesce(l.total, 1000000 * (1 + {drawn('n', 23, 60)}))",
    "one_off": "coalesce(l.once, 0)",
    "monthly": "coalesce(l.monthly, 0)",
    "line_count": "line_count",
    "expected_close": "expected_close",
    "competitor_ids": "ARRAY(SELECT (%(competitors)s::bigint[])[1 + (d.rival + k) %% %(rivals)s]"
    " FROM generate_series(1, d.met) k ORDER BY 1)",
    "next_step": "'Gọi lại chốt lịch khảo sát'",
    "created_at": "made_on",
    "updated_at": "made_on",
    "source_channel": "'cli'",
}
_MET = f"""
INSERT INTO opportunities_encounter (opportunity_id, party_id, competitor_id, product, price, strengths,
                                     weaknesses, counter, threat, is_incumbent, is_winner, info_source,
                                     captured_on)
SELECT id, party, (%(competitors)s::bigint[])[1 + (rival + k) %% %(rivals)s], '', NULL, '', '', '',
       1 + {drawn("n", 24, 5)}, false, state = 'LOST' AND k = 1, '', made_on
  FROM bench_deals, generate_series(1, met) k
"""
_PEOPLE = f"""
INSERT INTO opportunities_contact (opportunity_id, party_id, contact_id, role, is_primary, influence,
                                   attitude, strength, note)
SELECT d.id, d.party, c.id, {picked("d.n * 3 + k", 25, _ROLES)}, k = 1, 1 + {drawn("d.n + k", 26, 5)},
       {drawn("d.n + k", 27, 5)} - 2, 1 + {drawn("d.n + k", 28, 5)}, ''
  FROM bench_deals d, generate_series(1, d.people - 1) k JOIN bench_contacts c ON true
 WHERE c.place = (d.contact + k) %% %(contacts)s
"""
_KNOWN = """
UPDATE opportunities_opportunity o SET role_count = c.count, has_decider = c.decides
  FROM (SELECT opportunity_id, count(DISTINCT role) AS count, bool_or(role = 'DECISION_MAKER') AS decides
          FROM opportunities_contact GROUP BY opportunity_id) c
 WHERE c.opportunity_id = o.id AND o.id IN (SELECT id FROM bench_deals)
"""
_PARTNERS = f"""
INSERT INTO opportunities_partner (opportunity_id, party_id, partner_id, role, share, responsibility,
                                   commitment)
SELECT d.id, d.party, p.id, 'INTEGRATOR', 20, 'Lắp đặt tại chỗ', 'NONE'
  FROM bench_deals d JOIN bench_parties p ON p.place = {drawn("d.n", 29, "%(parties)s")}
 WHERE {drawn("d.n", 30, 10)} = 0 AND p.id <> d.party
"""
_SOLD = """
INSERT INTO opportunities_line (opportunity_id, party_id, position, product_id, quantity, list_price,
                                unit_price, fee, period, term_months, prepaid_months, free_months,
                                one_off, monthly, total, site, feasibility, priced_on)
SELECT id, party, k, product, quantity, price, price, 0, CASE WHEN is_recurring THEN 1 END,
       CASE WHEN is_recurring THEN term ELSE 0 END, 0, 0, CASE WHEN is_recurring THEN 0 ELSE total END,
       CASE WHEN is_recurring THEN quantity * price ELSE 0 END, total, '', '', made_on
  FROM bench_lines
"""
#: A deal stood in each stage up to its last one for about the same time.
_STOOD = f"""
INSERT INTO opportunities_stay (opportunity_id, party_id, stage_id, entered_at, left_at, "left", rested,
                                is_first)
SELECT id, party, (%(stages)s::bigint[])[k], made_on + span * (k - 1) / stage,
       CASE WHEN k < stage THEN made_on + span * k / stage WHEN is_closed THEN closed_on END,
       CASE WHEN k < stage THEN 'ON' WHEN is_closed THEN state ELSE '' END, 0, k = 1
  FROM (SELECT *, coalesce(lasted, age) AS span, {_IS_CLOSED} AS is_closed FROM bench_deals) d,
       generate_series(1, stage) k
"""
#: The steps of a life after its beginning, with their verbs: deals move on, then they are put aside or end.
_STEPS: Mapping[str, str] = {
    "opportunities.advance": """
UPDATE opportunities_opportunity o SET stage_id = (%(stages)s::bigint[])[d.stage],
       probability = (%(percents)s::int[])[d.stage],
       stage_since = coalesce(d.closed_on, current_date) - least(d.age, 12),
       version = version + 1
  FROM bench_deals d WHERE d.id = o.id AND d.stage > 1
""",
    "opportunities.hold": """
UPDATE opportunities_opportunity o SET state = 'ON_HOLD', resume_on = current_date + 40, version = version + 1
  FROM bench_deals d WHERE d.id = o.id AND d.state = 'ON_HOLD'
""",
    "opportunities.win": f"""
UPDATE opportunities_opportunity o SET state = 'WON', closed_on = d.closed_on, state_since = d.closed_on,
       probability = 100, actual_amount = o.amount, win_reason = {picked("d.n", 31, _WINS)},
       version = version + 1
  FROM bench_deals d WHERE d.id = o.id AND d.state = 'WON'
""",
    "opportunities.lose": f"""
UPDATE opportunities_opportunity o SET state = 'LOST', closed_on = d.closed_on, state_since = d.closed_on,
       probability = 0,
       loss_reason = {picked("d.n", 32, _LOSSES)}, lost_to_id = CASE WHEN d.met > 0 THEN
       (%(competitors)s::bigint[])[1 + (d.rival + 1) %% %(rivals)s] END,
       price_gap = CASE WHEN d.met > 0 THEN 100000 * {drawn("d.n", 33, 90)} END, version = version + 1
  FROM bench_deals d WHERE d.id = o.id AND d.state = 'LOST'
""",
    "opportunities.cancel": """
UPDATE opportunities_opportunity o SET state = 'CANCELLED', closed_on = d.closed_on,
       state_since = d.closed_on, probability = 0, cancel_reason = 'MISTAKE', version = version + 1
  FROM bench_deals d WHERE d.id = o.id AND d.state = 'CANCELLED'
""",
}
_SHARED = """
INSERT INTO commissions_plan (opportunity_id, party_id, basis, rate, none_due)
SELECT id, party, 'NET', 5, '' FROM bench_deals WHERE state = 'WON'
"""
_EARNED = """
INSERT INTO commissions_commission ({columns})
SELECT {values} FROM bench_deals d JOIN opportunities_opportunity o ON o.id = d.id WHERE d.state = 'WON'
"""
_EARNED_VALUES = {
    "id": "nextval('commissions_commission_id_seq')",
    "code": "'B-' || d.n",
    "code_unit_id": "d.code_unit_id",
    "owner_id": "d.owner_id",
    "unit_id": "d.unit_id",
    "opportunity_id": "d.id",
    "party_id": "d.party",
    "kind": "'EMPLOYEE'",
    "employee_id": "d.owner_id",
    "beneficiary": "(SELECT full_name FROM org_user u WHERE u.id = d.owner_id)",
    "taxed_as": "'PAYROLL'",
    "split": "100",
    "condition": "'ACTIVATION'",
    "state": "'PLANNED'",
    "state_since": "d.closed_on",
    "base": "o.amount",
    "amount": "round(o.amount * 0.05)",
    "created_at": "d.closed_on",
    "updated_at": "d.closed_on",
    "source_channel": "'cli'",
}


def fill_deals(rows: int, *, say: Say) -> int:
    """Add deals until there are `rows`, with what belongs to them; gives how many were added."""
    model: Any = entity_named("opportunities").model
    there: int = model._default_manager.count()
    if there >= rows:
        return 0
    given = _goods() | {"of_one": OF_ONE}
    given["parties"] = number_parties("bench_parties", PartyRole.CUSTOMER)
    given["contacts"] = number_parties("bench_contacts", PartyRole.CONTACT)
    columns, values = inserted(model, _VALUES)
    made = _MADE.format(columns=columns, values=values)
    columns, values = inserted(entity_named("commissions").model, _EARNED_VALUES)
    earned = _EARNED.format(columns=columns, values=values)
    begun = (_DRAW, _LINES, made, _SOLD, _MET, _PEOPLE, _KNOWN, _PARTNERS, _STOOD)
    for first in range(there, rows, CHUNK):
        last = min(first + CHUNK, rows) - 1
        told = {**given, "first": first, "last": last}
        with transaction.atomic():
            _write("bench.fill", begun, told)
            for verb, step in _STEPS.items():
                _write(verb, [step], told)
            _write("bench.fill", [_SHARED, earned], told)
        say(f"{last + 1:,} of {rows:,} deals")
    return rows - there


def _write(verb: str, statements: Iterable[str], told: Mapping[str, Any]) -> None:
    trail.begin(bench_actor(), verb)
    with connection.cursor() as cursor:
        for each in statements:
            cursor.execute(each, told)


def _goods() -> dict[str, Any]:
    """Give what deals are made of; what there is none of yet is made."""
    actor = bench_actor()
    if not entity_named("products").model._default_manager.exists():
        head = Unit.objects.filter(parent=None).values_list("pk", flat=True)[0]
        planned = list(campaigns(today()))
        _create(actor, "products", product_rows(today()))
        _create(actor, "competitors", COMPETITORS)
        _create(actor, "campaigns", [{**each.values, "unit": head} for each in planned], planned)
    stages = stages_of(default_pipeline() or 0)
    ids = dict(entity_named("products").model._default_manager.values_list("code", "pk"))
    sold = [each for each in PRODUCTS if each.price is not None]
    rivals, held = _ids("competitors"), _ids("campaigns")
    return {
        "pipeline": default_pipeline(),
        "stages": [each.id for each in stages],
        "percents": [each.probability for each in stages],
        "products": [ids[each.code] for each in sold],
        "prices": [each.price for each in sold],
        "periods": [1 if each.billing else 0 for each in sold],
        "goods": len(sold),
        "competitors": rivals,
        "rivals": len(rivals),
        "campaigns": held,
        "campaign_count": len(held),
    }


def _ids(entity: str) -> list[int]:
    return list(entity_named(entity).model._default_manager.order_by("pk").values_list("pk", flat=True))


def _create(
    actor: Actor,
    entity: str,
    rows: Sequence[Mapping[str, Any]],
    planned: Sequence[PlannedCampaign] = (),
) -> None:
    lives = [each.life for each in planned]
    made, _operation = standard.create_many(entity_named(entity), actor=actor, rows=rows, lives=lives)
    refused = [each.problems for each in made if each.problems]
    if refused:
        raise ValueError(f"{entity}: {refused[0]}")

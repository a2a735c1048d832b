"""Decisions without a database: what covers an amount, and that nobody ever decides about her own request."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from duyen.entities.approvals.rules import LEADS_TO, State, covers, may_decide, roles_for, standing

_roles = st.sampled_from(["A", "B", "C", "D"])
_amounts = st.none() | st.decimals(min_value=0, max_value=10**12, places=2)
_limits = st.dictionaries(_roles, _amounts)
_people = st.integers(1, 6)


@given(
    user=_people | st.none(),
    asker=_people,
    excluded=st.sets(_people),
    is_covered=st.booleans(),
)
def test_lets_nobody_decide_about_her_own_request(
    user: int | None, asker: int, excluded: set[int], is_covered: bool
) -> None:
    may = may_decide(user, asker_id=asker, excluded=excluded, is_covered=is_covered)

    assert may == (user is not None and user != asker and user not in excluded and is_covered)


@given(held=st.sets(_roles), limits=_limits, amount=_amounts)
def test_decides_with_the_largest_limit_of_ones_roles(
    held: set[str], limits: dict[str, Decimal | None], amount: Decimal | None
) -> None:
    bounds = [limits[role] for role in held if role in limits]

    found = covers(held, limits, amount)

    if None in bounds:
        assert found
    elif amount is None or not bounds:
        assert not found
    else:
        assert found == (amount <= max(each for each in bounds if each is not None))


@given(limits=_limits, amount=_amounts, more=_amounts)
def test_gives_a_larger_amount_to_no_more_roles(
    limits: dict[str, Decimal | None], amount: Decimal | None, more: Decimal | None
) -> None:
    if amount is None or (more is not None and more < amount):
        amount, more = more, amount

    assert set(roles_for(limits, more)) <= set(roles_for(limits, amount)) or amount is None


@given(limits=_limits, amount=_amounts)
def test_lists_the_roles_with_the_least_power_first(
    limits: dict[str, Decimal | None], amount: Decimal | None
) -> None:
    found = roles_for(limits, amount)

    powers = [Decimal("Infinity") if (most := limits[role]) is None else most for role in found]
    assert powers == sorted(powers)
    assert all(covers([role], limits, amount) for role in found)


def test_leads_from_waiting_alone() -> None:
    assert State.WAITING not in LEADS_TO.values()


def test_waits_until_its_time_is_over_and_stays_what_was_decided() -> None:
    assert standing(State.WAITING, is_overdue=False) is State.WAITING
    assert standing(State.WAITING, is_overdue=True) is State.EXPIRED
    assert all(
        standing(state, is_overdue=late) is state for state in LEADS_TO.values() for late in (True, False)
    )

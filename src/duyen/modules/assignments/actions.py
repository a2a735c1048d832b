"""Assign the leads that wait, by the rules that are switched on."""

from __future__ import annotations

import logging

from django.db import connection, transaction

from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.kernel.clock import now
from duyen.kernel.errors import DomainError
from duyen.modules.assignments import queries
from duyen.modules.assignments.models import Assigned
from duyen.modules.assignments.rules import assign

#: So many leads are looked at in one run; the next run goes on.
MOST = 500
log = logging.getLogger("duyen.assignments")


def assign_waiting() -> int:
    """Assign the leads in the pool, the oldest first; gives how many.

    One that is refused stops no other. One run at a time: a second one gives 0 at once, and one that breaks
    off leaves everything to the next.
    """
    with transaction.atomic():
        rows = queries.rules_on()
        if not rows or not _alone():
            return 0
        people = queries.able({person for each in rows for person in each.user_ids})
        moment = now()
        standing = queries.standing_now(rows, moment)
        units = {each.pk: each.unit_id for each in rows}
        planned = list(assign(queries.as_rules(rows, people), queries.waiting(MOST), standing))
        return sum(
            _give(each.lead, each.rule, each.person, units[each.rule])
            for each in planned
            if each.rule is not None and each.person is not None
        )


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('assignments'))")
        return bool(cursor.fetchone()[0])


def _give(lead_id: int, rule_id: int, user_id: int, unit_id: int | None) -> bool:
    """Carry out one assignment; a lead that somebody took meanwhile stays theirs."""
    arguments = {"owner": user_id, "unit": unit_id}
    try:
        with transaction.atomic():
            perform(entity_named("leads"), "assign", lead_id, actor=queries.assigner(), arguments=arguments)
            Assigned.objects.create(rule_id=rule_id, lead_id=lead_id, user_id=user_id, at=now())
    except DomainError as refusal:
        log.info("Lead %s was not assigned by rule %s: %s", lead_id, rule_id, refusal)
        return False
    return True

"""Leads whose owner let twice the time of the first contact pass go back to the pool by themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

from django.utils.translation import gettext

from duyen.entities.errors import NotFound
from duyen.entities.performing import NotNow, perform
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor, system_actor
from duyen.foundation.access.words import Door
from duyen.foundation.notices.telling import notify
from duyen.kernel.clock import now
from duyen.modules.leads import queries
from duyen.modules.leads.actions.intake import NAME
from duyen.modules.leads.actions.life import ASSIGN
from duyen.modules.leads.notices import LEFT_LYING
from duyen.modules.leads.queries import Held

#: A digest leads to so many leads by their codes; of more it leads to all of the unit that wait in the pool.
_MOST_LED_TO = 20
#: It names so many people; of more it says how many there are besides.
_MOST_NAMED = 5


def reclaim_late() -> int:
    """Take back what is late, and count it; one with which somebody was in touch stays with its owner.

    The heads are told of what was taken back even where a later one breaks off.
    """
    actor, leads = system_actor("Leads", door=Door.JOB), entity_named(NAME)
    note = {"note": gettext("Nobody spoke to them in twice the time of a first contact.")}
    late, taken = queries.to_reclaim(now()), []
    touched = queries.touched([each.id for each in late])
    try:
        for each in late:
            if each.id in touched:
                continue
            try:
                perform(leads, "reclaim", each.id, actor=actor, arguments=note)
            except (NotNow, NotFound):
                continue
            taken.append(each)
    finally:
        _tell_heads(taken, actor)
    return len(taken)


def _tell_heads(taken: Iterable[Held], actor: Actor) -> None:
    """Tell who leads each unit in one notice what its people lost, and nobody what she lost herself."""
    for unit, held in groupby(sorted(taken, key=lambda each: each.unit), key=lambda each: each.unit):
        lost = list(held)
        for head in sorted(queries.heads_over(unit, ASSIGN)):
            others = [each for each in lost if each.owner != head]
            if others:
                _tell_head(head, unit, others, actor)


def _tell_head(head: int, unit: int, lost: Sequence[Held], actor: Actor) -> None:
    notify(
        [head],
        LEFT_LYING,
        entity=NAME,
        actor=actor,
        count=len(lost),
        unit=queries.unit_called(unit),
        whose=_whose(lost),
        listed=_listed(unit, lost),
    )


def _whose(lost: Sequence[Held]) -> str:
    """Name who lost leads, each with how many, where there are several."""
    counts = Counter(each.owner for each in lost if each.owner is not None)
    named = [
        f"{name} ({counts[person]})" if len(lost) > 1 else name
        for person, name in queries.named(counts).items()
    ]
    more = [f"+{len(named) - _MOST_NAMED}"] if len(named) > _MOST_NAMED else []
    return ", ".join([*named[:_MOST_NAMED], *more])


def _listed(unit: int, lost: Sequence[Held]) -> list[tuple[str, str]]:
    """Give the parameters of the list of what was taken back: rules may have given it to others since."""
    if len(lost) <= _MOST_LED_TO:
        return [("list", "all"), *(("code.in", each.code) for each in lost)]
    return [("list", "queue"), ("state.eq", "NEW"), ("unit.eq", str(unit))]

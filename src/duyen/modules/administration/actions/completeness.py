"""Change what makes a record complete."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.entities.completeness.declaring import MOST_WEIGHT, Completeness
from duyen.entities.completeness.recomputing import ask_again
from duyen.entities.completeness.rules import Weights
from duyen.entities.completeness.weights import keep_weights
from duyen.entities.errors import InvalidValues, NotAllowed
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE
from duyen.foundation.jobs.models import Job
from duyen.kernel.errors import FieldProblem


def may_weigh(actor: Actor) -> bool:
    """Tell whether the actor decides what makes records complete."""
    return actor.may("users", CHANGE)


def read_weights(
    scored: Completeness, given: Mapping[str, str]
) -> tuple[Weights, dict[str, str], list[FieldProblem]]:
    """Read weights as a form sends them, by `KIND:item`; gives them, what was typed, and what is wrong.

    An empty cell is 0.
    """
    weights: dict[str, tuple[int, ...]] = {}
    typed: dict[str, str] = {}
    problems = []
    for kind in scored.kinds:
        row = []
        for item in scored.items:
            name = f"{kind.code}:{item.name}"
            text = typed[name] = given.get(name, "").strip()[:20]
            is_good = not text or (text.isdecimal() and len(text) < 4 and int(text) <= MOST_WEIGHT)
            row.append(int(text) if text and is_good else 0)
            if not is_good:
                sentence = _("%(item)s, %(kind)s: give a whole number from 0 to %(most)s.") % {
                    "item": scored.label_of(item),
                    "kind": kind.label,
                    "most": MOST_WEIGHT,
                }
                problems.append(FieldProblem(name, "weight", sentence))
        weights[kind.code] = tuple(row)
    return weights, typed, problems


def weigh(scored: Completeness, given: Mapping[str, str], *, actor: Actor) -> Job | None:
    """Keep other weights and have every score worked out again; nothing happens where none differs.

    Raises NotAllowed or InvalidValues.
    """
    if not may_weigh(actor):
        raise NotAllowed(why=_("what makes a record complete is for administrators to decide."))
    weights, _typed, problems = read_weights(scored, given)
    if problems:
        raise InvalidValues(problems)
    with transaction.atomic():
        if not keep_weights(scored, weights, actor=actor):
            return None
        return ask_again(scored, actor=actor)

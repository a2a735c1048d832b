"""What the page of the model in force says of the learned score beside it. Reads only."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from duyen.foundation.access.actor import Actor
from duyen.modules.scoring import panels, queries
from duyen.modules.scoring.facts import in_words
from duyen.modules.scoring.models import LearnedScore
from duyen.modules.scoring.rules import LEAST_HELD, LEAST_TRAINED
from duyen.modules.scoring.words import Verdict

Row = Mapping[str, Any]
#: So many facts are shown, those that count most.
_MOST = 12
_TONES = {Verdict.OFFERED: "green", Verdict.TOO_FEW: "amber", Verdict.NO_BETTER: "amber"}


def learned(actor: Actor, _row: Row) -> Mapping[str, Any]:
    """Tell what was learned last, how well that went beside the points, and whether it is offered."""
    if not panels.sees(actor, "likelihood"):
        return {"is_open": False}
    found = queries.last_learned()
    if found is None:
        return {"is_open": True, "at": None}
    verdict = Verdict(found.verdict)
    return {
        "is_open": True,
        "at": found.at,
        "verdict": _sentence(found, verdict),
        "tone": _TONES[verdict],
        "trained": (found.trained, found.trained_won),
        "held": (found.held, found.held_won),
        "held_from": found.held_from,
        "figures": _figures(found),
        "left_out": found.left_out,
        "tenths": [(count, 100 * foretold, 100 * came) for count, foretold, came in found.tenths],
        "weights": _weights(found),
    }


def _sentence(found: LearnedScore, verdict: Verdict) -> str:
    if verdict is Verdict.OFFERED:
        return _("It orders leads better than the points do, so each lead shows it beside its score.")
    if verdict is Verdict.NO_BETTER:
        return _("It orders leads no better than the points do, so it is not offered.")
    told = _(
        "Too few leads have ended: at least %(trained)s of each end are learned from and %(held)s of each"
        " held apart. It is not offered."
    )
    return told % {"trained": LEAST_TRAINED, "held": LEAST_HELD}


def _figures(found: LearnedScore) -> list[tuple[str, float | None, float | None, int]]:
    if found.auc is None:
        return []
    return [("AUC", found.auc, found.auc_points, 3), (_("Lift"), found.lift, found.lift_points, 2)]


def _weights(found: LearnedScore) -> list[tuple[str, float, float]]:
    best = sorted(found.weights.items(), key=lambda each: (-abs(each[1]), each[0]))[:_MOST]
    return [(in_words(fact), math.exp(weight), 100 * found.shares.get(fact, 0.0)) for fact, weight in best]

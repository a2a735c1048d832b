"""The writes of scoring: models put in force, scores worked out and frozen, proposals taken."""

from duyen.modules.scoring.actions.models import PUBLISH, draft, publish, why_bar, why_keep
from duyen.modules.scoring.actions.temperature import follow_score, proposed_for
from duyen.modules.scoring.actions.training import learn_anew, try_in_force

__all__ = [
    "PUBLISH",
    "draft",
    "follow_score",
    "learn_anew",
    "proposed_for",
    "publish",
    "try_in_force",
    "why_bar",
    "why_keep",
]

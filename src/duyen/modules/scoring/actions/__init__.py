"""The writes of scoring: models put in force, scores worked out and frozen."""

from duyen.modules.scoring.actions.models import PUBLISH, draft, publish, why_bar, why_keep

__all__ = ["PUBLISH", "draft", "publish", "why_bar", "why_keep"]

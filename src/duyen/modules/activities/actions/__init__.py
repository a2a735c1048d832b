"""Writes of the activities module: the front door for others."""

from duyen.modules.activities.actions.keeping import cancel, finish, log, plan

__all__ = ["cancel", "finish", "log", "plan"]

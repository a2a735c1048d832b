"""Writes of the activities module: the front door for others."""

from duyen.modules.activities.actions.keeping import cancel, finish, log, log_many, plan
from duyen.modules.activities.actions.notes import pin, unpin
from duyen.modules.activities.actions.parties import follow_party
from duyen.modules.activities.following_owners import follow_owners
from duyen.modules.activities.task_sets import starting

__all__ = [
    "cancel",
    "finish",
    "follow_owners",
    "follow_party",
    "log",
    "log_many",
    "pin",
    "plan",
    "starting",
    "unpin",
]

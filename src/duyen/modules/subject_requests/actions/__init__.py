"""The steps of a request."""

from duyen.modules.subject_requests.actions.carrying_out import copy_data, erase_data
from duyen.modules.subject_requests.actions.choosing import choose_from_bin
from duyen.modules.subject_requests.actions.life import LIFECYCLE
from duyen.modules.subject_requests.actions.lifting import lift
from duyen.modules.subject_requests.actions.reminding import remind

__all__ = ["LIFECYCLE", "choose_from_bin", "copy_data", "erase_data", "lift", "remind"]

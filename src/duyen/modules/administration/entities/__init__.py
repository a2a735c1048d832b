"""What administration declares: the organisation, its working time, and whom it tells of changes."""

from duyen.entities.calls import declare_calls
from duyen.modules.administration import calls, home
from duyen.modules.administration.entities import organisation, webhooks, working_time

__all__ = ["organisation", "webhooks", "working_time"]

home.contribute()
declare_calls(calls.READ_RIGHTS)

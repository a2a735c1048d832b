"""What administration declares: the organisation, its working time, and whom it tells of changes."""

from duyen.modules.administration import home
from duyen.modules.administration.entities import organisation, webhooks, working_time

__all__ = ["organisation", "webhooks", "working_time"]

home.contribute()

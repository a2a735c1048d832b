"""What administration declares: the organisation, and its working time."""

from duyen.modules.administration.entities import organisation, working_time

__all__ = ["organisation", "working_time"]

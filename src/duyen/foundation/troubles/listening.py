"""Keep what background tasks fail with: the worker tells it to its log alone."""

from __future__ import annotations

import logging
from typing import Any

from duyen.foundation.access.words import Door
from duyen.foundation.troubles.keeping import Where, keep_trouble, number_of
from duyen.kernel.errors import DomainError

_LOGGERS = ("procrastinate.worker", "procrastinate.periodic")


class TroubleHandler(logging.Handler):
    """Keeps the exception of a record that the worker logs as an error; a refusal is no fault."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is None or isinstance(error, DomainError) or number_of(error):
            return
        keep_trouble(error, Where(Door.JOB, _task_of(record)))


def listen() -> None:
    """Put the handler on the worker's loggers, once."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(each, TroubleHandler) for each in logger.handlers):
            logger.addHandler(TroubleHandler(level=logging.ERROR))


def _task_of(record: logging.LogRecord) -> str:
    """Name the task; its arguments are left out."""
    job: Any = getattr(record, "job", None)
    name = job.get("task_name", "") if isinstance(job, dict) else getattr(job, "task_name", "")
    return str(name)

"""Let a list that nobody can foresee take a few seconds and no more: then it says what would be quicker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _
from psycopg.errors import QueryCanceled

from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest
from duyen.entities.quickness import quick_fields
from duyen.foundation.access.actor import Actor

#: So long may a statement look for rows that no index leads to.
MOST_MILLISECONDS = 3_000


class TooSlow(BadRequest):
    """Too many rows would have to be looked at; the statement was stopped."""

    code = "too_slow"
    sentence = _(
        "Too many rows would have to be looked through for this. "
        "Add a condition that is found quickly: %(quick)s."
    )


@contextmanager
def patience(entity: Entity, actor: Actor, *, is_needed: bool) -> Iterator[None]:
    """Stop the statements inside when they take too long. Raises TooSlow.

    Needed only where conditions or orders are a reader's own; other lists always go by an index.
    """
    if not is_needed:
        yield
        return
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {MOST_MILLISECONDS}")
            yield
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooSlow(quick=", ".join(quick_fields(entity, actor))) from error
        raise

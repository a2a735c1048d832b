"""Tell whether Duyên can work: it answers, and so does its database."""

from __future__ import annotations

import logging

from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from psycopg_pool import PoolTimeout

log = logging.getLogger("duyen.api")


@login_not_required
def healthz(_request: HttpRequest) -> HttpResponse:
    """Answer “ok”, or 503 when the database does not answer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        log.error("The database cannot be reached: %s", error)
        return HttpResponse("database unreachable\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")

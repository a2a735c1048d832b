"""The worker's threads that send: one a webhook at a time, so that a slow one keeps no other waiting."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Lock, Thread

from django.db import Error, close_old_connections, connection
from django.db.models import Exists, OuterRef, Q

from duyen.foundation.webhooks.models import Delivery, DeliveryState, Webhook
from duyen.foundation.webhooks.rules import PING
from duyen.kernel.clock import now
from duyen.surfaces.api.hooks.delivering import serve

PAUSE_SECONDS = 0.5
LONG_PAUSE_SECONDS = 5.0
#: So many webhooks are served at the same time.
THREADS = 8
_STOP_SECONDS = 20.0
_log = logging.getLogger(__name__)


@contextmanager
def dispatched() -> Iterator[None]:
    """Send deliveries meanwhile, in threads of their own."""
    stop = Event()
    thread = Thread(target=_dispatch, args=(stop,), name="webhooks", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(_STOP_SECONDS)


def due() -> list[int]:
    """List the webhooks for which something waits that may leave now."""
    waiting = Delivery.objects.filter(
        webhook_id=OuterRef("pk"), state=DeliveryState.WAITING, next_at__lte=now()
    )
    hooks = Webhook.objects.filter(deleted_at=None).filter(
        Q(is_on=True) & Exists(waiting) | Exists(waiting.filter(event=PING))
    )
    free = Q(standing=None) | Q(standing__again_at=None) | Q(standing__again_at__lte=now())
    return list(hooks.filter(free).order_by("pk").values_list("pk", flat=True))


def _dispatch(stop: Event) -> None:
    busy: set[int] = set()
    guard = Lock()
    pause = PAUSE_SECONDS

    def work(webhook_id: int) -> None:
        try:
            serve(webhook_id)
        except Error:
            _log.warning("The deliveries of webhook %s cannot reach the database", webhook_id, exc_info=True)
        except Exception:  # noqa: BLE001 - the edge of a thread: it is logged, and the next turn tries again
            _log.exception("The deliveries of webhook %s broke off", webhook_id)
        finally:
            connection.close()
            with guard:
                busy.discard(webhook_id)

    with ThreadPoolExecutor(THREADS, thread_name_prefix="webhook") as pool:
        while not stop.wait(pause):
            pause = PAUSE_SECONDS
            try:
                found = due()
            except Error:
                _log.warning("The deliveries of webhooks cannot reach the database", exc_info=True)
                found, pause = [], LONG_PAUSE_SECONDS
            finally:
                close_old_connections()
            for webhook_id in found:
                with guard:
                    is_new = webhook_id not in busy
                    busy.add(webhook_id)
                if is_new:
                    pool.submit(work, webhook_id)
        pool.shutdown(wait=False, cancel_futures=True)
    connection.close()

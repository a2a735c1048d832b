"""Hear the database: one connection that listens, outside any pool, and one that asks who may still hear."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import defaultdict
from typing import Any

import psycopg

from duyen.foundation.database.connection import app_address
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.notices.channel import CHANNEL
from duyen.foundation.notices.tickets import as_payload
from duyen.foundation.org.handles import session_handle
from duyen.surfaces.live.hub import AGAIN, Hub

#: So often it asks whether those who listen are still signed in and have the same rights.
CHECK_SECONDS = 5.0
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.5, 15.0
_USERS = "SELECT id FROM org_user WHERE id = ANY(%s) AND is_active"
_SESSIONS = "SELECT user_id, session_key FROM org_usersession WHERE user_id = ANY(%s) AND expire_date > now()"
_EPOCH = "SELECT value FROM access_accessepoch WHERE id = 1"
_log = logging.getLogger("duyen.live")


async def listen_forever(hub: Hub) -> None:
    """Pass on what the database says; after it was away, let everybody ask the pages what was missed."""
    pause = _SHORTEST_PAUSE
    while True:
        try:
            async with await _connect() as link:
                await link.execute(f"LISTEN {CHANNEL}")
                hub.is_listening, pause = True, _SHORTEST_PAUSE
                hub.tell_all(AGAIN)
                async for heard in link.notifies():
                    pass_on(hub, heard.payload)
        except (psycopg.Error, OSError) as error:
            _log.warning("The database cannot be heard: %s", type(error).__name__)
        hub.is_listening = False
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


def pass_on(hub: Hub, payload: str) -> None:
    """Put one message of the database into the queues of those whom it is for; what is no message is left."""
    try:
        told: Any = json.loads(payload)
        users, records = as_payload(told)
    except (ValueError, TypeError, AttributeError):
        return
    hub.tell_users(users)
    hub.tell_records(records)


async def check_forever(hub: Hub) -> None:
    """Cut off whoever signed out, was locked, or may have other rights now."""
    link: psycopg.AsyncConnection[Any] | None = None
    while True:
        await asyncio.sleep(CHECK_SECONDS)
        if not len(hub):
            continue
        try:
            link = link if link is not None and not link.closed else await _connect()
            await check(hub, link)
        except (psycopg.Error, OSError) as error:
            _log.warning("Nobody can be checked: %s", type(error).__name__)
            link = None


async def check(hub: Hub, link: psycopg.AsyncConnection[Any]) -> None:
    """Ask once, for all who listen."""
    ids = hub.user_ids()
    users = {row[0] for row in await (await link.execute(_USERS, [ids])).fetchall()}
    sessions: dict[int, set[str]] = defaultdict(set)
    for user_id, key in await (await link.execute(_SESSIONS, [ids])).fetchall():
        sessions[user_id].add(session_handle(key))
    epoch = await (await link.execute(_EPOCH)).fetchone()
    hub.cut(users=users, sessions=sessions, epoch=int(epoch[0]) if epoch else 0)


async def _connect() -> psycopg.AsyncConnection[Any]:
    words = {"application_name": "duyen live", "connect_timeout": "5", "keepalives_idle": "30"}
    conninfo = app_address(DataFolder.locate()).conninfo(**words)
    return await psycopg.AsyncConnection.connect(conninfo, autocommit=True)

"""Who listens, and to what: every message goes into the queues of those whom it is for."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from duyen.foundation.notices.tickets import Ticket

#: A client that does not take its messages is cut off; it comes back and reads what it missed from the pages.
MOST_WAITING = 50
MOST_CLIENTS, MOST_OF_ONE = 4000, 20
Key = TypeVar("Key")
NOTICES, CHANGED, AGAIN, END = "notices", "changed", "again", "end"


class TooMany(Exception):
    """One more would be more than this process holds, or more than one person needs."""


@dataclass(eq=False)
class Client:
    """One browser that listens. `queue` holds pairs of event and data; END closes the connection."""

    ticket: Ticket
    queue: asyncio.Queue[tuple[str, str]] = field(
        default_factory=lambda: asyncio.Queue(maxsize=MOST_WAITING + 1)
    )

    #: What waits there already, so that it is told once.
    waiting: set[tuple[str, str]] = field(default_factory=set)

    def put(self, event: str, data: str = "") -> None:
        """Leave a message; what waits already waits once, one too many becomes the word to come again."""
        if (event, data) in self.waiting:
            return
        self.waiting.add((event, data))
        if self.queue.qsize() < MOST_WAITING:
            self.queue.put_nowait((event, data))
        elif not self.queue.full():
            self.queue.put_nowait((AGAIN, ""))

    async def take(self) -> tuple[str, str]:
        """Wait for the next message."""
        told = await self.queue.get()
        self.waiting.discard(told)
        return told


class Hub:
    """All that listen, found by person and by record."""

    def __init__(self) -> None:
        self.is_listening = False
        self._by_user: dict[int, set[Client]] = defaultdict(set)
        self._by_record: dict[tuple[str, int], set[Client]] = defaultdict(set)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Client]:
        return iter([each for clients in self._by_user.values() for each in clients])

    def join(self, ticket: Ticket) -> Client:
        """Let one more browser listen. Raises TooMany."""
        if self._count >= MOST_CLIENTS or len(self._by_user.get(ticket.user_id, ())) >= MOST_OF_ONE:
            raise TooMany
        client = Client(ticket)
        self._by_user[ticket.user_id].add(client)
        for record in ticket.records:
            self._by_record[record].add(client)
        self._count += 1
        return client

    def leave(self, client: Client) -> None:
        """Forget a browser; it may be gone already."""
        if client not in self._by_user.get(client.ticket.user_id, ()):
            return
        _take_out(self._by_user, client.ticket.user_id, client)
        for record in client.ticket.records:
            _take_out(self._by_record, record, client)
        self._count -= 1

    def tell_users(self, user_ids: Iterable[int]) -> None:
        """Say that people's notices changed."""
        for user_id in user_ids:
            for client in self._by_user.get(user_id, ()):
                client.put(NOTICES)

    def tell_records(self, records: Iterable[tuple[str, int]]) -> None:
        """Say that records changed, to those who look at them."""
        told: dict[Client, list[str]] = defaultdict(list)
        for family, record_id in records:
            for client in self._by_record.get((family, record_id), ()):
                told[client].append(f"{family}.{record_id}")
        for client, names in told.items():
            client.put(CHANGED, json.dumps(names))

    def tell_all(self, event: str) -> None:
        """Say the same to everybody."""
        for client in self:
            client.put(event)

    def cut(self, *, users: set[int], sessions: Mapping[int, set[str]], epoch: int) -> None:
        """End what no longer holds: people who are locked, sessions that are over.

        Whose rights may have changed asks the pages for a new ticket.
        """
        for client in self:
            ticket = client.ticket
            if ticket.user_id not in users or ticket.session not in sessions.get(ticket.user_id, set()):
                client.put(END)
            elif ticket.epoch != epoch:
                client.put(AGAIN)

    def user_ids(self) -> list[int]:
        """List who listens."""
        return sorted(self._by_user)


def _take_out(place: dict[Key, set[Client]], key: Key, client: Client) -> None:
    place[key].discard(client)
    if not place[key]:
        del place[key]

"""Who hears what, how much waits for a browser that does not read, and who is cut off."""

from __future__ import annotations

import json

import pytest

from duyen.foundation.notices.tickets import Ticket
from duyen.surfaces.live.hub import (
    AGAIN,
    CHANGED,
    END,
    MOST_OF_ONE,
    MOST_WAITING,
    NOTICES,
    Client,
    Hub,
    TooMany,
)
from duyen.surfaces.live.listening import pass_on


def _ticket(user_id: int = 1, *records: tuple[str, int], session: str = "s", epoch: int = 5) -> Ticket:
    return Ticket(user_id, session, "http://crm.test", epoch, records)


def _heard(client: Client) -> list[tuple[str, str]]:
    found = []
    while not client.queue.empty():
        found.append(client.queue.get_nowait())
    return found


def test_tells_each_what_is_for_her_alone() -> None:
    hub = Hub()
    one, other = hub.join(_ticket(1, ("parties", 7))), hub.join(_ticket(2, ("parties", 8)))

    pass_on(hub, json.dumps({"u": [1, 3]}))
    pass_on(hub, json.dumps({"f": "parties", "r": [7, 9]}))

    assert _heard(one) == [(NOTICES, ""), (CHANGED, '["parties.7"]')]
    assert _heard(other) == []


@pytest.mark.parametrize("payload", ["", "x", "[1]", "null", '{"u": 1}', '{"f": "a", "r": ["x"]}'])
def test_leaves_what_is_no_message(payload: str) -> None:
    hub = Hub()
    client = hub.join(_ticket())

    pass_on(hub, payload)

    assert _heard(client) == []


def test_keeps_no_more_than_a_few_messages_for_a_browser_that_does_not_read() -> None:
    hub = Hub()
    records = [("parties", number) for number in range(500)]
    client = hub.join(_ticket(1, *records))

    for record in records:
        hub.tell_records([record])
    hub.tell_users([1])

    heard = _heard(client)
    assert len(heard) == MOST_WAITING + 1
    assert heard[-1] == (AGAIN, "")


def test_tells_what_waits_already_once() -> None:
    hub = Hub()
    client = hub.join(_ticket())

    for _time in range(100):
        hub.tell_users([1])

    assert _heard(client) == [(NOTICES, "")]


def test_forgets_who_left() -> None:
    hub = Hub()
    client = hub.join(_ticket(1, ("parties", 7)))

    hub.leave(client)
    hub.leave(client)
    hub.tell_users([1])
    hub.tell_records([("parties", 7)])

    assert (len(hub), hub.user_ids(), _heard(client)) == (0, [], [])


def test_lets_one_person_listen_so_many_times() -> None:
    hub = Hub()
    for _time in range(MOST_OF_ONE):
        hub.join(_ticket())

    with pytest.raises(TooMany):
        hub.join(_ticket())
    assert len(hub) == MOST_OF_ONE
    hub.join(_ticket(2))


def test_cuts_off_whoever_may_no_longer_listen() -> None:
    hub = Hub()
    stays, locked = hub.join(_ticket(1)), hub.join(_ticket(2))
    signed_out, changed = hub.join(_ticket(3, session="old")), hub.join(_ticket(4, epoch=4))

    hub.cut(users={1, 3, 4}, sessions={1: {"s"}, 3: {"new"}, 4: {"s"}}, epoch=5)

    assert [_heard(each) for each in (stays, locked, signed_out, changed)] == [
        [],
        [(END, "")],
        [(END, "")],
        [(AGAIN, "")],
    ]

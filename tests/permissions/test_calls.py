"""Every call that a module declares: open to those whom the table names, refused to the others."""

from __future__ import annotations

import pytest

from duyen.entities.calls import Call, declared_calls
from tests.permissions.asking import Door, People, unchanged, undone
from tests.permissions.table import FILE, table
from tests.permissions.test_table import in_the_table

#: No call finds a record under it: what is asked is who gets past the door.
_NOT_THERE = "987654321"


@pytest.mark.parametrize("call", declared_calls(), ids=lambda each: each.name)
def test_opens_to_those_whom_the_table_names(call: Call, people: People) -> None:
    named = table().calls[f"{call.method} {in_the_table(call.path)}"].split()
    assert set(named) <= set(table().people), f"{FILE.name}, [calls]: name those of the cast for {call.path}"
    door = Door(call.name, call.method, call.path.replace("{id}", _NOT_THERE), is_api=True)

    for who in (*table().people, "nobody", "locked"):
        if who in named:
            with undone():
                answer = people.ask(who, door)
            assert answer.status_code not in (401, 403), f"{who}, {call.name}"
            continue
        with unchanged(f"{who}, {call.name}"):
            answer = people.ask(who, door)
        assert answer.status_code == (403 if who in table().people else 401), f"{who}, {call.name}"

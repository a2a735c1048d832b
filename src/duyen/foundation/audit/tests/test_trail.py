"""The trail: nothing is written without a name, and what is written stays."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from duyen.entities import standard
from duyen.entities.history import history
from duyen.entities.registry import entity_named
from duyen.foundation.audit import trail
from duyen.foundation.audit.models import OPENED, History
from duyen.foundation.audit.operations import TraceTable
from duyen.foundation.org.models import Unit
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def test_refuses_a_write_without_actor_verb_and_door(cast: Cast) -> None:
    before = Unit.objects.get(code="HP1").name

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL duyen.context = ''")

    with pytest.raises(DatabaseError, match="without actor"), transaction.atomic():
        Unit.objects.filter(code="HP1").update(name="Khác")

    assert Unit.objects.get(code="HP1").name == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history SET note = 'x'",
        "DELETE FROM history",
        "TRUNCATE history",
        "INSERT INTO history (operation, entity, record_id, root_entity, root_id, kind, verb, actor_name,"
        " door) VALUES (1, 'x', 1, 'x', 1, 'I', 'x', 'x', 'web')",
        "ALTER TABLE history DISABLE TRIGGER ALL",
        "ALTER TABLE parties_party DISABLE TRIGGER ALL",
        "CREATE TEMPORARY TABLE forged (id bigint, name text);"
        "CREATE TRIGGER forge AFTER INSERT ON forged REFERENCING NEW TABLE AS new_rows"
        " FOR EACH STATEMENT EXECUTE FUNCTION duyen_trace('parties', 'parties', '', '', '', '')",
    ],
)
def test_gives_the_app_role_no_way_to_alter_it(cast: Cast, statement: str) -> None:
    count = History.objects.count()

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert History.objects.count() == count > 0


def test_gives_the_app_role_no_way_into_a_single_month(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'history'::regclass"
        )
        months = [row[0] for row in cursor.fetchall()]

    assert len(months) >= 4
    for month in months:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {month}")


def test_tells_who_what_from_to_and_through_which_door(cast: Cast) -> None:
    customers, seller = entity_named("customers"), cast.actor("seller")
    made = standard.create(customers, actor=seller, values={"name": "Ánh Dương", "kind": "ORGANISATION"})

    done = standard.change(customers, made.id, actor=seller, values={"name": "Ánh Dương Mới"}, version=1)

    entry = History.objects.get(operation=done.operation.id)
    assert (entry.entity, entry.record_id, entry.kind, entry.verb) == (
        "parties",
        made.id,
        "U",
        "customers.change",
    )
    assert entry.changes == {"name": ["Ánh Dương", "Ánh Dương Mới"]}
    assert (entry.actor_id, entry.actor_name, entry.door) == (seller.user_id, "Nguyễn Hồng Hạnh", "web")
    assert entry.record_version == 2


def test_tells_a_sensitive_value_only_as_changed(cast: Cast) -> None:
    customers, seller = entity_named("customers"), cast.actor("seller")
    values = {"name": "Phan Thu Trà", "kind": "INDIVIDUAL", "tax_code": "031190000012"}
    made = standard.create(customers, actor=seller, values=values)

    done = standard.change(customers, made.id, actor=seller, values={"tax_code": "031190000099"}, version=1)

    told = str(list(History.objects.values_list("changes", flat=True)))
    assert "031190000012" not in told
    assert "031190000099" not in told
    entry = History.objects.get(operation=done.operation.id)
    assert set(entry.changes or ()) == {"personal_id", "personal_id_mac"}
    row = Party.objects.get(pk=made.id)
    assert "0311900000" not in row.search
    assert b"031190000099" not in bytes(row.personal_id or b"")


def test_notes_who_opened_what_on_the_page_of_the_record(cast: Cast) -> None:
    users, admin, seller = entity_named("users"), cast.actor("admin"), cast.users["seller"]

    noted = trail.note_opened(
        admin, "users.view_as", entity="users", record_id=seller.pk, note="hỗ trợ", told={"minutes": 5}
    )

    entry = History.objects.get(operation=noted.id)
    assert (entry.kind, entry.verb, entry.actor_id, entry.door) == (
        OPENED,
        "users.view_as",
        admin.user_id,
        "web",
    )
    assert (entry.changes, entry.note) == ({"minutes": 5}, "hỗ trợ")
    step = history(users, seller.pk, actor=admin).steps[0]
    assert (step.operation, step.who, step.note, step.changes) == (noted.id, "Bùi Anh Tú", "hỗ trợ", ())


def test_noting_what_was_opened_leaves_an_open_trail_as_it_is(cast: Cast) -> None:
    admin = cast.actor("admin")

    with transaction.atomic():
        opened = trail.begin(admin, "units.rename")
        trail.note_opened(admin, "trail.search", entity="trail")
        Unit.objects.filter(code="HP1").update(name="Khác")

    assert History.objects.get(operation=opened.id).verb == "units.rename"


def test_refuses_to_note_an_opening_without_a_name(cast: Cast) -> None:
    count = History.objects.count()

    with (
        pytest.raises(DatabaseError, match="without actor"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT duyen_note_opened('{}', 'users', 1, NULL, NULL)")

    assert History.objects.count() == count


@pytest.mark.usefixtures("cast")
def test_traces_a_table_whatever_its_columns_are_called(test_database: Any) -> None:
    names = ("context", "root_column", "left_out", "secret", "party_column", "hidden")
    columns = ", ".join(f"{each} text" for each in names)
    traced = TraceTable("qz_words", entity="qz_words", secret=("secret",))
    context = {"op": 1, "verb": "qz_words.change", "door": "job", "name": "tests"}

    with test_database.superuser() as link, link.transaction(force_rollback=True):
        link.execute(f"CREATE TABLE qz_words (id bigint PRIMARY KEY, version int, {columns})")
        for statement in traced.sql:
            link.execute(statement)
        link.execute("SELECT set_config('duyen.context', %s, true)", [json.dumps(context)])
        link.execute("INSERT INTO qz_words (id, version, hidden, secret) VALUES (1, 1, 'a', 'x')")
        link.execute(
            "UPDATE qz_words SET hidden = 'b', context = 'c', secret = 'y', version = 2 WHERE id = 1"
        )
        link.execute("DELETE FROM qz_words WHERE id = 1")
        told = link.execute("SELECT kind, changes FROM history WHERE entity = 'qz_words' ORDER BY id")
        entries = told.fetchall()

    assert [kind for kind, _changes in entries] == ["I", "U", "D"]
    assert entries[1][1] == {"hidden": ["a", "b"], "context": [None, "c"], "secret": ["•", "•"]}

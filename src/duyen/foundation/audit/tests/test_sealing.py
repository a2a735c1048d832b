"""Seals: what was sealed stands as it was, or the first range that does not is named."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import psycopg
import pytest
from conftest import SessionDatabase
from django.db import DatabaseError, connection, transaction

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.foundation.audit import sealing, trail
from duyen.foundation.audit.models import History, Verification
from duyen.foundation.audit.tasks import seal as seal_task
from duyen.foundation.audit.tasks import verify as verify_task
from duyen.foundation.database.backup import DUMP, make_backup
from duyen.foundation.database.clients import load_dump
from duyen.foundation.database.connection import app_address, owner_address
from duyen.foundation.database.restore import unpack
from duyen.foundation.database.roles import connect, make_database
from duyen.surfaces.cli.builtin import add_builtin_commands
from duyen.surfaces.cli.commands import check
from duyen.surfaces.cli.registry import Context, Registry
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)

Link = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def sealed(cast: Cast) -> list[int]:
    """Ids of a trail of customers and changes, sealed in small ranges."""
    customers, seller = entity_named("customers"), cast.actor("seller")
    for name in ("Ánh Dương", "Bình Minh", "Cửu Long"):
        made = standard.create(customers, actor=seller, values={"name": name, "kind": "ORGANISATION"})
        standard.change(customers, made.id, actor=seller, values={"name": f"{name} Mới"}, version=1)
    sealing.seal(size=5)
    return list(History.objects.order_by("id").values_list("id", flat=True))


def _tamper(database: SessionDatabase, statement: str, *values: object) -> None:
    """Do what only whoever has the whole database in hand could do."""
    with database.superuser() as link:
        assert link.execute(statement.encode(), values).rowcount == 1


def _owner(database: SessionDatabase) -> Link:
    return connect(owner_address(database.folder))


def _with_values(ids: list[int]) -> int:
    return History.objects.filter(id__in=ids, kind="U").order_by("id").values_list("id", flat=True)[0]


def _range_of(entry: int) -> sealing.Seal:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM history_seal WHERE %s BETWEEN first_id AND last_id", [entry])
        found = sealing.seal_numbered(cursor.fetchone()[0])
    assert found is not None
    return found


def test_seals_everything_that_was_written_and_finds_it_in_order(sealed: list[int]) -> None:
    head = sealing.last_seal()

    done = sealing.verify()

    assert head is not None
    assert (done.fault, done.entries, done.through) == ("", len(sealed), head.number)
    assert head.last_id >= sealed[-1]
    assert sealing.oldest_unsealed() is None
    assert sealing.seal() == 0


def test_goes_on_where_it_stopped(cast: Cast, sealed: list[int]) -> None:
    before = sealing.last_seal()
    trail.note_opened(cast.actor("admin"), "users.view_as", entity="users", record_id=1)
    assert sealing.oldest_unsealed() is not None

    seal_task(timestamp=0)

    head = sealing.last_seal()
    assert before is not None
    assert head is not None
    assert (head.number, head.first_id, head.entries) == (before.number + 1, before.last_id + 1, 1)
    assert sealing.verify().fault == ""


def test_waits_for_a_transaction_that_has_an_id_and_commits_later(
    cast: Cast, sealed: list[int], test_database: SessionDatabase
) -> None:
    before = sealing.last_seal()
    assert before is not None
    context = {"op": 1, "verb": "units.change", "door": "web", "name": "Chậm"}
    with connect(app_address(test_database.folder)) as slow:
        slow.execute("BEGIN")
        slow.execute(f"SET LOCAL duyen.context = '{json.dumps(context)}'".encode())
        slow.execute("UPDATE org_unit SET name = 'Chậm' WHERE code = 'HP1'")
        trail.note_opened(cast.actor("admin"), "users.view_as", entity="users", record_id=1)
        assert sealing.seal() == 0
        assert sealing.seal() == 0
        slow.execute("COMMIT")

    assert sealing.seal() == 1
    late = History.objects.get(actor_name="Chậm")
    head = sealing.last_seal()
    assert head is not None
    assert head.first_id == before.last_id + 1 <= late.id < head.last_id
    assert (head.entries, sealing.verify().fault) == (2, "")


def test_a_transaction_that_never_commits_leaves_no_hole(cast: Cast, sealed: list[int]) -> None:
    with transaction.atomic():
        trail.note_opened(cast.actor("admin"), "users.view_as", entity="users", record_id=1)
        transaction.set_rollback(True)
    trail.note_opened(cast.actor("admin"), "users.view_as", entity="users", record_id=1)

    sealing.seal()

    head = sealing.last_seal()
    assert head is not None
    assert (head.entries, sealing.verify().fault) == (1, "")


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ('UPDATE history SET changes = \'{"name": ["Ánh Dương", "Khác"]}\' WHERE id = %s', "entry_altered"),
        ("UPDATE history SET note = 'x' WHERE id = %s", "entry_altered"),
        ("UPDATE history SET actor_name = 'Người khác' WHERE id = %s", "entry_altered"),
        ("UPDATE history SET at = at + interval '1 microsecond' WHERE id = %s", "entry_altered"),
        ("UPDATE history SET changes = NULL WHERE id = %s", "entry_altered"),
        ("UPDATE history SET salt = gen_random_uuid() WHERE id = %s", "entry_altered"),
        (
            "UPDATE history SET values_digest = duyen_values_digest(salt, changes, note), salt = NULL,"
            " changes = '{\"name\": [1, 2]}' WHERE id = %s",
            "entry_altered",
        ),
        (
            "UPDATE history SET values_digest = duyen_values_digest(salt, changes, note), salt = NULL,"
            " changes = NULL, note = '' WHERE id = %s",
            "blanked_without_erasure",
        ),
        ("DELETE FROM history WHERE id = %s", "entry_gone"),
    ],
)
def test_names_the_range_of_an_entry_that_was_tampered_with(
    sealed: list[int], test_database: SessionDatabase, statement: str, fault: str
) -> None:
    entry = _with_values(sealed)

    _tamper(test_database, statement, entry)

    done = sealing.verify()
    assert (done.fault, done.broken) == (fault, _range_of(entry))
    assert done.entries == sum(1 for each in sealed if each < (done.broken.first_id if done.broken else 0))


@pytest.mark.parametrize("place", ["last - 1", "0"])
def test_finds_an_entry_that_was_slipped_into_what_is_sealed(
    cast: Cast, test_database: SessionDatabase, place: str
) -> None:
    with transaction.atomic():
        trail.note_opened(cast.actor("admin"), "users.view_as", entity="users", record_id=1)
        transaction.set_rollback(True)
    trail.note_opened(cast.actor("admin"), "users.view_as", entity="users", record_id=1)
    sealing.seal()
    last = History.objects.order_by("-id").values_list("id", flat=True)[0]

    _tamper(
        test_database,
        "INSERT INTO history (id, at, operation, entity, record_id, root_entity, root_id, kind, verb,"
        " actor_name, door) OVERRIDING SYSTEM VALUE"
        " SELECT %s, at - interval '1 month', operation, entity, record_id, root_entity, root_id, kind, verb,"
        " actor_name, door FROM history WHERE id = %s",
        last - 1 if place == "last - 1" else 0,
        last,
    )

    done = sealing.verify()
    assert done.broken is not None
    assert (done.fault, done.broken.number) == ("entry_added", 1)
    assert done.counted == done.sealed + 1


def test_finds_entries_that_changed_places(sealed: list[int], test_database: SessionDatabase) -> None:
    one = _with_values(sealed)
    other = one + 1
    with test_database.superuser() as link, link.transaction():
        link.execute("ALTER TABLE history ALTER id SET GENERATED BY DEFAULT")
        for old, new in ((one, -1), (other, one), (-1, other)):
            link.execute("UPDATE history SET id = %s WHERE id = %s", [new, old])
        link.execute("ALTER TABLE history ALTER id SET GENERATED ALWAYS")

    done = sealing.verify()

    assert (done.fault, done.broken) == ("entry_altered", _range_of(one))


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE history_seal SET content = sha256('x') WHERE number = %s", "seal_altered"),
        ("UPDATE history_seal SET entries = entries + 1 WHERE number = %s", "seal_altered"),
        ("UPDATE history_seal SET digest = sha256('x') WHERE number = %s", "seal_altered"),
        ("UPDATE history_seal SET sealed_at = now() + interval '1 day' WHERE number = %s", "seal_altered"),
        ("DELETE FROM history_seal WHERE number = %s", "seal_gone"),
    ],
)
def test_finds_a_seal_that_was_changed_or_removed(
    sealed: list[int], test_database: SessionDatabase, statement: str, fault: str
) -> None:
    _tamper(test_database, statement, 2)

    done = sealing.verify()

    assert (done.fault, done.through) == (fault, 2)


def test_blanked_values_leave_the_chain_whole(
    cast: Cast, sealed: list[int], test_database: SessionDatabase
) -> None:
    erasure = trail.note_opened(cast.actor("admin"), "customers.erase", entity="parties", record_id=1)
    entries = list(History.objects.filter(kind="U", entity="parties").values_list("id", flat=True))
    head = sealing.last_seal()

    with _owner(test_database) as owner:
        blanked = owner.execute("SELECT duyen_blank_history(%s, %s)", [entries, erasure.id]).fetchone()

    assert blanked == (len(entries),)
    assert not History.objects.filter(id__in=entries).exclude(changes=None).exists()
    assert "Ánh Dương" not in str(list(History.objects.values_list("changes", "note")))
    sealing.seal()
    assert sealing.verify().fault == ""
    assert sealing.compare(sealing.read_known([head.head if head else ""])) is None


def test_blanks_before_the_seal_too(cast: Cast, test_database: SessionDatabase) -> None:
    made = trail.note_opened(
        cast.actor("admin"), "users.view_as", entity="users", record_id=1, note="Lý do", told={"a": 1}
    )
    entry = History.objects.get(operation=made.id)
    erasure = trail.note_opened(cast.actor("admin"), "users.erase", entity="users", record_id=1)

    with _owner(test_database) as owner:
        owner.execute("SELECT duyen_blank_history(%s, %s)", [[entry.id], erasure.id])

    sealing.seal()
    entry.refresh_from_db()
    assert (entry.changes, entry.note, sealing.verify().fault) == (None, "", "")


def test_blanks_nothing_without_the_entry_of_an_erasure(
    sealed: list[int], test_database: SessionDatabase
) -> None:
    with _owner(test_database) as owner, pytest.raises(psycopg.DatabaseError, match="no erasure"):
        owner.execute("SELECT duyen_blank_history(%s, 1)", [sealed])

    assert sealing.verify().fault == ""


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history_seal SET digest = ''",
        "DELETE FROM history_seal",
        "INSERT INTO history_seal SELECT * FROM history_seal",
        "UPDATE history_sealing SET safe_id = 1000000",
        "SELECT duyen_blank_history('{1}', 1)",
        "UPDATE history SET salt = NULL",
    ],
)
def test_gives_the_app_role_no_way_to_a_seal_or_a_salt(sealed: list[int], statement: str) -> None:
    before = sealing.last_seal()

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert sealing.last_seal() == before
    assert sealing.verify().fault == ""


def test_gives_the_same_digest_on_every_server(cast: Cast, test_database: SessionDatabase) -> None:
    _tamper(
        test_database,
        "INSERT INTO history (id, at, operation, entity, record_id, root_entity, root_id, party_id, kind,"
        " verb, record_version, actor_id, actor_name, on_behalf_of, door, changes, note, salt)"
        " OVERRIDING SYSTEM VALUE"
        " SELECT -7, date_trunc('month', now()) + interval '7.123456 seconds', 5, 'parties', 9, 'parties', 9,"
        " 9, 'U', 'customers.change', 2, 3, 'Đặng Văn Ấn ß İ', NULL, 'web', %s,"
        " 'ghi chú “Ỹ”', '11111111-2222-3333-4444-555555555555'",
        json.dumps({"tên": ["Đặng \u001f Ấn", '"x"\n'], "b": [1.50, 1e3], "aa": [None, True], "é": ["", {}]}),
    )

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT encode(sha256(convert_to(replace(duyen_history_line(h),"
            " encode(timestamptz_send(h.at), 'hex'), 'at'), 'UTF8')), 'hex'),"
            " encode(duyen_values_digest(salt, changes, note), 'hex')"
            " FROM history h WHERE id = -7"
        )
        found = cursor.fetchone()

    assert found == (
        "39ff1ea55f0a9af6612acfe5a926075d768a40e5ccc2fce2aba5364a94e30ee9",
        "6de1ed08cc40c3bea68df24940f7ba664d4d7dd12fd1ebdf2294656eb162536e",
    )


def test_notices_that_the_whole_chain_was_rewritten(
    sealed: list[int], test_database: SessionDatabase
) -> None:
    noted = sealing.last_seal()
    assert noted is not None
    with test_database.superuser() as link, link.transaction():
        link.execute("UPDATE history SET note = 'khác' WHERE id = %s", [sealed[0]])
        link.execute("DELETE FROM history_seal")
    sealing.seal(size=5)

    assert sealing.verify().fault == ""
    found = sealing.compare(sealing.read_known([noted.head]))
    assert found is not None
    assert (found.fault, found.through) == ("chain_rewritten", noted.number)


@pytest.mark.parametrize("given", ["", "1", "1:", "1:abc", "x:" + "a" * 64, "1:" + "g" * 64, "²:" + "a" * 64])
def test_refuses_what_is_no_seal(given: str) -> None:
    with pytest.raises(sealing.NoSeal):
        sealing.read_known([given])


def test_looks_each_night_and_goes_on_where_the_last_look_ended(sealed: list[int]) -> None:
    head = sealing.last_seal()
    assert head is not None

    first = sealing.look(most=1)
    verify_task(timestamp=0)

    assert first.through < head.number or first.entries == len(sealed)
    last = sealing.last_look()
    assert last is not None
    assert (last.through, last.is_whole, last.fault, last.digest) == (head.number, True, "", head.digest)


def test_the_next_look_notices_a_chain_that_was_rewritten_since(
    sealed: list[int], test_database: SessionDatabase
) -> None:
    sealing.look()
    with test_database.superuser() as link:
        link.execute("DELETE FROM history_seal")
    sealing.seal(size=6)

    verify_task(timestamp=0)

    last = Verification.objects.order_by("-id")[0]
    assert last.fault in ("seal_gone", "chain_rewritten")


def test_a_restored_backup_keeps_its_seals(
    sealed: list[int], test_database: SessionDatabase, tmp_path: Path
) -> None:
    head = sealing.last_seal()
    made = make_backup(test_database.folder, tmp_path / "đêm.duyen")
    unpack(made, tmp_path / "work")
    with test_database.superuser() as server:
        owner = owner_address(test_database.folder)
        beside = owner.__class__(**{**owner.__dict__, "database": "duyen_seals_beside"})
        make_database(server, beside.database, owner=owner.user)
        try:
            load_dump(beside, tmp_path / "work" / DUMP, server_major=server.info.server_version // 10000)
            with connect(beside) as link:
                verified = link.execute(
                    "SELECT verified, fault FROM duyen_verify_history(0, 1000)"
                ).fetchone()
                digest = link.execute(
                    "SELECT encode(digest, 'hex') FROM history_seal ORDER BY number DESC LIMIT 1"
                ).fetchone()
                link.execute("SELECT duyen_seal_history(10, 10)")
        finally:
            server.execute("DROP DATABASE duyen_seals_beside WITH (FORCE)")

    assert head is not None
    assert (verified, digest) == ((len(sealed), None), (head.digest,))


def _check(database: SessionDatabase, *words: str) -> int:
    known = Registry()
    add_builtin_commands(known)
    parser = argparse.ArgumentParser()
    known.commands["check"].configure(parser)
    return check.run(Context(database.folder, known), parser.parse_args(words))


def test_check_names_the_last_seal_and_takes_it_back(
    sealed: list[int], test_database: SessionDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    head = sealing.last_seal()
    assert head is not None

    _check(test_database)
    said = capsys.readouterr().out
    _check(test_database, "--seal", head.head)
    again = capsys.readouterr().out

    assert f"{len(sealed)} entries stand as they were sealed" in said
    assert f"duyen check --seal {head.head}" in said
    assert f"seal {head.number} is the one that was noted down" in again


def test_check_fails_and_names_the_broken_range(
    sealed: list[int],
    test_database: SessionDatabase,
    capsys: pytest.CaptureFixture[str],
) -> None:
    entry = _with_values(sealed)
    _tamper(test_database, "DELETE FROM history WHERE id = %s", entry)
    broken = _range_of(entry)

    code = _check(test_database)

    (line,) = [each for each in capsys.readouterr().out.splitlines() if "Trail: seal" in each]
    assert code == 1
    assert line.startswith(
        f"BAD     Trail: seal {broken.number}, entries {broken.first_id} to {broken.last_id}, "
    )
    assert f"{broken.entries} were sealed, {broken.entries - 1} are there" in line


def test_check_fails_when_a_noted_seal_is_not_there(
    sealed: list[int], test_database: SessionDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    code = _check(test_database, "--seal", f"999:{'a' * 64}")

    assert code == 1
    assert "seal 999: this seal is gone" in capsys.readouterr().out

"""Every part says how it is, and one that is ill hides no other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core import mail
from django.core.mail import send_mail
from django.db import connection
from django.utils import translation

from duyen.foundation.health import lines
from duyen.foundation.health.lines import Line, State, contributes_health, look_at_all, worst
from duyen.foundation.health.mail import MAIL, NotingBackend
from duyen.foundation.health.marks import mark_of, note_bad, note_good

pytestmark = pytest.mark.django_db


@pytest.fixture
def ill() -> Iterator[None]:
    @contributes_health("tests", label="Tests", order=1)
    def fall_over() -> Iterator[Line]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        yield Line("tests.never", "Never", State.GOOD, "never")

    yield
    del lines._looks["tests"]


def test_every_part_of_the_foundation_tells_something() -> None:
    found = {group.name: group for group in look_at_all()}

    assert {"database", "disk", "backup", "mail", "work", "trail", "versions"} <= set(found)
    names = [line.name for group in found.values() for line in group.lines]
    assert len(names) == len(set(names))
    assert not [name for name in names if name.endswith(".unreadable")]


def test_a_part_that_fails_says_so_and_stops_no_other(ill: None) -> None:
    found = {group.name: group for group in look_at_all()}

    assert found["tests"].state is State.BAD
    assert found["tests"].lines[0].name == "tests.unreadable"
    assert "database" in found


def test_what_is_bad_outweighs_what_is_good() -> None:
    assert worst([State.GOOD, State.BAD, State.WARNING, State.NOTE]) is State.BAD
    assert worst([State.GOOD, State.NOTE]) is State.GOOD
    assert worst([]) is State.GOOD


def test_keeps_the_last_success_beside_the_last_failure() -> None:
    note_good("tests.thing")
    note_bad("tests.thing", ConnectionRefusedError("lan@example.com"))

    mark = mark_of("tests.thing")
    assert mark is not None
    assert mark.good_at is not None
    assert mark.bad_at is not None
    assert mark.bad_kind == "ConnectionRefusedError"


def test_notes_a_mail_that_could_not_go(settings: object, transactional_db: None) -> None:
    backend = NotingBackend(host="127.0.0.1", port=1, timeout=1)
    message = mail.EmailMessage("Chào", "Lan", "a@example.com", ["lan@example.com"], connection=backend)

    with pytest.raises(ConnectionRefusedError):
        message.send()

    mark = mark_of(MAIL)
    assert mark is not None
    assert mark.bad_at is not None
    assert "lan" not in mark.bad_kind


def test_every_line_has_words_in_both_languages() -> None:
    for language in ("vi", "en"):
        with translation.override(language):
            for group in look_at_all():
                assert str(group.label)
                for line in group.lines:
                    assert str(line.label), line.name
                    assert str(line.told), line.name
                    assert line.state in (State.GOOD, State.NOTE) or str(line.advice), line.name


def test_sending_through_django_still_works() -> None:
    send_mail("Chào", "Lan", None, ["lan@example.com"])
    assert len(mail.outbox) == 1

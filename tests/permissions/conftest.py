"""The stage of the permission tests: planted once, and left by every test as it was found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.permissions.asking import People, forget_rights
from tests.permissions.planting import Stage, plant
from tests.permissions.table import table


@pytest.fixture(scope="package")
def planted(django_db_setup: None, django_db_blocker: Any) -> Iterator[People]:
    """Plant the table's records and let everybody sign in, in a transaction that ends with this folder."""
    with django_db_blocker.unblock(), transaction.atomic():
        people = People(plant())
        for who in (*table().people, "nobody", "locked"):
            people.know(who)
        yield people
        transaction.set_rollback(True)
    forget_rights()


@pytest.fixture
def people(planted: People, django_db_blocker: Any) -> Iterator[People]:
    """Give the people on their stage; whatever a test writes is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        forget_rights()
        planted.forget_messages()
        yield planted
        transaction.set_rollback(True)
    forget_rights()


@pytest.fixture
def stage(people: People) -> Stage:
    """Give what was planted."""
    return people.stage

"""The stage of the permission tests: planted once, and left by every test as it was found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.permissions.asking import People, forget_rights
from tests.permissions.planting import Stage, plant


@pytest.fixture(scope="package")
def planted(django_db_setup: None, django_db_blocker: Any) -> Iterator[Stage]:
    """Plant the table's records in one transaction, which ends with the last test of this folder."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield plant()
        transaction.set_rollback(True)
    forget_rights()


@pytest.fixture
def stage(planted: Stage, django_db_blocker: Any) -> Iterator[Stage]:
    """Give what was planted; whatever a test writes is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        forget_rights()
        yield planted
        transaction.set_rollback(True)
    forget_rights()


@pytest.fixture
def people(stage: Stage) -> People:
    return People(stage)

"""Fields of a company's own, made for a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction

from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit import trail
from duyen.foundation.fields import versions
from duyen.foundation.fields.models import CustomField
from duyen.kernel.clock import now

MakeField = Callable[..., CustomField]


@pytest.fixture
def make_field(db: None) -> Iterator[MakeField]:
    """Define fields on customers, and work under the version that knows them until the test ends."""

    def make(key: str, kind: str = "text", **given: Any) -> CustomField:
        moment = now()
        with transaction.atomic():
            trail.begin(system_actor("tests"), "custom_fields.create")
            made = CustomField.objects.create(
                entity=given.pop("entity", "customers"),
                key=key,
                kind=kind,
                label=given.pop("label", key.title()),
                created_at=moment,
                updated_at=moment,
                **given,
            )
            versions.bump_version()
        return made

    with versions.kept():
        yield make

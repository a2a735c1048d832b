"""A data protection officer, leads of the seller, and nights that lie months ahead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import system_actor
from duyen.foundation.jobs.running import work
from duyen.foundation.org.models import User
from duyen.foundation.settings.company import keep_setting
from duyen.kernel.clock import now, stopped, today
from duyen.modules.retention.actions import begin_night
from duyen.modules.retention.models import Night
from duyen.testing.cast import Cast
from duyen.testing.officer import let_in_officer

Make = Callable[..., int]
Pass = Callable[..., Night | None]
#: So long after the leads came a night is looked at: more than six months, less than seven.
LATER = dt.timedelta(days=200)


@pytest.fixture
def officer(cast: Cast) -> User:
    """The data protection officer of the company."""
    return let_in_officer(cast)


@pytest.fixture
def came(cast: Cast) -> Make:
    """Take in a lead, as the seller."""

    def capture(name: str = "Vũ Thị Hồng Nhung", **values: Any) -> int:
        given = {"name": name, "phones": ["0987 123 456"], "source": "WEB", **values}
        return standard.create(entity_named("leads"), actor=cast.actor("seller"), values=given).id

    return capture


def decide(**settings: Any) -> None:
    """Decide about retention, whoever may."""
    with transaction.atomic():
        for name, value in settings.items():
            keep_setting(f"retention.{name}", value, actor=system_actor("tests"))


@pytest.fixture
def night(officer: User) -> Pass:
    """Let a night pass, so long from now; what is to be told first was told."""

    def let_pass(later: dt.timedelta = LATER, *, is_first: bool = False) -> Night | None:
        with stopped(now() + later):
            if not is_first:
                told = {"began_at": now(), "finished_at": now(), "day": today(), "months": 6, "most": 1}
                Night.objects.create(is_notice=True, **told)
            job = begin_night()
            if job is not None:
                assert work(job.pk)
        return Night.objects.order_by("-pk").first()

    return let_pass

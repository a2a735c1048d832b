"""What the nightly job takes away, and what it leaves."""

from __future__ import annotations

import datetime as dt

import pytest

from duyen.foundation.org import doorstep
from duyen.foundation.org.models import DoorstepEvent, UserSession
from duyen.foundation.org.tasks import forget_what_is_old
from duyen.foundation.org.words import Doorstep
from duyen.kernel import clock

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)


def _session(key: str, ends: dt.datetime) -> None:
    UserSession.objects.create(session_key=key, session_data="", expire_date=ends, user_id=1)


def test_forgets_sessions_that_are_over_and_events_of_half_a_year_ago() -> None:
    for days in (181, 179):
        with clock.stopped(NOW - dt.timedelta(days=days)):
            doorstep.knock(Doorstep.SIGN_IN, email=f"{days}@example.com", caller=doorstep.Caller())
    _session("over", NOW - dt.timedelta(minutes=1))
    _session("open", NOW + dt.timedelta(minutes=1))

    with clock.stopped(NOW):
        forget_what_is_old(timestamp=0)

    assert list(DoorstepEvent.objects.values_list("email", flat=True)) == ["179@example.com"]
    assert list(UserSession.objects.values_list("session_key", flat=True)) == ["open"]


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("nonsense", ""),
        ("", ""),
    ],
)
def test_counts_one_home_together(address: str, kept: str) -> None:
    doorstep.knock(Doorstep.SIGN_IN, email="a@example.com", caller=doorstep.Caller(address))

    assert DoorstepEvent.objects.get().address == kept

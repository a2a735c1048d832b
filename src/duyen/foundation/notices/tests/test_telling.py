"""What people are told: once, by the ways they chose, never about themselves, together with what happened."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction

from duyen.foundation.jobs import running
from duyen.foundation.jobs.running import Run, ask, work
from duyen.foundation.notices.kinds import GROUPS, Channels, Mail
from duyen.foundation.notices.models import Notice
from duyen.foundation.notices.preferences import Preferences, keep_preferences, preferences_of
from duyen.foundation.notices.reading import (
    forget_old_notices,
    mark_read,
    mark_unread,
    notices_of,
    unread_by_group,
    unread_count,
)
from duyen.foundation.notices.telling import notify
from duyen.foundation.org.models import User
from duyen.foundation.org.passwords import make_link, use_link
from duyen.kernel.clock import now
from duyen.kernel.errors import DomainError
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _tell(
    cast: Cast, *who: str, record_id: int = 1, by: str = "manager", fold: str = "", count: int = 1
) -> int:
    ids = [cast.users[each].pk for each in who]
    return notify(
        ids, "assigned", entity="parties", record_id=record_id, actor=cast.actor(by), fold=fold, count=count
    )


def test_tells_each_once_and_never_of_her_own_doing(cast: Cast) -> None:
    assert _tell(cast, "seller", "seller", "teller", "manager") == 2

    assert sorted(Notice.objects.values_list("user_id", flat=True)) == sorted(
        [cast.users["seller"].pk, cast.users["teller"].pk]
    )
    assert unread_count(cast.users["manager"].pk) == 0


def test_tells_nobody_who_may_no_longer_sign_in(cast: Cast) -> None:
    User.objects.filter(pk=cast.users["seller"].pk).update(is_active=False)

    assert _tell(cast, "seller") == 0
    assert not Notice.objects.exists()


def test_makes_one_notice_of_many_alike(cast: Cast) -> None:
    user_id = cast.users["seller"].pk
    _tell(cast, "seller", record_id=1, fold="operation:5", count=2_000)
    _tell(cast, "seller", record_id=2, fold="operation:5", count=8_000)
    _tell(cast, "seller", record_id=2, fold="operation:6")

    latest, first = notices_of(user_id)

    assert (first.count, first.record_id) == (10_000, None)
    assert (latest.count, latest.record_id) == (1, 2)


def test_counts_anew_once_it_is_read(cast: Cast) -> None:
    user_id = cast.users["seller"].pk
    _tell(cast, "seller", fold="operation:5")
    _count, moment = mark_read(user_id)
    _tell(cast, "seller", fold="operation:5")

    assert [each.count for each in notices_of(user_id)] == [1, 1]
    assert unread_count(user_id) == 1
    assert mark_unread(user_id, read_at=moment) == 1
    assert unread_count(user_id) == 2


def test_keeps_to_the_ways_that_a_person_chose(cast: Cast) -> None:
    user_id = cast.users["seller"].pk
    keep_preferences(user_id, Preferences({"assigned": Channels(app=False, mail=Mail.NOW)}, digest_hour=7))
    _tell(cast, "seller", "teller")
    assert (preferences_of(user_id).digest_hour, unread_count(user_id)) == (7, 0)
    assert Notice.objects.get(user_id=user_id).mail == Mail.NOW
    assert Notice.objects.get(user_id=cast.users["teller"].pk).mail == GROUPS["assigned"].default.mail

    keep_preferences(user_id, Preferences({"assigned": Channels(app=False)}))
    assert _tell(cast, "seller", record_id=3) == 0


@pytest.mark.parametrize(
    ("quiet", "hour", "is_quiet"),
    [((22, 6), 23, True), ((22, 6), 6, False), ((12, 13), 12, True), ((0, 0), 3, False)],
)
def test_knows_the_quiet_hours(quiet: tuple[int, int], hour: int, is_quiet: bool) -> None:
    assert Preferences(quiet_from=quiet[0], quiet_until=quiet[1]).is_quiet(hour) is is_quiet


def test_falls_with_the_transaction_that_told_it(cast: Cast) -> None:
    def tell_and_fail() -> None:
        with transaction.atomic():
            assert _tell(cast, "seller") == 1
            raise DomainError

    with pytest.raises(DomainError):
        tell_and_fail()

    assert not Notice.objects.exists()


def test_marks_only_ones_own(cast: Cast) -> None:
    _tell(cast, "seller", "teller")
    foreign = Notice.objects.get(user_id=cast.users["teller"].pk).pk

    assert mark_read(cast.users["seller"].pk, [foreign])[0] == 0
    assert unread_count(cast.users["teller"].pk) == 1


def test_lists_page_by_page_and_by_group(cast: Cast) -> None:
    user_id = cast.users["seller"].pk
    for number in range(5):
        _tell(cast, "seller", record_id=number + 1)
    notify([user_id], "job_done", entity="jobs", record_id=9, label="Nhập khách hàng")

    first = notices_of(user_id, limit=4)
    rest = notices_of(user_id, before=(first[-1].created_at, first[-1].pk))

    assert len({each.pk for each in [*first, *rest]}) == 6
    assert [each.kind for each in notices_of(user_id, group="jobs")] == ["job_done"]
    assert unread_by_group(user_id) == dict.fromkeys(GROUPS, 0) | {"assigned": 5, "jobs": 1}


def test_forgets_what_is_old(cast: Cast) -> None:
    for days, is_read in ((400, False), (100, True), (100, False), (1, True)):
        at = now() - dt.timedelta(days=days)
        Notice.objects.create(
            user=cast.users["seller"], kind="assigned", created_at=at, read_at=at if is_read else None
        )

    assert forget_old_notices() == 2
    assert sorted((now() - each.created_at).days for each in Notice.objects.all()) == [1, 100]


@pytest.mark.parametrize(("fails", "kind"), [(False, "job_done"), (True, "job_failed")])
def test_tells_how_work_ended(cast: Cast, monkeypatch: pytest.MonkeyPatch, fails: bool, kind: str) -> None:
    def body(_run: Run) -> None:
        if fails:
            raise DomainError

    monkeypatch.setattr(running, "_kinds", {"test": body})
    job = ask("test", actor=cast.actor("seller"), label="Thử", arguments={})

    work(job.pk)
    work(job.pk)

    (told,) = notices_of(cast.users["seller"].pk)
    assert (told.kind, told.entity, told.record_id, told.args) == (kind, "jobs", job.pk, {"label": "Thử"})


def test_tells_whoever_invited_that_the_person_came(cast: Cast) -> None:
    token = make_link(cast.user("teller"), actor=cast.actor("admin"), is_invitation=True)

    use_link(token, password="mot cau that dai va rieng 2026")

    (told,) = notices_of(cast.users["admin"].pk)
    assert (told.kind, told.actor_name) == ("joined", cast.users["teller"].full_name)

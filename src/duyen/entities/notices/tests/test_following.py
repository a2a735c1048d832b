"""Who is told what, whatever the door, and what is left of it when rights change before it is read."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from duyen.entities.completeness.declaring import COLUMN
from duyen.entities.errors import NotFound
from duyen.entities.handing_over import give_owned
from duyen.entities.notices.showing import Told, tell
from duyen.entities.notices.watching import is_watched, unwatch, watch, watched
from duyen.entities.registry import entity_named
from duyen.entities.sharing import share, unshare
from duyen.entities.standard import Done, change, create, create_many, delete, hand_over
from duyen.foundation.access.models import FieldRight
from duyen.foundation.access.words import Door, FieldLevel
from duyen.foundation.audit import trail
from duyen.foundation.notices.models import Notice
from duyen.foundation.notices.preferences import Preferences, keep_preferences
from duyen.foundation.notices.reading import notices_of
from duyen.foundation.org.models import Role, User
from duyen.testing.cast import Cast
from duyen.testing.following import begin_here, catch_up

pytestmark = pytest.mark.django_db
CUSTOMERS = "customers"


@pytest.fixture
def made(cast: Cast) -> Done:
    """A customer of the seller, which nobody is told about."""
    given = {"name": "Công ty Hoa Sen", "kind": "ORGANISATION", "phones": ["0912345678"]}
    done = create(entity_named(CUSTOMERS), actor=cast.actor("seller"), values=given)
    begin_here()
    return done


def _told(cast: Cast, who: str) -> list[Told]:
    catch_up()
    return tell(cast.actor(who), notices_of(cast.users[who].pk))


def _lines(cast: Cast, who: str) -> list[str]:
    return [each.text for each in _told(cast, who)]


def _give(cast: Cast, done: Done, to: str, by: str = "manager") -> None:
    hand_over(entity_named(CUSTOMERS), [done.id], actor=cast.actor(by), owner=cast.users[to].pk)


def _rename(cast: Cast, done: Done, by: str, **values: object) -> None:
    entity = entity_named(CUSTOMERS)
    version = entity.model._default_manager.values_list("version", flat=True).get(pk=done.id)
    change(entity, done.id, actor=cast.actor(by), values=values or {"name": "Hoa Súng"}, version=version)


def test_tells_who_was_given_a_record(cast: Cast, made: Done) -> None:
    _give(cast, made, "teller")

    (told,) = _told(cast, "teller")
    assert told.text == "Phạm Đức Thắng giao cho bạn Công ty Hoa Sen"
    assert (told.entity, told.notice.record_id) == (entity_named(CUSTOMERS), made.id)
    assert _told(cast, "manager") == []


def test_tells_of_a_record_that_was_made_for_somebody(cast: Cast) -> None:
    begin_here()
    given = {"name": "Anh Bảo", "kind": "INDIVIDUAL", "owner": cast.users["teller"].pk}
    create(entity_named(CUSTOMERS), actor=cast.actor("manager"), values=given)

    assert _lines(cast, "teller") == ["Phạm Đức Thắng giao cho bạn Anh Bảo"]


def test_tells_nobody_of_what_she_took_herself(cast: Cast, made: Done) -> None:
    _give(cast, made, "manager")

    assert not Notice.objects.exists()


def test_makes_one_notice_of_a_hand_over_of_many(cast: Cast) -> None:
    rows = [{"name": f"Khách {number}", "kind": "INDIVIDUAL"} for number in range(30)]
    made, _operation = create_many(entity_named(CUSTOMERS), actor=cast.actor("seller"), rows=rows)
    begin_here()
    ids = [each.id for each in made if each.id]
    hand_over(entity_named(CUSTOMERS), ids, actor=cast.actor("manager"), owner=cast.users["teller"].pk)

    assert _lines(cast, "teller") == ["Phạm Đức Thắng giao cho bạn 30 bản ghi: khách hàng"]


def test_tells_of_all_that_a_person_who_leaves_gave(cast: Cast, made: Done) -> None:
    give_owned(cast.users["seller"].pk, cast.users["teller"].pk, actor=cast.actor("admin"))

    assert len(_lines(cast, "teller")) == 1


def test_tells_what_follows_once_although_it_is_read_twice(cast: Cast, made: Done) -> None:
    _give(cast, made, "teller")
    catch_up()
    catch_up()

    assert Notice.objects.count() == 1


def test_tells_with_whom_a_record_is_shared_and_nothing_once_it_is_not(cast: Cast, made: Done) -> None:
    entity, user_id = entity_named(CUSTOMERS), cast.users["outsider"].pk
    share(entity, made.id, actor=cast.actor("manager"), user=user_id)
    assert _lines(cast, "outsider") == ["Phạm Đức Thắng chia sẻ Công ty Hoa Sen với bạn"]

    unshare(entity, made.id, actor=cast.actor("manager"), user=user_id)

    (told,) = _told(cast, "outsider")
    assert "Hoa Sen" not in told.text
    assert (told.entity, told.record, told.fields) == (None, "", ())


def test_tells_watchers_who_changed_what(cast: Cast, made: Done) -> None:
    watch(entity_named(CUSTOMERS), made.id, actor=cast.actor("manager"))
    _rename(cast, made, "seller", name="Hoa Súng", phones=["0987654321"])

    (told,) = _told(cast, "manager")
    assert told.text == "Nguyễn Hồng Hạnh · Hoa Súng · Đã sửa"
    assert {str(each) for each in told.fields} >= {"Điện thoại"}
    assert COLUMN not in {str(each) for each in told.fields}
    assert _told(cast, "seller") == []


def test_tells_watchers_nothing_of_what_people_do_to_their_own_account(cast: Cast) -> None:
    seller = cast.users["seller"]
    watch(entity_named("users"), seller.pk, actor=cast.actor("admin"))
    begin_here()
    for who, verb in (("seller", "users.set_password"), ("manager", "users.change")):
        with transaction.atomic():
            trail.begin(cast.actor(who), verb)
            User.objects.filter(pk=seller.pk).update(job_title=verb)

    assert _lines(cast, "admin") == [f"{cast.user('manager').full_name} · {seller.full_name} · Đã sửa"]


def test_counts_changes_until_they_are_read(cast: Cast, made: Done) -> None:
    watch(entity_named(CUSTOMERS), made.id, actor=cast.actor("manager"))
    for number in range(3):
        _rename(cast, made, "seller", name=f"Hoa Súng {number}")

    assert _lines(cast, "manager") == ["Nguyễn Hồng Hạnh · Hoa Súng 2 · Đã sửa, 3 lần"]


def test_tells_watchers_nothing_of_fields_that_are_hidden_from_them(cast: Cast, made: Done) -> None:
    watch(entity_named(CUSTOMERS), made.id, actor=cast.actor("manager"))
    _rename(cast, made, "seller", phones=["0987654321"])
    assert len(_lines(cast, "manager")) == 1
    role = Role.objects.get(code="AREA_HEAD")
    with _traced(cast):
        FieldRight.objects.create(role=role, entity=CUSTOMERS, field="phones", level=FieldLevel.HIDDEN)
        FieldRight.objects.create(role=role, entity="contacts", field="phones", level=FieldLevel.HIDDEN)

    assert _told(cast, "manager") == []

    Notice.objects.all().delete()
    _rename(cast, made, "seller", phones=["0911111111"])
    catch_up()
    assert not Notice.objects.filter(user_id=cast.users["manager"].pk).exists()


def test_tells_watchers_nothing_of_a_record_that_is_closed_since(cast: Cast, made: Done) -> None:
    entity, user_id = entity_named(CUSTOMERS), cast.users["outsider"].pk
    share(entity, made.id, actor=cast.actor("manager"), user=user_id)
    watch(entity, made.id, actor=cast.actor("outsider"))
    unshare(entity, made.id, actor=cast.actor("manager"), user=user_id)
    Notice.objects.all().delete()
    _rename(cast, made, "seller")

    catch_up()

    assert not Notice.objects.filter(user_id=user_id, kind="watched").exists()
    (told,) = watched(cast.actor("outsider"))
    assert (told.entity, told.record) == (None, None)
    assert unwatch(entity, made.id, actor=cast.actor("outsider"))


def test_watches_only_what_one_may_read(cast: Cast, made: Done) -> None:
    with pytest.raises(NotFound):
        watch(entity_named(CUSTOMERS), made.id, actor=cast.actor("outsider"))

    assert not is_watched(entity_named(CUSTOMERS), made.id, actor=cast.actor("outsider"))


def test_watches_what_somebody_makes_by_hand_unless_she_does_not_want_that(cast: Cast, made: Done) -> None:
    entity = entity_named(CUSTOMERS)
    assert is_watched(entity, made.id, actor=cast.actor("seller"))

    keep_preferences(cast.users["teller"].pk, Preferences(watches_own=False))
    for who, door in (("teller", Door.WEB), ("manager", Door.API)):
        done = create(entity, actor=cast.actor(who, door), values={"name": "Anh Ba", "kind": "INDIVIDUAL"})
        assert not is_watched(entity, done.id, actor=cast.actor(who))


def test_tells_watchers_that_a_record_went_into_the_bin(cast: Cast, made: Done) -> None:
    delete(entity_named(CUSTOMERS), made.id, actor=cast.actor("manager"))

    (line,) = _lines(cast, "seller")
    assert line == "Phạm Đức Thắng · Công ty Hoa Sen · Đã chuyển vào thùng rác"


def test_asks_as_often_for_one_notice_as_for_many(
    cast: Cast, made: Done, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    entity = entity_named(CUSTOMERS)
    rows = [{"name": f"Khách {number}", "kind": "INDIVIDUAL"} for number in range(8)]
    others, _operation = create_many(entity, actor=cast.actor("manager"), rows=rows)
    for each in (made.id, *[each.id for each in others if each.id]):
        watch(entity, each, actor=cast.actor("director"))
        _rename(cast, Done(each, 1, made.operation), "manager", name=f"Tên {each}")
    actor = cast.actor("director")
    found = [each.notice for each in _told(cast, "director")]
    assert len(found) == 9

    for some in (found[:1], found):
        with django_assert_max_num_queries(2):
            tell(actor, some)


@pytest.mark.django_db(transaction=True)
def test_says_live_whose_notices_and_which_records_changed(cast: Cast) -> None:
    given = {"name": "Công ty Hoa Sen", "kind": "ORGANISATION"}
    done = create(entity_named(CUSTOMERS), actor=cast.actor("seller"), values=given)
    begin_here()
    with psycopg.connect(**_reached(), autocommit=True) as ear:
        ear.execute("LISTEN duyen_live")
        _give(cast, done, "teller")
        catch_up()
        heard = [json.loads(each.payload) for each in ear.notifies(timeout=2, stop_after=3)]

    assert {"u": [cast.users["teller"].pk]} in heard
    assert {"f": "parties", "r": [done.id]} in heard


def _reached() -> dict[str, Any]:
    found = connection.get_connection_params()
    return {name: found[name] for name in ("dbname", "user", "password", "host") if name in found}


class _traced:
    """Open the trail for a write that stands for an administrator's."""

    def __init__(self, cast: Cast) -> None:
        self.actor = cast.actor("admin")

    def __enter__(self) -> None:
        trail.begin(self.actor, "roles.change")

    def __exit__(self, *_error: object) -> None:
        return None

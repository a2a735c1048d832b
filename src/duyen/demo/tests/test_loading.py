"""Loading the demo: what stands in the tables afterwards, and what each role sees of it."""

from __future__ import annotations

from collections import Counter

import pytest
from django.apps import apps
from django.contrib.auth import authenticate
from django.test import Client

from duyen.demo import first_run
from duyen.demo.loading import NotEmpty, load
from duyen.entities.paging import View, page
from duyen.entities.registry import all_entities, entity_named
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import READ, Door
from duyen.foundation.audit.models import History
from duyen.foundation.org.models import User
from duyen.modules.scoring.actions.training import learned
from duyen.modules.scoring.words import Verdict
from duyen.surfaces.web.pages.addresses import list_url
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _quiet(_line: str) -> None:
    """Nobody reads the progress."""


def _count(email: str, entity: str = "customers") -> int:
    actor = actor_for(User.objects.get(email=email), Door.WEB)
    return int(entity_named(entity).rows(actor).count())


@pytest.fixture
def demo(db: None) -> None:
    load(password="mat-khau-demo", say=_quiet)


def test_fills_an_empty_installation(demo: None) -> None:
    assert first_run.state() == "demo"
    leads = entity_named("leads").model._default_manager
    assert leads.filter(state="CONVERTED").count() == 100
    assert _count("giamdoc@example.com") == 1200 + 100
    assert _count("giamdoc@example.com", "contacts") > 250
    made, changed = History.objects.exclude(door="web"), History.objects.filter(door="web")
    assert set(made.values_list("actor_name", flat=True)) == {"Demo"}
    assert changed.filter(entity="parties").count() == 30
    assert changed.filter(entity="files", kind="I").count() == 15
    assert "Demo" not in set(changed.values_list("actor_name", flat=True))
    kinds = Counter(apps.get_model("parties", "Tie").objects.values_list("kind", flat=True))
    assert kinds["WORKS_AT"] == _count("giamdoc@example.com", "contacts")
    assert kinds["LEGAL_REPRESENTATIVE"] > 200  # how many depends on the day on which the demo is loaded
    assert (kinds["SUBSIDIARY_OF"], kinds["MEMBER_OF_HOUSEHOLD"]) == (12, 30)


def test_shows_each_role_its_own_part(demo: None) -> None:
    store, area, other = (_count(f"{name}@example.com") for name in ("gdv1.kv1", "truong.kv1", "giamdoc.qn"))

    assert 0 < store < area < 200
    assert other == 36
    assert _count("quantri@example.com") == 0


def test_what_was_said_to_leads_and_agreed_by_them_goes_on_with_the_customers(demo: None) -> None:
    director = actor_for(User.objects.get(email="giamdoc@example.com"), Door.WEB)
    leads = entity_named("leads").model._default_manager.filter(state="CONVERTED")
    made = set(leads.values_list("customer_id", flat=True))
    told = apps.get_model("activities", "About").objects.filter(entity="leads", party_id__in=made)
    assert Counter(told.values_list("kind", flat=True)) == {"CALL": 6, "TASK": 6}
    agreed = entity_named("consents").rows(director).filter(party_id__in=leads.values("party_id"))
    assert agreed.count() == 3


def test_the_leads_that_ended_have_something_to_teach(demo: None) -> None:
    found = learned()
    assert found["verdict"] != Verdict.TOO_FEW
    assert "given:budget" not in found["weights"]


def test_what_leads_teach_is_left_to_the_worker(demo: None) -> None:
    asked = apps.get_model("jobs", "Job").objects.filter(kind="scoring.learn")
    assert [each.state for each in asked] == ["queued"]


def test_lets_everybody_it_names_sign_in(demo: None) -> None:
    for person in first_run.demo_sign_ins():
        assert User.objects.filter(email=person.email, full_name=person.name, is_active=True).exists()
    assert authenticate(None, email="giamdoc@example.com", password="mat-khau-demo") is not None


def test_keeps_every_list_below_60_kilobytes_for_everybody_it_names(demo: None, client: Client) -> None:
    heavy = []
    for person in first_run.demo_sign_ins():
        user = User.objects.get(email=person.email)
        client.force_login(user)
        actor = actor_for(user, Door.WEB)
        for entity in (each for each in all_entities() if each.in_menu and actor.may(each.name, READ)):
            answer = client.get(list_url(entity), follow=True)
            assert answer.status_code == 200, (person.email, entity.name)
            if len(answer.content) > 60_000:
                heavy.append((person.email, entity.name, len(answer.content)))
    assert heavy == []


def test_numbers_customers_by_the_year_in_which_they_came(demo: None) -> None:
    director = actor_for(User.objects.get(email="giamdoc@example.com"), Door.WEB)
    customers = entity_named("customers")

    rows = page(customers, customers.listing(), actor=director, view=View(sort="created_at", limit=200)).rows

    assert all(row["code"].split("-")[2] == f"{row['created_at'].year % 100:02}" for row in rows)
    assert len({row["code"] for row in rows}) == 200


def test_refuses_to_mix_with_a_company(cast: Cast) -> None:
    before = User.objects.count(), History.objects.count()

    with pytest.raises(NotEmpty):
        load(password="mat-khau-demo", say=_quiet)

    assert (User.objects.count(), History.objects.count()) == before

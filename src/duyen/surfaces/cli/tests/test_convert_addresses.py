"""duyen convert-addresses"""

from __future__ import annotations

import argparse

import pytest
from django.db import transaction

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit import trail
from duyen.foundation.database.paths import DataFolder
from duyen.modules.parties.models import Party
from duyen.surfaces.cli.builtin import add_builtin_commands
from duyen.surfaces.cli.commands import convert_addresses
from duyen.surfaces.cli.registry import Context, Registry
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


def test_converts_what_waits_and_counts_it(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    values = {"name": "Phan Thu Trà", "kind": "INDIVIDUAL"}
    standard.create(entity_named("customers"), actor=cast.actor("seller"), values=values)
    with transaction.atomic():
        trail.begin(system_actor("tests"), "tests.old")
        Party.objects.update(addresses=[{"ward": "P.5", "district": "Q.3", "province": "TP.HCM"}])
    known = Registry()
    add_builtin_commands(known)
    assert "convert-addresses" in known.commands

    context = Context(DataFolder.locate(), known, act_as="")
    codes = [convert_addresses.run(context, argparse.Namespace()) for _time in range(2)]

    said = capsys.readouterr().out.splitlines()
    assert codes == [0, 0]
    assert said == [
        "as_given=0 converted=1 needs_review=0 unknown=0 refused=0",
        "as_given=0 converted=0 needs_review=0 unknown=0 refused=0",
    ]
    assert Party.objects.get().ward_code == "27154"

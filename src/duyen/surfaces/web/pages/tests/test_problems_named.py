"""What is wrong with a form says where: problems name their controls, and controls lead to their problems."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
_LONG = "x" * 200
FORMS: Mapping[str, Mapping[str, str]] = {
    "/settings/choices/new": {"label_vi": "", "label_en": _LONG, "items": ""},
    "/settings/choices/industries": {"version": "0", "add": "1", "vi": "", "en": _LONG, "tone": ""},
    "/settings/choices/party_tags": {"version": "0", "add": "1", "vi": "a,b"},
    "/settings/choices/industries/item?code=MINING": {"version": "0", "code": "MINING", "vi": _LONG},
    "/settings/choices/industries/merge?code=MINING": {"version": "0", "code": "MINING", "into": ""},
    "/settings/fields/customers/new": {"kind": "choice", "label": "", "key": "Không", "help": "x" * 400},
    "/settings/layouts/customers/field": {"version": "0", "field": "note", "label_vi": _LONG},
    "/webhooks/new": {"name": "", "address": ""},
    "/units/new": {"name": ""},
    "/roles/new": {"name": ""},
    "/users/new": {"full_name": "", "email": "không"},
}


@pytest.mark.parametrize("address", FORMS)
def test_names_each_field_that_is_wrong_and_leads_to_it(
    browser_of: Callable[[str], Client], address: str
) -> None:
    answer = browser_of("admin").post(address, FORMS[address])

    page = answer.content.decode()
    assert answer.status_code == 422
    told = re.search(r'role="alert">.*?<ul>(.*?)</ul>', page, re.DOTALL)
    assert told
    problems = re.findall(r'<li><a class="link" href="#([^"]+)">(.*?)</a>(.*?)</li>', told[1])
    assert problems
    for control, name, message in problems:
        assert message.startswith(": "), f"{control} is told without its name: {name}"
        found = re.search(
            rf'<(?:input|select|textarea|fieldset|div)[^>]*\bid="{re.escape(control)}"[^>]*>', page
        )
        assert found, f"{control} is not on the page"
        described = re.search(r'aria-describedby="([^"]+)"', found[0])
        assert described, f"{control} does not lead to what is wrong"
        for each in described[1].split():
            assert f'id="{each}"' in page

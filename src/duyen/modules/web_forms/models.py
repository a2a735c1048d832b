"""Web forms: pages that everybody may open, and what was sent through them."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from duyen.foundation.records import Record
from duyen.foundation.sqlfields import searched_text, sort_key_of
from duyen.modules.web_forms.rules import MOST_PER_CALLER, PER_CALLER


def _codes() -> ArrayField[Any, Any]:
    return ArrayField(models.TextField(), default=list)


class WebForm(Record):
    """A form under an address of its own, `/f/{key}`. `unit` is where its leads go.

    `asked` are the fields beside the name, `needed` those that must be filled in. `sites` are the websites in
    whose pages it may stand, one a line. From one network `per_caller` are taken in ten minutes. Under
    `consent_text` visitors are asked for a consent; none asks for none.
    """

    key = models.CharField(max_length=24)
    name = models.CharField(max_length=200)
    name_key = sort_key_of("name")
    search = searched_text(F("name"), F("title"), F("code"))
    title = models.CharField(max_length=200)
    intro = models.TextField(default="")
    asked = _codes()
    needed = _codes()
    product_ids = ArrayField(models.BigIntegerField(), default=list)
    source = models.CharField(max_length=40)
    campaign = models.ForeignKey(
        "campaigns.Campaign", models.PROTECT, null=True, related_name="+", db_index=False
    )
    purpose = models.CharField(max_length=40)
    consent_text = models.ForeignKey(
        "consents.ConsentText", models.PROTECT, null=True, related_name="+", db_index=False
    )
    privacy = models.TextField()
    thanks = models.TextField(default="")
    next_url = models.CharField(max_length=500, default="")
    sites = models.TextField(default="")
    is_open = models.BooleanField(default=True)
    per_caller = models.SmallIntegerField(default=PER_CALLER)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(per_caller__gte=1, per_caller__lte=MOST_PER_CALLER),
                name="a_web_form_takes_some_from_a_network_and_no_flood",
            ),
            models.UniqueConstraint(fields=["code", "code_unit"], name="a_web_form_code_is_given_once"),
            models.UniqueConstraint(fields=["key"], name="a_web_form_has_an_address_of_its_own"),
        ]
        indexes = [
            models.Index(fields=["name_key", "id"], name="web_forms_by_name"),
            models.Index(fields=["owner", "name_key", "id"], name="web_forms_of_an_owner"),
            models.Index(fields=["unit", "name_key", "id"], name="web_forms_of_a_unit"),
            models.Index(
                fields=["deleted_at", "id"],
                condition=Q(deleted_at__isnull=False),
                name="web_forms_in_the_bin",
            ),
        ]


class Entry(models.Model):
    """One sending of a form: which lead came of it, for what is counted and so that none is taken twice.

    `nonce` is that of the page it was sent from. `caller` is a digest of the network it came from, under a
    key of its day: enough to count, nothing by which anybody is found later.
    """

    id = models.BigAutoField(primary_key=True)
    form = models.ForeignKey(WebForm, models.CASCADE, related_name="entries", db_index=False)
    nonce = models.CharField(max_length=24)
    at = models.DateTimeField()
    caller = models.BinaryField()
    lead_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["nonce"], name="a_page_is_taken_once")]
        indexes = [
            models.Index(fields=["form", "at"], name="entries_of_a_form"),
            models.Index(fields=["caller", "at"], name="entries_of_a_caller"),
            models.Index(fields=["lead_id"], condition=Q(lead_id__isnull=False), name="entries_of_a_lead"),
        ]

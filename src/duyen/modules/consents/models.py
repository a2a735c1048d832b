"""Consents: what people agreed to, in whose words, with which proof."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q

from duyen.foundation.records import Binned, Record, Stamped
from duyen.foundation.sqlfields import searched_text, searched_with_code, sort_key_of
from duyen.modules.consents.words import ConsentState


def _codes() -> ArrayField[Any, Any]:
    return ArrayField(models.TextField(), default=list)


class ConsentText(Stamped):
    """The words under which people agree; the next edition takes their place.

    `most` contacts `per` a period are what it promises, `valid_months` how long a consent to it holds.
    """

    name = models.CharField(max_length=200)
    name_key = sort_key_of("name")
    edition = models.IntegerField()
    purpose = models.CharField(max_length=12)
    channels = _codes()
    data_kinds = _codes()
    most = models.SmallIntegerField(null=True)
    per = models.CharField(max_length=8, default="")
    valid_months = models.SmallIntegerField()
    words = models.TextField()
    is_active = models.BooleanField(default=True)
    search = searched_text(F("name"))


class Consent(Record):
    """What one party agreed to. `owner` and `unit` are the party's, copied.

    Purpose, data kinds, frequency and last day are those of the text on the day it was given.
    `evidence` says what proves it, files hang on the record. `withdrawn_at` is when it was withdrawn
    last, or some of its channels, `refused_channels`; a withdrawal noted by mistake leaves it.
    """

    party = models.ForeignKey("parties.Party", models.PROTECT, related_name="+", db_index=False)
    text = models.ForeignKey(ConsentText, models.PROTECT, related_name="+", db_index=False)
    purpose = models.CharField(max_length=12)
    channels = _codes()
    data_kinds = _codes()
    most = models.SmallIntegerField(null=True)
    per = models.CharField(max_length=8, default="")
    given_by = models.CharField(max_length=12)
    evidence = models.CharField(max_length=300)
    given_at = models.DateTimeField()
    expires_on = models.DateField()
    state = models.CharField(max_length=12, default=ConsentState.GIVEN.value)
    state_since = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    refused_channels = _codes()
    refused_by = models.CharField(max_length=12, default="")
    refusal = models.CharField(max_length=500, default="")
    note = models.TextField(default="")
    search = searched_with_code("evidence")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "code_unit"], name="a_consent_code_is_given_once"),
            models.CheckConstraint(
                condition=Q(state__in=[each.value for each in ConsentState]),
                name="a_consent_is_in_a_known_state",
            ),
            models.CheckConstraint(
                condition=~Q(evidence="") & ~Q(channels=[]), name="a_consent_has_channels_and_a_proof"
            ),
        ]
        indexes = [
            models.Index(fields=["given_at", "id"], name="consents_by_day"),
            models.Index(fields=["owner", "given_at", "id"], name="consents_of_an_owner"),
            models.Index(fields=["unit", "given_at", "id"], name="consents_of_a_unit"),
            models.Index(fields=["party", "id"], name="consents_of_a_party"),
            models.Index(fields=["expires_on", "id"], name="consents_by_last_day"),
            models.Index(
                fields=["deleted_at", "id"], condition=Q(deleted_at__isnull=False), name="consents_in_the_bin"
            ),
            GinIndex(fields=["state", "purpose", "given_by"], name="consents_by_class"),
            GinIndex(OpClass(F("search"), "gin_trgm_ops"), name="consents_by_any_part"),
        ]


class ContactRule(Binned):
    """What the company knows of the law from a day on; it stands above what is built in of that day.

    Hours of the day are `first` and `last`; a number of contacts, or of hours, is `most`.
    """

    kind = models.CharField(max_length=12)
    since = models.DateField()
    first = models.SmallIntegerField(null=True)
    last = models.SmallIntegerField(null=True)
    most = models.SmallIntegerField(null=True)
    basis = models.CharField(max_length=300)
    search = searched_text(F("basis"))

    class Meta:
        indexes = [models.Index(fields=["since", "id"], name="contact_rules_by_day")]


class Suppression(models.Model):
    """An address or number that refused a channel, known by a keyed digest alone.

    It names no party: it outlives every record with that address, and is known again on the next one.
    """

    id = models.BigAutoField(primary_key=True)
    mac = models.BinaryField()
    channel = models.CharField(max_length=8)
    refused_at = models.DateTimeField()
    refused_by = models.CharField(max_length=12)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mac", "channel"], name="an_address_refuses_a_channel_once"),
        ]


class ListedNumber(models.Model):
    """One number of the national do-not-call list, as a keyed digest; the list is replaced as a whole."""

    mac = models.BinaryField(primary_key=True)


class ListCheck(Stamped):
    """One time when the national do-not-call list was brought in: as it stood `checked_at`."""

    checked_at = models.DateTimeField()
    file_name = models.CharField(max_length=200)
    numbers = models.IntegerField()
    unread = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["checked_at", "id"], name="list_checks_by_day")]


class ContactMade(models.Model):
    """One advertising contact that was made, for what is counted, and as a proof of why it was allowed.

    One that somebody made by hand and noted afterwards may have been forbidden: `denied_by` is that rule.
    """

    id = models.BigAutoField(primary_key=True)
    party_id = models.BigIntegerField(null=True)
    consent = models.ForeignKey(Consent, models.PROTECT, null=True, related_name="+", db_index=False)
    mac = models.BinaryField()
    channel = models.CharField(max_length=8)
    purpose = models.CharField(max_length=12)
    denied_by = models.CharField(max_length=20, default="")
    at = models.DateTimeField()
    made_by_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["mac", "at"], name="contacts_at_an_address"),
            models.Index(fields=["consent", "at"], name="contacts_on_a_consent"),
            models.Index(fields=["party_id", "at"], name="contacts_with_a_party"),
        ]

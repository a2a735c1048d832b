"""Parties: every person and organisation once, the roles they play for us, and the ties between them."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import Lookup

from duyen.foundation.records import Record
from duyen.foundation.sqlfields import given_key_of, searched_with_ways, sort_key_of
from duyen.modules.parties.words import PartyKind, TieKind


@models.IntegerField.register_lookup
class HasBit(Lookup):
    """Whether a bit mask holds a bit: `role_mask__has=1`."""

    lookup_name = "has"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"({left} & {right}) <> 0", (*left_params, *right_params)


def _text_array() -> ArrayField[Any, Any]:
    return ArrayField(models.TextField(), default=list)


class Party(Record):
    """A person, household, household business, organisation or public body.

    Phones are E.164, e-mails as mail servers read them; what was entered and the labels stand in the
    notes beside. `role_mask` repeats the open roles of `PartyInRole` as bits (words.PartyRole).
    `tax_code` is a code of 10 or 13 digits. Ward and province are those of the main address,
    `address_status` tells of the least certain one.
    """

    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=250)
    short_name = models.CharField(max_length=120, default="")
    honorific = models.CharField(max_length=8, default="")
    name_key = sort_key_of("name")
    given_key = given_key_of("name")
    phones = _text_array()
    phone_notes = models.JSONField(default=dict)
    emails = _text_array()
    email_notes = models.JSONField(default=dict)
    tax_code = models.CharField(max_length=14, default="")
    personal_id = models.BinaryField(null=True)
    personal_id_mac = models.BinaryField(null=True)
    born_on = models.DateField(null=True)
    addresses = models.JSONField(default=list)
    ward_code = models.CharField(max_length=5, default="")
    province_code = models.CharField(max_length=2, default="")
    address_status = models.CharField(max_length=12, default="")
    industry = models.CharField(max_length=40, default="")
    legal_form = models.CharField(max_length=40, default="")
    size_band = models.CharField(max_length=20, default="")
    revenue_band = models.CharField(max_length=20, default="")
    source = models.CharField(max_length=40, default="")
    source_detail = models.CharField(max_length=200, default="")
    is_key_account = models.BooleanField(default=False)
    tags = _text_array()
    note = models.TextField(default="")
    known_since = models.DateField(null=True)
    role_mask = models.IntegerField(default=0)
    verified = models.BooleanField(default=True)
    completeness = models.SmallIntegerField(null=True)
    relationship_state = models.CharField(max_length=20, default="")
    relationship_since = models.DateTimeField(null=True)
    search = searched_with_ways("name")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "code_unit"], name="a_party_code_is_given_once"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in PartyKind]), name="a_party_is_of_a_known_kind"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="a_party_has_a_name"),
        ]
        indexes = [
            models.Index(fields=["name_key", "id"], name="parties_by_name"),
            models.Index(fields=["given_key", "id"], name="parties_by_given_name"),
            models.Index(fields=["created_at", "id"], name="parties_by_age"),
            # Holds all that opens and orders the rows of one owner: they are sorted without being fetched.
            models.Index(
                fields=["owner", "name_key", "id"],
                include=["given_key", "created_at", "role_mask", "deleted_at"],
                name="parties_owned",
            ),
            models.Index(fields=["unit", "name_key", "id"], name="parties_of_a_unit"),
            # The bin is small beside the table, and looked into the newest first.
            models.Index(
                fields=["deleted_at", "id"], condition=Q(deleted_at__isnull=False), name="parties_in_the_bin"
            ),
            GinIndex(OpClass(F("search"), "gin_trgm_ops"), name="parties_by_any_part"),
            GinIndex(
                fields=[
                    *("relationship_state", "industry", "source", "tags"),
                    *("province_code", "ward_code", "address_status"),
                ],
                name="parties_by_class",
            ),
        ]


class PartyInRole(models.Model):
    """One role that a party plays for us, from one day until another, with what belongs to it."""

    id = models.BigAutoField(primary_key=True)
    party = models.ForeignKey(Party, models.PROTECT, related_name="roles")
    role = models.CharField(max_length=20)
    since = models.DateField()
    until = models.DateField(null=True)
    details = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["party", "role"], condition=Q(until=None), name="a_party_plays_a_role_once_at_a_time"
            ),
        ]


class Tie(models.Model):
    """A dated tie from one party to another: works at, represents, belongs to.

    `party` is the person, subsidiary or member; `to_party` the organisation, parent or household.
    The parent of an organisation stands here and nowhere else.
    """

    id = models.BigAutoField(primary_key=True)
    party = models.ForeignKey(Party, models.PROTECT, related_name="ties_out")
    to_party = models.ForeignKey(Party, models.PROTECT, related_name="ties_in")
    kind = models.CharField(max_length=24)
    role = models.CharField(max_length=24, default="")
    job_title = models.CharField(max_length=120, default="")
    is_main = models.BooleanField(default=False)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    note = models.CharField(max_length=300, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["party", "to_party", "kind"],
                condition=Q(until=None),
                name="two_parties_are_tied_once_in_a_way",
            ),
            models.UniqueConstraint(
                fields=["to_party"],
                condition=Q(kind=TieKind.WORKS_AT.value, is_main=True, until=None),
                name="an_organisation_has_one_main_contact",
            ),
            models.UniqueConstraint(
                fields=["party"],
                condition=Q(kind=TieKind.SUBSIDIARY_OF.value, until=None),
                name="an_organisation_has_one_parent",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in TieKind]), name="a_tie_is_of_a_known_kind"
            ),
            models.CheckConstraint(condition=~Q(party=F("to_party")), name="a_party_is_not_tied_to_itself"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(since=None) | Q(until__gte=F("since")),
                name="a_tie_ends_after_it_starts",
            ),
        ]


class PartyTally(models.Model):
    """How many customers of one unit share something: for bases too large to count while somebody waits.

    `topic` says what, `key` and `other` which of it: a kind and a state, a month, a week. Derived, and
    written anew by night as a whole.
    """

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey("org.Unit", models.CASCADE, related_name="+", db_index=False)
    topic = models.CharField(max_length=12)
    key = models.CharField(max_length=24)
    other = models.CharField(max_length=24, default="")
    count = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["topic", "unit"], name="party_tally_by_topic")]

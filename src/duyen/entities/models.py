"""What the engine itself keeps: answers that may be asked for twice, what was opened, views of lists."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from duyen.entities.approvals.rules import State
from duyen.entities.words import Audience, IndexState, MergedKind, Verdict
from duyen.foundation.records import Stamped


class GivenAnswer(models.Model):
    """The answer to a request that carried an idempotency key, kept for 24 hours.

    `fingerprint` is a digest of the request: the same key with another request is refused. `body` holds ids
    and codes, never a value of a record: rights may be lost, and a person erased, before it comes again.
    """

    id = models.BigAutoField(primary_key=True)
    user_id = models.BigIntegerField()
    key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)
    status = models.SmallIntegerField(default=0)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user_id", "key"], name="a_key_is_answered_once_per_user"),
        ]
        indexes = [models.Index(fields=["created_at"], name="given_answers_by_age")]


class RecentRecord(models.Model):
    """A record that somebody opened, once each and the last ones alone: her way back, not a trail."""

    id = models.BigAutoField(primary_key=True)
    user_id = models.BigIntegerField()
    entity = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user_id", "entity", "record_id"], name="a_record_is_recent_once_per_user"
            ),
        ]


class SavedView(Stamped):
    """What a list shows, under a name: for its owner, a unit with those below it, or everybody.

    `state` is a `ViewState` as plain values; it names fields by their stable names.
    """

    entity = models.CharField(max_length=60)
    name = models.CharField(max_length=60)
    state = models.JSONField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    audience = models.CharField(max_length=4, choices=[(each.value, each.value) for each in Audience])
    unit = models.ForeignKey("org.Unit", models.CASCADE, null=True, related_name="+", db_index=False)
    place = models.IntegerField(default=0)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(audience="unit", unit__isnull=False) | ~Q(audience="unit") & Q(unit=None),
                name="a_view_of_a_unit_names_it",
            ),
        ]
        indexes = [models.Index(fields=["entity", "place", "id"], name="saved_views_of_a_list")]


class FirstView(models.Model):
    """The view with which a list opens: for one person, or for those of a role who chose none."""

    id = models.BigAutoField(primary_key=True)
    entity = models.CharField(max_length=60)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    role = models.ForeignKey("org.Role", models.CASCADE, null=True, related_name="+")
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="first_for")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entity", "user"], name="a_list_opens_once_for_a_person"),
            models.UniqueConstraint(fields=["entity", "role"], name="a_list_opens_once_for_a_role"),
            models.CheckConstraint(
                condition=Q(user=None) & Q(role__isnull=False) | Q(user__isnull=False) & Q(role=None),
                name="a_list_opens_for_a_person_or_a_role",
            ),
        ]


class PassingView(models.Model):
    """The state of a list whose address grew too long; forgotten some time after its last use.

    `key` cannot be guessed. The state holds what somebody asked for and no record.
    """

    key = models.CharField(max_length=24, primary_key=True)
    entity = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    state = models.JSONField()
    user_id = models.BigIntegerField()
    used_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user_id", "entity", "digest"], name="a_long_address_is_kept_once"
            ),
        ]
        indexes = [models.Index(fields=["used_at"], name="passing_views_by_use")]


class Merge(models.Model):
    """Records that became one, and all that undoing it needs; `id` is the operation that did it.

    `was` and `now` are the survivor's columns that changed, as JSON; `account` is what an undo could not
    put back.
    """

    id = models.BigIntegerField(primary_key=True)
    entity = models.CharField(max_length=60)
    family = models.CharField(max_length=60)
    survivor_id = models.BigIntegerField()
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=160)
    was = models.JSONField(default=dict)
    now = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=160, default="")
    account = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["family", "survivor_id"], name="merges_of_a_survivor")]


class MergedRecord(models.Model):
    """A record that went into another one: where its old address and its code lead while the merge stands."""

    id = models.BigAutoField(primary_key=True)
    merge = models.ForeignKey(Merge, models.CASCADE, related_name="records")
    family = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    survivor_id = models.BigIntegerField()
    code = models.CharField(max_length=40, default="")
    stands = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["family", "record_id"], condition=Q(stands=True), name="a_record_is_merged_once"
            ),
        ]
        indexes = [
            models.Index(fields=["family", "survivor_id"], name="merged_into_a_record"),
            models.Index(fields=["code"], name="merged_records_by_code"),
        ]


class MergedRow(models.Model):
    """One row that followed a merge: moved, altered or dropped, with what it held before.

    `place` is table.column of a moved row, else the table. `was` and `now` are columns as JSON.
    """

    id = models.BigAutoField(primary_key=True)
    merge = models.ForeignKey(Merge, models.CASCADE, related_name="rows", db_index=False)
    place = models.CharField(max_length=130)
    row_id = models.BigIntegerField()
    kind = models.CharField(max_length=1, choices=[(each.value, each.name) for each in MergedKind])
    loser_id = models.BigIntegerField(null=True)
    was = models.JSONField(null=True)
    now = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["merge", "place", "row_id"], name="rows_of_a_merge")]


class ImportMapping(models.Model):
    """Where the columns of a file led the last time that somebody brought one with the same heads in.

    `heads` is a digest of the heads in any order; `columns` leads from a plain head to a target.
    """

    id = models.BigAutoField(primary_key=True)
    entity = models.CharField(max_length=60)
    heads = models.CharField(max_length=64)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    columns = models.JSONField()
    version = models.IntegerField(default=1)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "heads", "user"],
                nulls_distinct=False,
                name="heads_are_remembered_once_for_a_person",
            ),
        ]


class ImportDraft(models.Model):
    """A file that was handed in and is looked at before its import begins; removed after a few days.

    `key` cannot be guessed and names the file in the data folder. `settings` is how the file is read,
    where its columns lead and what becomes of duplicates, as far as that was chosen.
    """

    key = models.CharField(max_length=24, primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    entity = models.CharField(max_length=60)
    shown = models.CharField(max_length=200)
    size = models.BigIntegerField()
    settings = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["updated_at"], name="import_drafts_by_use")]


class TwinKey(models.Model):
    """One key by which a record may be found to be the same as another: a number made of what it holds.

    Derived from the record and written with it; 64 bits, so that a million records stay apart by chance.
    """

    pk = models.CompositePrimaryKey("key", "record_id")
    key = models.BigIntegerField()
    record_id = models.BigIntegerField()


class CompanyIndex(Stamped):
    """An index that the company asked for, so that one field orders or filters a long list.

    `name` is that of the index in the database and says over what it is; the SQL itself follows from the
    declaration of the field and stands nowhere.
    """

    entity = models.CharField(max_length=60)
    field = models.CharField(max_length=60)
    purpose = models.CharField(max_length=6)
    on_table = models.CharField(max_length=63)
    name = models.CharField(max_length=63)
    state = models.CharField(max_length=10, choices=[(each.value, each.value) for each in IndexState])
    job = models.ForeignKey("jobs.Job", models.SET_NULL, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name"], name="an_index_is_asked_for_once")]


class WantedIndex(models.Model):
    """How often a list was refused for want of an index; of no record and nobody in particular."""

    id = models.BigAutoField(primary_key=True)
    entity = models.CharField(max_length=60)
    field = models.CharField(max_length=60)
    purpose = models.CharField(max_length=6)
    times = models.IntegerField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "field", "purpose"], name="a_wanted_index_is_counted_once"
            ),
        ]


class HomeArrangement(models.Model):
    """How the start page is arranged, for one person or for a role: names of tiles by column."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    role = models.ForeignKey("org.Role", models.CASCADE, null=True, related_name="+")
    tiles = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user"], name="a_person_arranges_her_page_once"),
            models.UniqueConstraint(fields=["role"], name="a_role_has_its_page_arranged_once"),
            models.CheckConstraint(
                condition=Q(user=None) & Q(role__isnull=False) | Q(user__isnull=False) & Q(role=None),
                name="a_page_is_arranged_for_a_person_or_a_role",
            ),
        ]


class SuggestionAnswer(models.Model):
    """What one person did with one suggestion about one record, while the facts behind it stay as they were.

    `facts` are what the suggestion rested on, in short: with other facts it comes back. `record_id` is 0
    where it is about no record.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    rule = models.CharField(max_length=60)
    entity = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    facts = models.CharField(max_length=120)
    verdict = models.CharField(max_length=10, choices=[(each.value, each.value) for each in Verdict])
    until = models.DateField(null=True)
    reason = models.CharField(max_length=300, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "rule", "entity", "record_id"], name="a_suggestion_is_answered_once"
            ),
            models.CheckConstraint(
                condition=Q(verdict="put_off", until__isnull=False) | ~Q(verdict="put_off") & Q(until=None),
                name="what_is_put_off_has_a_day",
            ),
        ]
        indexes = [
            models.Index(fields=["entity", "record_id"], name="answers_about_a_record"),
            models.Index(fields=["user", "at"], name="answers_of_a_person"),
        ]


class ApprovalRequest(Stamped):
    """A step that waits for a second person, or that one decided about.

    `arguments` are what the step was asked with, as its door read them, `record_version` the version of the
    record that the asker saw. `part` says which part of the record it is about where each waits by itself.
    `amount` is in the measure of the limit: minor units, per cent, a number.
    `excluded` are those who may not decide beside the asker. `decided_for` is the absent person as whose
    deputy somebody decided. `problem` says, by language, why a granted step could not be carried out.
    """

    entity = models.CharField(max_length=60)
    family = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    verb = models.CharField(max_length=60)
    part = models.CharField(max_length=60, default="")
    limit = models.CharField(max_length=80)
    amount = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    arguments = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    words = models.CharField(max_length=500, default="")
    record_version = models.IntegerField()
    excluded = ArrayField(models.BigIntegerField(), default=list)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    door = models.CharField(max_length=20)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=[(each.value, each.value) for each in State])
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, default="")
    problem = models.JSONField(null=True)
    operation = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["family", "record_id", "verb", "part"],
                condition=Q(state="WAITING"),
                name="a_step_is_asked_for_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="WAITING", decided_at=None)
                | ~Q(state="WAITING") & Q(decided_at__isnull=False),
                name="a_decided_request_has_a_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["GRANTED", "REFUSED"])
                | Q(decided_by__isnull=False) & ~Q(decided_by=F("asked_by")),
                name="nobody_decides_about_her_own_request",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state="WAITING"), name="requests_that_wait"),
            models.Index(fields=["asked_by", "-id"], name="requests_of_a_person"),
            models.Index(fields=["family", "record_id", "-id"], name="requests_about_a_record"),
        ]


class Erasure(models.Model):
    """That a person's data were erased, and the proof of it.

    `operation` is the one that did it; people who are erased as a set share it. `unblanked` are the entries
    of the trail that are still to be blanked, once what was written stands: none when it is finished.
    `reason` names what asked for it. `counted` says by table how many rows were `erased`, are `gone`, and in
    how many of others she was `named`; `keeps` what stays by which law; `entries` how many entries of the
    trail were blanked. `digest` is over all of this, and stands in the trail as well. Nothing here tells who
    she was.
    """

    id = models.BigIntegerField(primary_key=True)
    entity = models.CharField(max_length=60)
    family = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    code = models.CharField(max_length=40)
    began_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=160)
    reason = models.CharField(max_length=200)
    counted = models.JSONField(default=dict)
    keeps = models.JSONField(default=list)
    entries = models.IntegerField(default=0)
    digest = models.CharField(max_length=64, default="")
    operation = models.BigIntegerField()
    unblanked = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["family", "record_id"], name="a_person_is_erased_once"),
        ]

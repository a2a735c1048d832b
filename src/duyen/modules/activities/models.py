"""Activities: all kinds of them in one table, and what each is about in rows that timelines read."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Case, F, Q, When

from duyen.foundation.records import Binned, Record, Stamped
from duyen.foundation.sqlfields import searched_text, searched_with_code, sort_key_of
from duyen.modules.activities.words import OPEN, ActivityKind, ActivityState, Priority


def _ids() -> ArrayField[list[int], list[int]]:
    return ArrayField(models.BigIntegerField(), default=list)


class Activity(Record):
    """A task, call, meeting, visit, e-mail, letter or note. `owner` is who does it.

    `at` is the moment by which it stands among others (rules.moment_of); `open_at` is the same while it is
    open, and nothing later, so that an index over it holds the open ones first. `about`, `participants` and
    `co_assignees` are what people set; `party_id`, `people` and the rows of `About` follow from them.
    """

    kind = models.CharField(max_length=10)
    subject = models.CharField(max_length=250)
    body = models.TextField(default="")
    state = models.CharField(max_length=10, default=ActivityState.PLANNED.value)
    state_since = models.DateTimeField()
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    all_day = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    remind_before = models.IntegerField(null=True)
    remind_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    at = models.DateTimeField()
    open_at = models.GeneratedField(
        expression=Case(When(state__in=[each.value for each in OPEN], then=F("at"))),
        output_field=models.DateTimeField(null=True),
        db_persist=True,
    )
    priority = models.CharField(max_length=6, default=Priority.NORMAL.value)
    progress = models.SmallIntegerField(default=0)
    direction = models.CharField(max_length=3, default="")
    outcome = models.CharField(max_length=40, default="")
    result = models.TextField(default="")
    next_step = models.CharField(max_length=250, default="")
    place = models.CharField(max_length=250, default="")
    duration_minutes = models.IntegerField(null=True)
    parent_id = models.BigIntegerField(null=True)
    series_id = models.BigIntegerField(null=True)
    occurrence = models.DateTimeField(null=True)
    party_id = models.BigIntegerField(null=True)
    about = models.JSONField(default=list)
    participants = models.JSONField(default=list)
    co_assignees = _ids()
    people = _ids()
    is_private = models.BooleanField(default=False)
    is_pinned = models.BooleanField(default=False)
    search = searched_with_code("subject")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "code_unit"], name="an_activity_code_is_given_once"),
            models.UniqueConstraint(
                fields=["series_id", "occurrence"],
                condition=Q(series_id__isnull=False),
                name="a_series_falls_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in ActivityKind]),
                name="an_activity_is_of_a_known_kind",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ActivityState]),
                name="an_activity_is_in_a_known_state",
            ),
            models.CheckConstraint(condition=~Q(subject=""), name="an_activity_has_a_subject"),
            models.CheckConstraint(
                condition=Q(progress__gte=0, progress__lte=100), name="progress_is_a_share_of_a_hundred"
            ),
            models.CheckConstraint(
                condition=Q(state=ActivityState.DONE.value, done_at__isnull=False)
                | Q(done_at=None) & ~Q(state=ActivityState.DONE.value),
                name="what_is_done_says_since_when",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")),
                name="an_activity_ends_after_it_begins",
            ),
        ]
        indexes = [
            models.Index(fields=["at", "id"], name="activities_by_moment"),
            models.Index(fields=["owner", "at", "id"], name="activities_of_an_owner"),
            models.Index(fields=["unit", "at", "id"], name="activities_of_a_unit"),
            # Most are done and hold nothing here: equal values are kept once, so these stay small.
            models.Index(fields=["open_at"], name="open_activities"),
            models.Index(fields=["owner", "open_at"], name="open_activities_of_an_owner"),
            models.Index(fields=["unit", "open_at"], name="open_activities_of_a_unit"),
            models.Index(
                fields=["owner", "starts_at"],
                condition=Q(starts_at__isnull=False),
                name="appointments_of_an_owner",
            ),
            models.Index(
                fields=["unit", "starts_at"],
                condition=Q(starts_at__isnull=False),
                name="appointments_of_a_unit",
            ),
            models.Index(
                fields=["parent_id"], condition=Q(parent_id__isnull=False), name="activities_below_another"
            ),
            models.Index(
                fields=["remind_at"],
                condition=Q(remind_at__isnull=False, reminded_at=None),
                name="activities_to_remind_of",
            ),
            models.Index(
                fields=["deleted_at", "id"],
                condition=Q(deleted_at__isnull=False),
                name="activities_in_the_bin",
            ),
            GinIndex(fields=["people"], condition=~Q(people=[]), name="activities_naming_people"),
            GinIndex(OpClass(F("search"), "gin_trgm_ops"), name="activities_by_any_part"),
        ]


class Series(Stamped):
    """Activities that recur: the rule, the moment of the first one, and what each of them holds.

    `template` holds the values of an activity by field; `length` and `due_after` are seconds from its moment,
    which stands in `column`. `made_until` is the last time that was made; a series that ended makes no more.
    """

    rule = models.CharField(max_length=400)
    column = models.CharField(max_length=10)
    starts_at = models.DateTimeField()
    length = models.IntegerField(null=True)
    due_after = models.IntegerField(null=True)
    template = models.JSONField()
    made_until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=300, default="")

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=Q(ended_at=None), name="series_that_go_on"),
        ]


class About(models.Model):
    """One record that an activity is about, or a party that takes part in it: written with the activity.

    `position` is its place in the list on the activity. `party_id` is the party of that record, where it has
    one. `at` and `kind` are the activity's, copied so that a timeline is one walk down an index; whether it
    is open or pinned, because those few stand on top of what happened.
    """

    id = models.BigAutoField(primary_key=True)
    activity_id = models.BigIntegerField()
    entity = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    party_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=10)
    position = models.SmallIntegerField(default=0)
    as_participant = models.BooleanField(default=False)
    is_open = models.BooleanField(default=False)
    is_pinned = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["activity_id", "entity", "record_id", "as_participant"],
                name="an_activity_names_a_record_once",
            ),
        ]
        indexes = [
            models.Index(
                F("entity"),
                F("record_id"),
                F("at").desc(),
                F("activity_id").desc(),
                name="activities_about_a_record",
            ),
            models.Index(
                F("party_id"),
                F("at").desc(),
                F("activity_id").desc(),
                name="activities_about_a_party",
                condition=Q(party_id__isnull=False),
            ),
            # The few that stand on top of a timeline, without a walk past all that is done.
            models.Index(
                fields=["entity", "record_id", "at"],
                condition=Q(is_open=True) | Q(is_pinned=True),
                name="activities_on_top_of_a_record",
            ),
            models.Index(
                fields=["party_id", "at"],
                condition=Q(party_id__isnull=False) & (Q(is_open=True) | Q(is_pinned=True)),
                name="activities_on_top_of_a_party",
            ),
        ]


class LastContact(models.Model):
    """When somebody of the house was last in touch with a party: a narrow row of its own, written often.

    Of an organisation it is the latest of its own and those of the people who work there. Derived.
    """

    id = models.BigAutoField(primary_key=True)
    party_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party_id"], name="a_party_has_one_last_contact")]


class CalendarFeed(models.Model):
    """The secret address under which one person's calendar is read without signing in; kept as a digest only.

    A person has at most one that is open: a new one ends the one before.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    digest = models.BinaryField()
    with_tasks = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    last_read_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest"], name="a_calendar_address_is_made_once"),
            models.UniqueConstraint(
                fields=["user"], condition=Q(revoked_at=None), name="a_person_has_one_open_calendar_address"
            ),
        ]


class CalendarUid(models.Model):
    """The name that an activity brought along from another calendar, by which it is known again.

    `occurrence` tells times of one series apart; the names are those of one person's calendars.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    uid = models.CharField(max_length=255)
    occurrence = models.DateTimeField(null=True)
    activity_id = models.BigIntegerField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "uid", "occurrence"],
                nulls_distinct=False,
                name="a_calendar_name_is_known_once_to_a_person",
            ),
        ]


class TaskSet(Binned):
    """Tasks that belong together, under a name: whoever starts it about a record makes them all.

    `starts_with` is the step of a life cycle, such as `customers.start`, that starts it by itself.
    """

    name = models.CharField(max_length=120)
    name_key = sort_key_of("name")
    search = searched_text(F("name"))
    note = models.TextField(default="")
    starts_with = models.CharField(max_length=80, default="")
    is_active = models.BooleanField(default=True)


class TaskSetStep(Binned):
    """One task of a set: what, how many working days after the start, and for whom."""

    task_set = models.ForeignKey(TaskSet, models.PROTECT, related_name="steps")
    position = models.IntegerField(default=1)
    subject = models.CharField(max_length=250)
    body = models.TextField(default="")
    after_days = models.IntegerField(default=0)
    priority = models.CharField(max_length=6, default=Priority.NORMAL.value)
    assignee = models.CharField(max_length=8)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        indexes = [models.Index(fields=["position", "id"], name="steps_in_their_order")]

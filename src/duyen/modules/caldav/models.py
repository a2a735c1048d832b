"""Calendars elsewhere: whose account, how it goes with it, and which entry there is which activity here."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from duyen.foundation.records import Stamped


class Account(Stamped):
    """One person's calendar account on another server. `sealed` is the password, encrypted.

    `offered` are the calendars found there: {url, name, events, tasks, is_writable}. `events_url` and
    `tasks_url` are those that she chose; an empty one is not synchronised.
    """

    user = models.OneToOneField("org.User", models.PROTECT, related_name="+")
    address = models.CharField(max_length=500)
    login = models.CharField(max_length=200)
    sealed = models.BinaryField()
    offered = models.JSONField(default=list)
    events_url = models.CharField(max_length=1000, default="")
    tasks_url = models.CharField(max_length=1000, default="")


class Standing(models.Model):
    """How it goes with one account; apart from it, because it changes with every try.

    `tokens` are how far each calendar was read, by its address. `held_until` is until when one process has
    the account for itself: a time, not a lock, because nobody keeps a connection while a server thinks.
    """

    account = models.OneToOneField(Account, models.CASCADE, primary_key=True, related_name="standing")
    tokens = models.JSONField(default=dict)
    tried_at = models.DateTimeField(null=True)
    good_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True, db_index=True)
    held_until = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    failures = models.IntegerField(default=0)
    why = models.CharField(max_length=400, default="")
    told_at = models.DateTimeField(null=True)


class Item(models.Model):
    """One entry there and the activity here that it is.

    `base` is what both said when they were last the same; against it each side's changes are found. `ours`
    are values of this side that gave way to newer ones there. `problem` says why an entry was not taken:
    then there is no activity. `is_cut` ties nothing any more: it was cleared away there, and stays here.

    An entry that repeats by a rule which is known here is the series `series_id`, and `base` what all its
    times said (repeating.Base); by any other rule it `is_series`, and is one activity, where it comes next.
    """

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, models.CASCADE, related_name="items", db_index=False)
    place = models.CharField(max_length=1000)
    href = models.CharField(max_length=1000)
    etag = models.CharField(max_length=300, default="")
    uid = models.CharField(max_length=300, default="")
    activity_id = models.BigIntegerField(null=True)
    series_id = models.BigIntegerField(null=True)
    base = models.JSONField(default=dict)
    ours = models.JSONField(default=dict)
    clashed_at = models.DateTimeField(null=True)
    is_series = models.BooleanField(default=False)
    is_cut = models.BooleanField(default=False)
    subject = models.CharField(max_length=250, default="")
    problem = models.CharField(max_length=400, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "href"], name="an_entry_there_is_known_once"),
            models.UniqueConstraint(
                fields=["account", "activity_id"],
                condition=Q(activity_id__isnull=False),
                name="an_activity_stands_once_in_an_account",
            ),
            models.UniqueConstraint(
                fields=["account", "series_id"],
                condition=Q(series_id__isnull=False),
                name="a_series_stands_once_in_an_account",
            ),
        ]

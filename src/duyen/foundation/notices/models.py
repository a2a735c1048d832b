"""What people are told, and how each wants to be told."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Notice(models.Model):
    """One thing that one person is told: facts, never a sentence, so that it is told as she may know it then.

    `entity` and `record_id` name the record: by its family in the trail or by its entity, `jobs` for work in
    the background. Several records under one `fold` are one notice with a `count` and no id. `operations` are
    the latest steps of the trail behind it. `mail` is how it goes out by mail: not, now, or in the digest;
    `sent_in` is the mail that it goes out in.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)
    entity = models.CharField(max_length=60, default="")
    record_id = models.BigIntegerField(null=True)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=160, default="")
    args = models.JSONField(default=dict)
    operations = ArrayField(models.BigIntegerField(), default=list)
    count = models.IntegerField(default=1)
    fold = models.CharField(max_length=120, default="")
    is_shown = models.BooleanField(default=True)
    mail = models.CharField(max_length=8, default="")
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    sent_in = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "fold"],
                condition=Q(read_at=None) & ~Q(fold=""),
                name="what_is_alike_is_told_once_until_it_is_read",
            ),
        ]
        indexes = [
            models.Index(
                fields=["user", "-created_at", "-id"],
                condition=Q(read_at=None, is_shown=True),
                name="unread_notices_newest_first",
            ),
            models.Index(fields=["user", "-created_at", "-id"], name="notices_newest_first"),
            models.Index(fields=["created_at"], name="notices_by_age"),
            models.Index(
                fields=["mail", "user"],
                condition=Q(mailed_at=None) & ~Q(mail=""),
                name="notices_to_mail",
            ),
            models.Index(fields=["sent_in"], condition=Q(sent_in__isnull=False), name="notices_of_a_mail"),
        ]


class Preference(models.Model):
    """How one person wants to be told; without a row what `kinds.py` says holds.

    `choices` leads from a group of kinds to {"app": bool, "mail": "", "now" or "digest"}. No mail goes out
    between `quiet_from` and `quiet_until` (hours of the day in Vietnam; equal: never quiet).
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    choices = models.JSONField(default=dict)
    digest_hour = models.SmallIntegerField(default=8)
    digest_on_working_days = models.BooleanField(default=True)
    quiet_from = models.SmallIntegerField(default=0)
    quiet_until = models.SmallIntegerField(default=0)
    watches_own = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    digest_hour__range=(0, 23), quiet_from__range=(0, 23), quiet_until__range=(0, 23)
                ),
                name="a_notice_is_sent_at_an_hour_of_the_day",
            ),
        ]


class MailState(models.TextChoices):
    """Where a mail stands; all but the first are final. EMPTY had nothing left to tell when its turn came."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    EMPTY = "empty"


class NoticeMail(models.Model):
    """One mail to one person with some of her notices; its words are made when it is sent.

    `due_at` is the next try, and while one tries, the moment from which another may. `problem` is the kind
    of the last failure, never its words: they may hold an address.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    is_digest = models.BooleanField(default=False)
    state = models.CharField(max_length=8, default=MailState.WAITING)
    tries = models.SmallIntegerField(default=0)
    problem = models.CharField(max_length=120, default="")
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="mails_that_wait"),
            models.Index(fields=["state", "-created_at"], name="mails_by_state"),
            models.Index(fields=["user", "-created_at"], name="mails_of_a_person"),
        ]

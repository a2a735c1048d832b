"""Mailboxes and how they stand, templates, drafts, and the mails themselves beside their activities.

Templates and mailboxes are under the trail. A mail is not: what it says never changes, and who
filed it stands in the trail of its activity. Nor is what a server says to each try.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from duyen.foundation.records import Binned, Stamped
from duyen.modules.consents.words import Purpose
from duyen.modules.messaging.words import MailKind, MailState, Use


class MailTemplate(Binned):
    """A text with fields to start a mail from; `entity` limits it to records of one kind, empty for any."""

    name = models.CharField(max_length=120)
    entity = models.CharField(max_length=60, default="")
    subject = models.CharField(max_length=200, default="")
    body = models.TextField()
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="a_mail_template_has_a_name")]


class Signature(models.Model):
    """What stands below the mails of one person."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    text = models.TextField(default="")


class Mailbox(Stamped):
    """A mailbox that is read by IMAP and, where `smtp_host` is given, sends: the company's, or a person's.

    Without a `user` it is one of the company: there is one for mail, and as many for leads as it wants, each
    of an account of its own. `sealed` is the password, encrypted. `since` is the first day from which mails
    are read. A mailbox that was taken out keeps its row, without a password, because mails point at it.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    use = models.CharField(max_length=8, default=Use.MAIL.value)
    address = models.CharField(max_length=254)
    sender_name = models.CharField(max_length=120, default="")
    imap_host = models.CharField(max_length=253)
    imap_port = models.IntegerField(default=993)
    imap_security = models.CharField(max_length=10, default="tls")
    username = models.CharField(max_length=254)
    sealed = models.BinaryField(null=True)
    folder = models.CharField(max_length=200, default="INBOX")
    since = models.DateField()
    smtp_host = models.CharField(max_length=253, default="")
    smtp_port = models.IntegerField(default=587)
    smtp_security = models.CharField(max_length=10, default="starttls")
    is_on = models.BooleanField(default=True)
    gone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(gone_at=None, user__isnull=False),
                name="a_person_has_one_mailbox",
            ),
            models.UniqueConstraint(
                fields=["use"],
                condition=Q(gone_at=None, user=None, use=Use.MAIL.value),
                name="the_company_has_one_mailbox_for_mail",
            ),
            models.UniqueConstraint(
                fields=["imap_host", "username", "folder"],
                condition=Q(gone_at=None, user=None, use=Use.LEADS.value),
                name="a_mailbox_for_leads_is_connected_once",
            ),
        ]


class Standing(models.Model):
    """How reading one mailbox goes: up to which mail, since when it fails and why, when it is read next.

    `uid_validity` and `last_uid` are the place in the box. `left` is how many mails were not read yet when it
    was last looked at. `problem` is {code, params} of `servers.problems`; `last_problem` is the latest, of
    `failed_at`, and stays when reading goes on. `held_until` is until when the process that reads it has it
    for itself.
    """

    mailbox = models.OneToOneField(Mailbox, models.CASCADE, primary_key=True, related_name="standing")
    uid_validity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    left = models.IntegerField(default=0)
    read_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    failures = models.IntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    problem = models.JSONField(null=True)
    failed_at = models.DateTimeField(null=True)
    last_problem = models.JSONField(null=True)
    told_at = models.DateTimeField(null=True)
    held_until = models.DateTimeField(null=True)


class Mail(models.Model):
    """One mail that came in or goes out; `activity_id` is the activity that it is, once it has a place.

    `people` is {to: [[name, address]], cc: […]}. `body` is what was written now, `quoted` what hangs below
    it. `message_id` is the one of its header, `thread` the ids before it, the latest last. `answers_id` is
    our mail that it answers. `why` is {code, params}: why it stands where it stands, or what the server said.
    `not_taken` lists [address, code, words] of those whom it did not reach. `fingerprint` tells a mail from
    every other one, in whichever box it lies.
    """

    id = models.BigAutoField(primary_key=True)
    way = models.CharField(max_length=3)
    kind = models.CharField(max_length=12, default=MailKind.MAIL.value)
    state = models.CharField(max_length=12)
    activity_id = models.BigIntegerField(null=True)
    party_id = models.BigIntegerField(null=True)
    answers = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    mailbox = models.ForeignKey(Mailbox, models.PROTECT, null=True, related_name="+", db_index=False)
    uid = models.BigIntegerField(null=True)
    message_id = models.CharField(max_length=300, default="")
    thread = models.JSONField(default=list)
    # Mails that go out have none; an empty text would stand there once only.
    fingerprint = models.CharField(max_length=64, null=True)  # noqa: DJ001
    sender_name = models.CharField(max_length=120, default="")
    sender_address = models.CharField(max_length=254, default="")
    reply_to = models.CharField(max_length=254, default="")
    people = models.JSONField(default=dict)
    subject = models.CharField(max_length=500, default="")
    body = models.TextField(default="")
    quoted = models.TextField(default="")
    at = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    sends_as = models.CharField(max_length=8, default="")
    purpose = models.CharField(max_length=12, default=Purpose.SERVICE.value)
    why = models.JSONField(null=True)
    not_taken = models.JSONField(default=list)
    tries = models.IntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    held_until = models.DateTimeField(null=True)
    filed_at = models.DateTimeField(null=True)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["fingerprint"],
                condition=Q(fingerprint__isnull=False),
                name="a_mail_is_kept_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[each.value for each in MailState]), name="a_mail_is_in_a_known_state"
            ),
        ]
        indexes = [
            models.Index(fields=["message_id"], condition=~Q(message_id=""), name="mails_by_their_id"),
            models.Index(
                fields=["activity_id"], condition=Q(activity_id__isnull=False), name="mails_of_an_activity"
            ),
            models.Index(fields=["answers"], condition=Q(answers__isnull=False), name="mails_that_answer"),
            models.Index(
                fields=["state", "-id"],
                condition=Q(state__in=["unfiled", "left_out"]),
                name="mails_without_a_place",
            ),
            # Of some boxes alone, without a walk past what waits in the others.
            models.Index(
                fields=["mailbox", "state", "-id"],
                condition=Q(state__in=["unfiled", "left_out"]),
                name="mails_without_a_place_of_a_box",
            ),
            models.Index(
                fields=["next_at"], condition=Q(state__in=["waiting", "sending"]), name="mails_to_send"
            ),
            # The few that somebody has to look at, without a walk past all that arrived.
            models.Index(
                fields=["party_id", "-id"],
                condition=Q(way="out")
                & (Q(state__in=["waiting", "refused", "uncertain"]) | ~Q(not_taken=[])),
                name="mails_that_did_not_arrive",
            ),
            models.Index(fields=["created_by", "-id"], condition=Q(way="out"), name="mails_of_a_sender"),
            models.Index(fields=["party_id", "-id"], condition=Q(state="taken"), name="mails_taken_in"),
            # By whom an erasure, or a copy, finds mails of a person.
            models.Index(fields=["party_id"], condition=Q(party_id__isnull=False), name="mails_of_a_party"),
            models.Index(
                fields=["sender_address"],
                condition=Q(activity_id=None, party_id=None),
                name="mails_of_nobody",
            ),
        ]


class MailFile(models.Model):
    """A file in a mail: a version of a kept file, or why it was not taken.

    `problem` is {code, params} of a refusal of `foundation.files`.
    """

    id = models.BigAutoField(primary_key=True)
    mail = models.ForeignKey(Mail, models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    size = models.BigIntegerField(default=0)
    file_id = models.BigIntegerField(null=True)
    version_id = models.BigIntegerField(null=True)
    problem = models.JSONField(null=True)


class MailDraft(models.Model):
    """What somebody has begun to write to one record; nobody else sees it."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    entity = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    values = models.JSONField(default=dict)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "entity", "record_id"], name="a_person_has_one_draft_for_a_record"
            ),
        ]

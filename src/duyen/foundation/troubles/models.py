"""Faults that nobody foresaw: what broke, where in the code, how often; never with which values."""

from __future__ import annotations

from django.db import models


class Trouble(models.Model):
    """One fault, whoever met it: equal ones share the type and the places of our own code.

    `trace` holds files, lines, functions and the source there; `chain` the types of the errors behind
    it. Neither holds a value that somebody typed or that a record has.
    """

    id = models.BigAutoField(primary_key=True)
    fingerprint = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=120)
    sqlstate = models.CharField(max_length=5, default="")
    place = models.CharField(max_length=200)
    chain = models.JSONField(default=list)
    trace = models.JSONField(default=list)
    times = models.BigIntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField(db_index=True)
    solved_at = models.DateTimeField(null=True)
    solved_by_id = models.BigIntegerField(null=True)


class Report(models.Model):
    """One time that somebody met it: the number she can quote, the door, the pattern of the address."""

    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=12, unique=True)
    trouble = models.ForeignKey(Trouble, models.CASCADE, related_name="reports")
    at = models.DateTimeField(db_index=True)
    door = models.CharField(max_length=12)
    pattern = models.CharField(max_length=200, default="")
    user_id = models.BigIntegerField(null=True)
    product = models.CharField(max_length=40, default="")
    python = models.CharField(max_length=20, default="")

"""Points models with their criteria, and the scores that stand still."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, Q, When

from duyen.foundation.records import Binned
from duyen.foundation.sqlfields import searched_text, sort_key_of
from duyen.modules.scoring.words import ModelState


class ScoreModel(Binned):
    """One edition of the points by which leads are scored. Once published nothing of it changes.

    A score of `hot_from` and more proposes hot, of `warm_from` and more warm, below it cold.
    `is_active` tells links that it takes criteria: it is a draft.
    """

    name = models.CharField(max_length=200)
    name_key = sort_key_of("name")
    search = searched_text(F("name"))
    state = models.CharField(max_length=12, default=ModelState.DRAFT.value)
    state_since = models.DateTimeField()
    hot_from = models.SmallIntegerField(default=60)
    warm_from = models.SmallIntegerField(default=30)
    note = models.TextField(default="")
    published_at = models.DateTimeField(null=True)
    is_active = models.GeneratedField(
        expression=Case(When(state=ModelState.DRAFT.value, then=True), default=False),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["state"],
                condition=Q(state=ModelState.PUBLISHED.value),
                name="one_points_model_is_in_force",
            ),
            models.CheckConstraint(condition=Q(warm_from__lt=F("hot_from")), name="hot_begins_above_warm"),
        ]
        indexes = [
            models.Index(fields=["created_at", "id"], name="points_models_by_age"),
            models.Index(
                fields=["deleted_at", "id"],
                condition=Q(deleted_at__isnull=False),
                name="points_models_in_the_bin",
            ),
        ]


class ScoreCriterion(Binned):
    """One thing that gives a lead points, or takes some away.

    `condition` stands in the engine's language of filters, as JSON.
    What happened counts for `within_days`, `most` times, and loses points evenly over them when it `fades`.
    Of activities `direction` says from whom, `outcomes` what came of them; empty is any.
    With `absent` it gives its points where nothing of the kind happened for so many days.
    """

    score_model = models.ForeignKey(ScoreModel, models.PROTECT, related_name="criteria", db_index=False)
    name = models.CharField(max_length=120)
    name_key = sort_key_of("name")
    search = searched_text(F("name"))
    basis = models.CharField(max_length=10)
    points = models.SmallIntegerField()
    condition = models.TextField(default="")
    activity_kind = models.CharField(max_length=10, default="")
    direction = models.CharField(max_length=3, default="")
    outcomes = ArrayField(models.CharField(max_length=40), default=list)
    within_days = models.SmallIntegerField(null=True)
    fades = models.BooleanField(default=False)
    absent = models.BooleanField(default=False)
    most = models.SmallIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["score_model", "id"], name="criteria_of_a_points_model"),
            models.Index(
                fields=["deleted_at", "id"],
                condition=Q(deleted_at__isnull=False),
                name="points_criteria_in_the_bin",
            ),
        ]


class FrozenScore(models.Model):
    """The score of a lead as it stood when it was qualified or given up, with its parts.

    `parts` are pairs of the criterion's name and its points.
    """

    lead_id = models.BigIntegerField(primary_key=True)
    score_model = models.ForeignKey(ScoreModel, models.PROTECT, related_name="+", db_index=False)
    score = models.SmallIntegerField()
    parts = models.JSONField()
    at = models.DateTimeField()


class LearnedScore(models.Model):
    """What was learned once of the company's own leads, and how well that went beside the points.

    `verdict` says whether it is offered. `trained` and `held` are the leads learned from and held apart, of
    which so many became customers. `weights` and `shares` are those of `learning.Learned` by fact, `tenths`
    are triples of leads, what was foretold and what came. `left_out` names the criteria that took no part.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    verdict = models.CharField(max_length=10)
    score_model = models.ForeignKey(ScoreModel, models.PROTECT, null=True, related_name="+", db_index=False)
    trained = models.IntegerField()
    trained_won = models.IntegerField()
    held = models.IntegerField()
    held_won = models.IntegerField()
    held_from = models.DateTimeField(null=True)
    auc = models.FloatField(null=True)
    auc_points = models.FloatField(null=True)
    lift = models.FloatField(null=True)
    lift_points = models.FloatField(null=True)
    tenths = models.JSONField(default=list)
    base = models.FloatField(default=0)
    weights = models.JSONField(default=dict)
    shares = models.JSONField(default=dict)
    left_out = models.JSONField(default=list)

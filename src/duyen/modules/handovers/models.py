"""Leads that one side hands over and the other accepts or returns."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from duyen.modules.handovers.words import HandoverState


class Handover(models.Model):
    """One lead handed over: by whom, to whom or to which unit, and what became of it.

    `answered_by_id` is who accepted, returned or withdrew it, `answer` why; `late_at` is when both sides were
    told that nobody had answered by `due_at`.
    """

    id = models.BigAutoField(primary_key=True)
    lead_id = models.BigIntegerField()
    by_id = models.BigIntegerField()
    to_id = models.BigIntegerField(null=True)
    unit_id = models.BigIntegerField()
    note = models.CharField(max_length=300)
    state = models.CharField(max_length=10, default=HandoverState.WAITING.value)
    handed_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by_id = models.BigIntegerField(null=True)
    answer = models.CharField(max_length=300, default="")
    late_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in HandoverState]),
                name="a_handover_is_in_a_known_state",
            ),
            models.CheckConstraint(
                condition=Q(state=HandoverState.WAITING.value, answered_at=None)
                | ~Q(state=HandoverState.WAITING.value) & Q(answered_at__isnull=False),
                name="a_handover_is_answered_once",
            ),
            models.UniqueConstraint(
                fields=["lead_id"],
                condition=Q(state=HandoverState.WAITING.value),
                name="a_lead_waits_for_one_answer",
            ),
        ]
        indexes = [
            models.Index(fields=["lead_id", "id"], name="handovers_of_a_lead"),
            models.Index(fields=["by_id", "handed_at"], name="handovers_by_a_person"),
            models.Index(
                fields=["unit_id", "due_at"],
                condition=Q(state=HandoverState.WAITING.value),
                name="handovers_waiting_in_a_unit",
            ),
            models.Index(
                fields=["to_id", "due_at"],
                condition=Q(state=HandoverState.WAITING.value),
                name="handovers_waiting_for_somebody",
            ),
            models.Index(
                fields=["due_at"],
                condition=Q(state=HandoverState.WAITING.value, late_at=None),
                name="handovers_to_remind_of",
            ),
        ]

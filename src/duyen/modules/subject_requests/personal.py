"""What a request holds of the person who made it: that and when it was answered stays as a proof."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from duyen.entities.personal.declared import By, Personal, Under

SUBJECT_REQUEST = Personal(
    ties=[By("customer_id"), By("contact_id"), Under("leads", "lead_id")],
    erases={
        "requester": _("[personal data erased]"),
        "wish": "",
        "proof": "",
        "added_why": "",
        "lifted_why": "",
    },
    plain="answer",
)

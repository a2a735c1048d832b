"""Facts of web forms."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FormSent:
    """Somebody filled a form in, and a lead came of it."""

    form_id: int
    lead_id: int

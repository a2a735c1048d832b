"""What consents hold of persons, and what an erasure makes of that.

That somebody agreed, to what and until when, stays as the proof of what was done on that ground; who it was
does not.
Refusals are of nobody: they are known by digests alone, and outlive the person on purpose.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from duyen.entities.personal.declared import NOBODY, By, Personal
from duyen.entities.personal.holding import hold
from duyen.modules.consents.models import ContactMade, ListCheck, ListedNumber, Suppression

CONSENT = Personal(
    ties=[By("party_id")],
    erases={"evidence": _("[consent, personal data erased]"), "refusal": "", "note": ""},
    plain="purpose channels data_kinds per given_by refused_channels refused_by",
)
hold(ContactMade, Personal(ties=[By("party_id")], plain="mac channel purpose denied_by"))
hold(Suppression, NOBODY)
hold(ListedNumber, NOBODY)
hold(ListCheck, NOBODY)

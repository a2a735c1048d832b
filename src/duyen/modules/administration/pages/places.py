"""What the company's page says about addresses from before 1/7/2025."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from duyen.entities.converting import count_waiting, is_any_waiting, last_conversion
from duyen.foundation.jobs.running import UNFINISHED
from duyen.surfaces.web.filters import so
from duyen.surfaces.web.pages.addresses import job_url


@dataclass(frozen=True)
class Places:
    """How many addresses wait to be converted, and the job that is at it."""

    text: str
    is_offered: bool
    job_url: str = ""


def places() -> Places | None:
    """Tell of addresses that wait for the units of today, or of the job that converts them; else nothing."""
    job = last_conversion()
    if job is not None and job.state in UNFINISHED:
        text = _("Addresses are being converted to the wards and provinces since 1/7/2025.")
        return Places(text, is_offered=False, job_url=job_url(job.pk))
    if not is_any_waiting():
        return None
    text = _(
        "%(count)s records hold addresses from before 1/7/2025. Convert them to today's wards and provinces: "
        "what was entered is kept, and what is not certain is marked to be checked."
    )
    return Places(text % {"count": so(count_waiting())}, is_offered=True)

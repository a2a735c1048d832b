"""Import from a page as a browser does it: read the form that stands there, and work the job off."""

from __future__ import annotations

import re
from typing import Any

from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import work


def form_of(page: str) -> dict[str, str]:
    """Read what a browser would send of the form of an import as it stands."""
    found = dict(re.findall(r'<input type="hidden" name="(c\d+)" value="([^"]*)"', page))
    for name, inside in re.findall(
        r'<select class="input[^"]*" id="[^"]*" name="([^"]+)"[^>]*>(.*?)</select>', page
    ):
        chosen = re.search(r'<option value="([^"]*)" selected', inside)
        found[name] = chosen[1].replace("&#34;", '"') if chosen else ""
    found |= dict(re.findall(r'name="(head_row)" type="text" value="([^"]*)"', page))
    found |= dict(re.findall(r'<input type="hidden" name="(was)" value="([^"]*)"', page))
    chosen = re.search(r'name="rule" value="(\w+)" checked', page)
    found["rule"] = chosen[1] if chosen else ""
    return found


def job_of(answer: Any) -> Job:
    """Carry out the job to whose page an answer leads."""
    location = str(answer.headers["Location"])
    job = Job.objects.get(pk=int(location.rsplit("/", 1)[-1]))
    if not work(job.pk):
        raise AssertionError(f"job {job.pk} was not carried out")
    job.refresh_from_db()
    return job

"""How the tests of reports read a page of one: its lines, its links, deals as the past has them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from django.db import transaction

from duyen.entities.reports.declared import Report, report_called
from duyen.foundation.audit import trail
from duyen.modules.opportunities.models import Opportunity
from duyen.testing.cast import Cast

HOMES = {"seller": "HP1", "outsider": "HD1"}
#: Those that count and add up records alone: their figures are those of lists.
OF_RECORDS = (
    *("closed_opportunities", "opportunities_by_type", "opportunities_by_stage", "opportunity_sources"),
)
KEYS = (*OF_RECORDS, "stage_durations")


def text(answer: Any) -> str:
    return str(answer.content.decode())


def report(key: str) -> Report:
    found = report_called(key)
    assert found is not None
    return found


def words(shown: str) -> str:
    """Give what stands on a page for its reader."""
    return re.sub(r"<[^>]*>", " ", shown)


def lines_in(shown: str) -> dict[str, list[str]]:
    """Read the table of a report: the figures of each line by its words."""
    rows = re.findall(r"<tr[^>]*><th scope=\"?row\"?>(.*?)</th>(.*?)</tr>", shown, flags=re.DOTALL)
    return {
        label: [re.sub(r"<[^>]*>", "", cell) for cell in re.findall(r"<td class=\"?num\"?>(.*?)</td>", cells)]
        for label, cells in rows
    }


def links_in(shown: str) -> Iterator[tuple[str, str]]:
    """Give each figure of the table that opens a list, with the address."""
    body = shown.partition("<tbody>")[2].partition("</table>")[0]
    for address, figure in re.findall(r'<a class="?quiet"? href="([^"]+)">([^<]+)</a>', body):
        yield address.replace("&amp;", "&"), figure


def close(record: int, cast: Cast, state: str, on: dt.date) -> None:
    """Let a deal be closed as the past would have it."""
    with transaction.atomic():
        trail.begin(cast.actor("director"), "tests.close")
        Opportunity.objects.filter(pk=record).update(
            state=state, closed_on=on, actual_amount=90 if state == "WON" else None
        )

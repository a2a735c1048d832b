"""The benchmark of scores in small: every work is done, and nothing that was only tried stays."""

from __future__ import annotations

import pytest

from duyen.bench.filling import fill
from duyen.bench.interests import fill_leads
from duyen.bench.lead_scores import LIVE, speeds_of, told
from duyen.modules.leads.models import Lead
from duyen.modules.scoring.models import LearnedScore


def _quiet(_line: str) -> None:
    """Nobody reads the progress."""


@pytest.mark.django_db
def test_scores_every_lead_by_both_ways() -> None:
    cast = fill(300, say=_quiet)
    fill_leads(400, say=_quiet)

    speeds = list(speeds_of(cast.everything, 3, say=_quiet))

    moving = Lead.objects.filter(state__in=[each.value for each in LIVE]).count()
    ended = Lead.objects.filter(state__in=["CONVERTED", "DISQUALIFIED"]).count()
    assert [each.leads for each in speeds] == [moving, moving, 1, moving, ended, moving]
    assert len(told(speeds)) == len(speeds) + 2
    live = Lead.objects.filter(state__in=["NEW", "ASSIGNED", "CONTACTED", "NURTURING"])
    assert live.filter(score=None).count() == 0
    assert live.filter(likelihood=None).count() == 0
    assert not LearnedScore.objects.exists()

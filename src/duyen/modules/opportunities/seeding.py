"""The pipeline with which a company starts; afterwards it is the company's own. Source: process §2.2."""

from __future__ import annotations

from dataclasses import dataclass

from duyen.entities.seeding import offer_seed
from duyen.entities.writing import insert_rows, next_ids
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.kernel.clock import now
from duyen.modules.opportunities import queries
from duyen.modules.opportunities.models import Pipeline, Stage

# Vietnamese, as the names of roles are: records are in the company's language.
NAME = "Bán dịch vụ"


@dataclass(frozen=True)
class _Seed:
    name: str
    probability: int
    tone: str
    stale_after: int
    checklist: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    is_late: bool = False


STAGES = (
    _Seed("Thăm dò", 10, "gray", 14, ("Đã liên lạc được với khách hàng",)),
    _Seed("Tìm hiểu nhu cầu", 20, "blue", 14, ("Đã rõ khách hàng cần gì",), ("pain_points",)),
    _Seed("Khảo sát hạ tầng", 35, "teal", 14, ("Đã khảo sát địa điểm và hạ tầng",)),
    _Seed("Đề xuất, báo giá", 50, "violet", 21, ("Đã gửi báo giá",), ("lines", "decision_maker"), True),
    _Seed("Thương lượng", 70, "amber", 21, ("Đã thống nhất giá và thời hạn",), ("lines",), True),
    _Seed("Chờ ký", 90, "green", 14, is_late=True),
)


def _seed(actor: Actor) -> int:
    """Write the pipeline and its stages, where nobody made one before."""
    if queries.has_pipeline():
        return 0
    trail.begin(actor, "pipelines.seed")
    moment = now()
    stamps = {"created_at": moment, "updated_at": moment}
    (pipeline,) = next_ids(Pipeline, 1)
    insert_rows(Pipeline, [{"id": pipeline, "name": NAME, "position": 1}], alike=stamps)
    rows = [
        {
            "id": row_id,
            "pipeline_id": pipeline,
            "name": each.name,
            "position": place,
            "probability": each.probability,
            "tone": each.tone,
            "stale_after": each.stale_after,
            "checklist": "\n".join(each.checklist),
            "required": list(each.required),
            "is_late": each.is_late,
        }
        for place, (row_id, each) in enumerate(
            zip(next_ids(Stage, len(STAGES)), STAGES, strict=True), start=1
        )
    ]
    insert_rows(Stage, rows, alike=stamps)
    return 1 + len(rows)


def offer() -> None:
    """Let an installation start with a pipeline. Called once, at start-up."""
    offer_seed("opportunities.pipeline", _seed)

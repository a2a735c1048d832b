"""The points with which a company starts; afterwards they are its own."""

from __future__ import annotations

import json
from typing import Any

from duyen.entities.seeding import offer_seed
from duyen.entities.writing import insert_rows, next_ids
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.kernel.clock import now
from duyen.modules.activities.words import ActivityKind
from duyen.modules.scoring import queries
from duyen.modules.scoring.models import ScoreCriterion, ScoreModel
from duyen.modules.scoring.words import Basis, ModelState

# Vietnamese, as the names of roles are: records are in the company's language.
NAME = "Thang điểm khởi đầu"
_NOTE = "Thang điểm mẫu. Tạo bản nháp từ bản này, sửa theo kinh nghiệm của công ty rồi áp dụng."


def _field(name: str, points: int, *condition: Any) -> dict[str, Any]:
    shape = {"basis": Basis.FIELD.value, "condition": json.dumps(condition)}
    return {**_BLANK, "name": name, "points": points, **shape}


def _behaviour(name: str, points: int, basis: Basis, days: int, **other: Any) -> dict[str, Any]:
    shape = {"basis": basis.value, "within_days": days, "fades": True}
    return {**_BLANK, "name": name, "points": points, **shape, **other}


_BLANK: dict[str, Any] = {
    "condition": "",
    "activity_kind": "",
    "direction": "",
    "outcomes": [],
    "within_days": None,
    "fades": False,
    "absent": False,
    "most": 1,
}
CRITERIA = (
    _field("Được giới thiệu", 20, "source", "eq", "REFERRAL"),
    _field("Có khách hàng giới thiệu", 10, "referrer", "empty", False),
    _field("Đã rõ nhu cầu", 10, "need", "empty", False),
    _field("Đã chọn sản phẩm", 10, "products", "empty", False),
    _field("Đã nói ngân sách", 10, "budget", "empty", False),
    _field("Tự quyết định", 10, "is_decider", "eq", True),
    _field("Hỏi cho doanh nghiệp", 5, "company", "empty", False),
    _field("Không có số điện thoại", -10, "phones", "empty", True),
    _behaviour("Gửi biểu mẫu trên web", 15, Basis.WEB_FORM, 30, most=2),
    _behaviour("Gọi điện", 5, Basis.ACTIVITY, 30, activity_kind=ActivityKind.CALL.value, most=3),
    _behaviour("Gặp mặt", 15, Basis.ACTIVITY, 60, activity_kind=ActivityKind.MEETING.value),
    _behaviour("Đồng ý nhận thông tin", 5, Basis.CONSENT, 365),
)


def _seed(actor: Actor) -> int:
    """Write the model and its criteria in force, where nobody made one before."""
    if queries.has_model():
        return 0
    trail.begin(actor, "score_models.seed")
    moment = now()
    stamps = {"created_at": moment, "updated_at": moment}
    (model,) = next_ids(ScoreModel, 1)
    state = {"state": ModelState.PUBLISHED.value, "state_since": moment, "published_at": moment}
    insert_rows(ScoreModel, [{"id": model, "name": NAME, "note": _NOTE, **state}], alike=stamps)
    ids = next_ids(ScoreCriterion, len(CRITERIA))
    rows = [
        {**each, "id": row_id, "score_model_id": model} for row_id, each in zip(ids, CRITERIA, strict=True)
    ]
    insert_rows(ScoreCriterion, rows, alike=stamps)
    return 1 + len(rows)


def offer() -> None:
    """Let an installation start with points. Called once, at start-up."""
    offer_seed("scoring.points", _seed)

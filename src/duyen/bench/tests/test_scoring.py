"""Scoring what was proposed: the right record, a wrong one, none, and a row that was refused."""

from __future__ import annotations

from pathlib import Path

from duyen.bench.scoring import score, told
from duyen.testing.cast import Cast

_FILE = """kind,name,phone,tax_code,is_dup,true_id
person,Phan Thu Trà,0912345678,,0,T1
person,PHAN THU TRA,+84 912 345 678,,1,T1
person,Phan Đức Minh,0912345678,,0,T2
person,Đỗ Bá Lực,,,0,T3
person,Đỗ Bá Lực,0988111222,,1,T3
company,Công ty TNHH Phú Quý,,123,1,T1
"""


def test_counts_right_wrong_and_missed_proposals(tmp_path: Path, cast: Cast) -> None:
    file = tmp_path / "khach.csv"
    file.write_text(_FILE, encoding="utf-8")

    scores = score(file, unit=cast.unit("HP1").pk, owner=cast.user("seller").pk)

    assert (scores.rows, scores.left_out) == (6, 1)
    assert (scores.all.duplicates, scores.all.proposed, scores.all.right) == (2, 2, 1)
    assert (scores.likely.proposed, scores.likely.right) == (1, 1)
    assert (scores.likely.recall, scores.likely.precision) == (0.5, 1.0)
    assert "| likely | 1 | 1 | 0.500 | 1.000 |" in told(scores, "khach.csv")

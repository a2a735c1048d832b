"""Why a webhook is paused."""

from __future__ import annotations

NEW, BY_HAND, FAILING, GONE, USER_GONE = "new", "by_hand", "failing", "gone", "user_gone"

"""The one exception with which a reader inside the transports gives up on a delivery."""

from __future__ import annotations

SAVE_AS_XLSX = "请另存为 .xlsx 或 UTF-8 CSV 后重新报送 (save as .xlsx or UTF-8 CSV and deliver again)"
EXPORT_AGAIN = "请重新导出后报送 (export again from the source system and deliver the new file)"


class Unreadable(Exception):
    """Raised with a reason (what is wrong, where) and a hint (what to do); becomes a `Refused`."""

    def __init__(self, reason: str, hint: str = EXPORT_AGAIN) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint

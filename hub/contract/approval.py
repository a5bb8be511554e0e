"""Approved states of a file or folder: each a dated version that one person proposes and another approves, with the fingerprint of what stands there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from hub.contract.form import Form
from hub.domain.values.text import named


@dataclass(frozen=True)
class Version:
    """One approved state."""

    no: int
    on: date
    proposed_by: str
    approved_by: str
    reason: str
    fingerprint: str


def read_versions(form: Form, told: Mapping[str, Any]) -> tuple[Version, ...]:
    """Numbered from 1 without a gap, none before the one before it, each with two people."""
    found: list[Version] = []
    for no, raw in told.items():
        at = ("版本", no)
        raw = form.table(raw, *at)
        form.only(raw, ("日期", "提出", "批准", "事由", "指纹"), "a version", *at)
        if no != str(len(found) + 1):
            form.fail(f"versions are numbered 1, 2, 3 …; here {len(found) + 1} is due", *at)
        proposed, approved = form.text_of(raw, "提出", *at), form.text_of(raw, "批准", *at)
        if named(proposed) == named(approved):
            form.fail("whoever proposes a change does not approve it: 批准 must be a second person", *at, "批准")
        on = _day(form, raw, *at)
        if found and on < found[-1].on:
            form.fail(f"version {no} cannot be older than the one before it, of {found[-1].on}", *at, "日期")
        found.append(Version(len(found) + 1, on, proposed, approved, form.text_of(raw, "事由", *at), form.text_of(raw, "指纹", *at)))
    return tuple(found)


def _day(form: Form, raw: Mapping[str, Any], *at: str) -> date:
    """Its 日期."""
    text = form.text_of(raw, "日期", *at)
    try:
        return date.fromisoformat(text)
    except ValueError:
        form.fail('日期 must be a date in quotes, such as "2026-11-26"', *at, "日期")

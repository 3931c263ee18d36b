"""What the demo's headquarters decided about its rules: one approved, one rejected, one that waits. All made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from counterpoint.config.demo.bank import Built
from counterpoint.foundation.api import scope_of, scoped
from counterpoint.primitives.content import get
from counterpoint.primitives.content.actions import content_approve, content_propose, content_reject
from counterpoint.primitives.content.drafts import Draft, body_text

LABEL = "演示数据：模拟提案"
OPERATIONS, COMPLIANCE = "hua90", "gui90"


def live(_cast: object, built: Built, founded: date, until: datetime, *, seed: int) -> int:  # noqa: ARG001
    """Propose and decide; returns how many proposals there are."""
    on, earliest = until.date(), datetime.combine(founded + timedelta(days=1), until.timetz())
    logs = draft_of("standards", "academy.data.log_months", on, "本行从严：日志与查询记录保存 12 个月")
    longer = logs.text.replace("number: 6", "number: 12").replace("value: 6", "value: 12")
    kept = max(earliest, until - timedelta(days=18))
    made = propose(built, replace(logs, text=longer, effective_from=kept.date()), kept)
    decide(built, made, kept + timedelta(hours=3))
    hints = draft_of("kiosk_groups", "wealth", on, "大堂反馈：老年客户找不到养老理财")
    hints = replace(hints, text=hints.text.replace("理财、基金、保险、贷款", "理财、养老、基金、保险、贷款"))
    asked = max(earliest, until - timedelta(days=32))
    made = propose(built, replace(hints, effective_from=asked.date() + timedelta(days=2)), asked)
    decide(built, made, asked + timedelta(days=1))
    promise = draft_of("tiers", "standard", on, "同业承诺 12 分钟，建议跟进")
    shorter = promise.text.replace("promise_minutes: 15", "promise_minutes: 12")
    made = propose(built, replace(promise, text=shorter, effective_from=on), max(earliest, until - timedelta(days=12)))
    decide(built, made, max(earliest, until - timedelta(days=11)), "客流高峰日无法兑现，先试点再议")
    trial = replace(promise, text=promise.text.replace("promise_minutes: 15", "promise_minutes: 14"))
    propose(built, replace(trial, effective_from=on + timedelta(days=14), why="先缩短 1 分钟试行"), until)
    return 4


def draft_of(kind: str, key: str, on: date, why: str) -> Draft:
    """A wish to change what is in force: its text as it stands, labelled as the demo's."""
    item = get(kind, key, on)
    return Draft(kind, key, body_text(item), LABEL, "D", on, why=why)


def propose(built: Built, draft: Draft, at: datetime) -> UUID:
    """Headquarters' operations propose it."""
    scope = scope_of(built.people[OPERATIONS], at)
    with scoped(scope):
        return content_propose(scope=scope, org_unit=built.units["hq"], draft=draft, now=at).pk


def decide(built: Built, proposal: UUID, at: datetime, reason: str = "") -> None:
    """Compliance approves it, or rejects it for a reason."""
    scope = scope_of(built.people[COMPLIANCE], at)
    with scoped(scope):
        if reason:
            content_reject(scope=scope, proposal=proposal, reason=reason, now=at)
        else:
            content_approve(scope=scope, proposal=proposal, now=at)

"""What a code gives: the released card, or the one answer for everything else."""

from datetime import UTC, datetime
from typing import Any

import pytest

from firmware_bridge.contract.check.code import CodeError
from firmware_bridge.contract.check_events import Language, Release, Withdrawal
from hub import check_cards, checks, look_up
from hub.look_up import Shown
from hub.store import Store
from tests.hub.checks import world as w
from tests.hub.checks.world import Table


def see(
    store: Store, typed: str, language: Language = "en", now_ms: int = w.NOW_MS, days: int = 90
) -> Shown | None:
    with store.read() as transaction:
        return look_up.look_up(transaction, typed, language, now_ms, days)


def release(table: Table, code: str, store: Store, language: Language = "en", **what: Any) -> None:  # noqa: ANN401 - as in fact
    """Release as the table does: with the sentences of the moment."""
    with store.read() as transaction:
        found = checks.find(transaction, code)
        told = check_cards.card_of(transaction, found, language, "full", "2026-11-02")
    words = tuple(line.text for line in told.lines)
    fact = Release(language=language, overridden=(), reason="", words=words)
    table.fact(code, release=fact, **what)


def test_a_released_card_is_said_in_any_language(store: Store, table: Table) -> None:
    code = table.whole(1, release=False)
    assert see(store, code) is None
    release(table, code, store)
    shown = see(store, code.lower().replace("-", " "))
    assert shown is not None
    assert (shown.code, shown.version, shown.changed) == (code, 1, False)
    assert shown.day == datetime.fromtimestamp(w.START_MS / 1000, UTC).date().isoformat()
    assert "found" in {line.weight for line in shown.lines}
    spanish = see(store, code, "es")
    assert spanish is not None
    assert spanish.language == "es"
    assert any("tira reactiva" in line.text for line in spanish.lines)
    assert len(spanish.lines) == len(shown.lines)


def test_a_card_says_what_it_said_when_findings_were_made_anew(store: Store, table: Table) -> None:
    code = table.whole(1)
    shown = see(store, code, "fr")
    assert shown is not None
    assert shown.language == "en"
    assert [line.text for line in shown.lines] == ["As released."]


def test_what_came_after_is_not_told_but_that_something_did(store: Store, table: Table) -> None:
    code = table.whole(1, "negative", release=False)
    release(table, code, store)
    before = see(store, code)
    table.fact(code, lab=w.answer(w.found("carfentanil", group="fentanyls")))
    shown = see(store, code)
    assert before is not None
    assert shown is not None
    assert shown.lines == before.lines
    assert (before.changed, shown.changed) == (False, True)
    assert before.laboratory != shown.laboratory
    release(table, code, store)
    renewed = see(store, code)
    assert renewed is not None
    assert (renewed.version, renewed.changed) == (2, False)
    assert any("carfentanil" in line.text for line in renewed.lines)


def test_what_people_have_not_settled_is_marked(store: Store, table: Table) -> None:
    code = table.whole(1)
    before = table.heads[code]
    for seen in (True, False):
        table.heads[code] = before
        table.fact(code, lab=w.answer(w.found("fentanyls", seen=seen, group="fentanyls")))
    shown = see(store, code)
    assert shown is not None
    assert shown.conflict
    assert shown.changed


def test_unknown_unreleased_withdrawn_and_old_are_the_same(store: Store, table: Table) -> None:
    open_, old, gone = table.whole(1, release=False), table.whole(2), table.whole(3)
    table.fact(gone, withdrawal=Withdrawal(event=table.heads[gone][0], reason="of another"))
    late_ms = w.START_MS + 91 * w.DAY_MS
    assert see(store, old, now_ms=late_ms) is None
    assert see(store, old, now_ms=late_ms - 2 * w.DAY_MS) is not None
    assert see(store, open_) is None
    assert see(store, gone) is None
    assert see(store, w.code(9)) is None
    with pytest.raises(CodeError):
        see(store, "K7M2-P9QX2")

"""A check's record as plain data for staff: pages, programs and the command line."""

import json
from typing import Any

from firmware_bridge.contract import codec
from firmware_bridge.contract.check.days import day_of
from firmware_bridge.contract.check.record import Record
from firmware_bridge.contract.check.tell import tell
from firmware_bridge.contract.check_events import CheckEvent
from hub import check_cards, checks
from hub.store import Transaction


def told(transaction: Transaction, found: Record) -> dict[str, Any]:
    """What its card would say now, what stands in the way, conflicts, laboratories, and the trail.

    Times are days; `by` is staff, and this is for staff alone.
    """
    day = day_of(found.trail[-1].at_ms)
    said = check_cards.card_of(transaction, found, "en", "full", day)
    return {
        "code": found.code,
        "state": found.state,
        "expected": found.intake.expected,
        "changed": list(found.changed),
        "says": [line.text for line in said.lines],
        "blocks": [
            {"name": each.name, "text": each.text, "override": each.override}
            for each in checks.in_the_way(transaction, found)
        ],
        "conflicts": [
            {"matter": each.matter, "events": [event.event for event in each.events]}
            for each in found.conflicts
        ],
        "laboratories": [
            {"split": lab.split, "state": lab.state, "name": lab.name, "method": lab.method}
            for lab in found.labs
        ],
        "spectra": list(found.spectra),
        "heads": list(found.heads),
        "trail": [
            {
                "event": event.event,
                "what": event.what,
                "day": day_of(event.at_ms),
                "by": event.by,
                "told": tell(event),
                "says": _said(event),
            }
            for event in found.trail
        ],
    }


def _said(event: CheckEvent) -> str:
    """What a fact says, as it was entered; its time is told as a day elsewhere."""
    whole = json.loads(codec.encode_body(event))
    return json.dumps(whole.get(event.what), ensure_ascii=False, indent=1)

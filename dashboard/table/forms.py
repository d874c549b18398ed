"""What forms of the table send, as plain values. Pure, but for the request that is handed in."""

import re
from collections.abc import Mapping

from dashboard.table.bridge import REFUSED, Entry
from dashboard.table.chance import new_fact_id
from dashboard.table.people import TablePerson

Form = Mapping[str, str]

_ID = re.compile("[0-9a-f]{32}")
MOST_ROWS = 12
NUMBERS = {
    "mass_mg": "milligrams",
    "water_ml": "millilitres",
    "limit_ng_ml": "ng/mL",
    "amount_percent": "per cent",
    "low_percent": "per cent",
    "high_percent": "per cent",
    "limit_percent": "per cent",
}
"""Fields that are numbers, and of what."""


def entry(form: Form, person: TablePerson) -> Entry:
    """Who enters what was sent, and what they had on their screen."""
    event, seen = form.get("event", ""), form.get("seen")
    return Entry(
        by=person.name,
        event=event if _ID.fullmatch(event) else new_fact_id(),
        seen=None if seen is None else [each for each in seen.split(",") if _ID.fullmatch(each)],
        reason=" ".join(form.get("reason_of_change", "").split()),
    )


def texts(form: Form, *names: str) -> dict[str, object]:
    """These fields, on one line each."""
    return {name: " ".join(form.get(name, "").split()) for name in names}


def number(form: Form, name: str, row: str = "") -> float | None:
    """A number, with a point or a comma; None where nothing was typed.

    Raises:
        ControlError: it is no number.
    """
    typed = form.get(name + row, "").strip().replace(",", ".")
    if not typed:
        return None
    try:
        return float(typed)
    except ValueError:
        raise REFUSED(f"{typed!r} is no number of {NUMBERS[name]}") from None


def strip(form: Form) -> dict[str, object]:
    """The fields of a strip.

    Raises:
        ControlError: nothing was said of its lines, or a number is none.
    """
    lines = form.get("lines", "")
    if not lines:
        raise REFUSED("say which lines the strip shows")
    seen: dict[str, object] = {"result": "not-done"} if lines == "not-done" else {"lines": lines}
    given = texts(form, "kind", "lot", "expires")
    numbers = {name: number(form, name) for name in ("mass_mg", "water_ml", "limit_ng_ml")}
    return given | numbers | seen


def laboratory(form: Form) -> dict[str, object]:
    """The fields of a laboratory's word: pending, or its findings row by row.

    Raises:
        ControlError: a number is none, or a complete answer says nothing.
    """
    findings = []
    for row in map(str, range(MOST_ROWS)):
        substance = " ".join(form.get(f"substance{row}", "").split())
        if not substance:
            continue
        names = ("amount_percent", "low_percent", "high_percent", "limit_percent")
        numbers = {name: number(form, name, row) for name in names}
        is_found = form.get(f"found{row}") == "yes"
        findings.append({"substance": substance, "found": is_found} | numbers)
    is_complete = form.get("state") == "complete"
    if is_complete and not findings:
        raise REFUSED("say what the laboratory found, and what it looked for and did not find")
    state = "complete" if is_complete else "pending"
    given = texts(form, "split", "name", "method")
    return given | {"state": state, "findings": findings if is_complete else []}

"""An audit in lines for a person at a terminal. Pure; "-" is what the machine does not say."""

from collections.abc import Iterator, Sequence

from firmware_bridge.evadts.audit import Audit, Event, Selection

_HEADS = (
    "selection",
    "product",
    "price",
    "paid",
    "free",
    "test",
    "out",
    "level",
    "presses",
    "note",
)


def lines(audit: Audit) -> Iterator[str]:
    """What the audit says: who, how it stands, selections, events, temperatures, warnings."""
    yield from _about(audit)
    if audit.selections:
        yield ""
        yield from _table([_HEADS, *(_row(audit, each) for each in audit.selections)])
    if audit.events:
        yield ""
        yield from _table([_event(each) for each in audit.events])
    if audit.warnings:
        yield ""
        yield f"{len(audit.warnings)} warnings"
        for each in audit.warnings:
            place = f"line {each.line}: " if each.line else ""
            yield f"  {each.name}: {place}{each.detail}"


def _about(audit: Audit) -> Iterator[str]:
    who, totals = audit.identity, audit.totals
    board = " ".join(p for p in (who.board_serial, who.board_model, who.board_software) if p)
    checksum = {None: "none", True: "right", False: "WRONG"}[audit.checksum_ok]
    temperatures = ", ".join(f"{each.temperature_c:g} C" for each in audit.temperatures_c)
    rows = [
        ("machine", _known(" ".join(p for p in (who.serial, who.model, who.build) if p))),
        ("board", _known(board)),
        ("identity", _known(f"{who.comm_id} {who.version}".strip())),
        ("clock", _known(f"{audit.clock_date} {audit.clock_time}".strip())),
        ("checksum", checksum),
        ("vends", _counts(paid=totals.paid_vends, free=totals.free_vends, test=totals.test_vends)),
        ("reads", _counts(all=audit.reads, clearing=audit.reads_with_reset, resets=audit.resets)),
        ("power cuts", _said(audit.power_outages)),
        ("temperature", _known(temperatures)),
    ]
    yield from (f"{name:12} {value}" for name, value in rows if value != "-")


def _row(audit: Audit, selection: Selection) -> tuple[str, ...]:
    level = _said(selection.level)
    if selection.capacity is not None:
        level += f"/{selection.capacity}"
    notes = ["no motor"] if selection.motor_absent else []
    if selection.paid_vends is None and selection.paid_vends_since_reset is not None:
        notes.append(f"{selection.paid_vends_since_reset} paid since reset")
    return (
        selection.selection_id,
        selection.product,
        _price(selection.price_minor, audit.decimal_places),
        _said(selection.paid_vends),
        _said(selection.free_vends),
        _said(selection.test_vends),
        _said(selection.dispensed),
        level,
        _said(selection.sold_out_presses),
        ", ".join(notes),
    )


def _event(event: Event) -> tuple[str, ...]:
    stands = {True: "stands", False: "ended", None: ""}[event.active]
    times = "" if event.count is None else f"{event.count} times"
    when = f"{event.date} {event.time}".strip()
    return ("event", event.code, event.name, stands, times, when, event.text)


def _price(minor: int | None, places: int) -> str:
    return "-" if minor is None else f"{minor / 10**places:.{places}f}"


def _counts(**counts: int | None) -> str:
    said = [f"{name} {count}" for name, count in counts.items() if count is not None]
    return ", ".join(said) or "-"


def _said(number: int | None) -> str:
    return "-" if number is None else str(number)


def _known(text: str) -> str:
    return text or "-"


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()

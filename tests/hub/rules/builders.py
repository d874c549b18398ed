"""Facts for tests, each with as little said as the test needs."""

from hub.rules.facts import BridgeFact, DeviceFact, SlotFact
from hub.stock import Confidence, StockFigure

NOW_MS = 1_800_000_000_000


def bridge(name: str = "pi-1", *, heard_s: float | None = 10.0, **more: object) -> BridgeFact:
    heard_ms = None if heard_s is None else NOW_MS - round(heard_s * 1000)
    return BridgeFact(site="north", bridge=name, last_heard_ms=heard_ms, **more)  # type: ignore[arg-type]  # tests name any field


def device(device_id: int = 1, of: BridgeFact | None = None, **more: object) -> DeviceFact:
    said = {"device": "lobby", "kind": "vending", "state": "ok", **more}
    return DeviceFact(device_id=device_id, bridge=of or bridge(state="online"), **said)  # type: ignore[arg-type]  # as above


def slot(
    level: int | None,
    product: str = "gauze",
    *,
    minimum: int | None = 4,
    par: int | None = 16,
    confidence: Confidence = "computed",
    of: DeviceFact | None = None,
    days: float | None = None,
) -> SlotFact:
    figure = StockFigure(
        level=level,
        capacity=20,
        par=par,
        minimum=minimum,
        as_of_ms=None if level is None else NOW_MS - 60_000,
        confidence=confidence,
    )
    return SlotFact(
        device=of or device(), selection="12", product=product, figure=figure, days_to_empty=days
    )

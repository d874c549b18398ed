"""Readings out of messages of our own controller board that need nothing else to be understood."""

from collections.abc import Iterator, Mapping

from firmware_bridge.drivers import _board_words as words
from firmware_bridge.drivers.readings import EventReading, SensorReading, VendReading

COLDEST_C, WARMEST_C = -60.0, 130.0


def vend(message: Mapping[str, object]) -> VendReading:
    """One vend; the board counts it itself.

    Raises:
        MalformedError: the message does not fit.
    """
    how = words.text(message, "how", 20)
    if how not in words.OUTCOMES:
        raise words.MalformedError(f'"how" must be one of {", ".join(words.OUTCOMES)}')
    outcome, reason = words.OUTCOMES[how]
    return VendReading(
        source="board",
        selection=words.text(message, "sel", words.MAX_NAME),
        outcome=outcome,
        payment="test" if message.get("kind") == "test" else "free",
        authorised=message.get("auth") == 1,
        reason=reason,
        counted=True,
    )


def event(message: Mapping[str, object]) -> EventReading:
    """A condition that begins or ends.

    Raises:
        MalformedError: the message does not fit.
    """
    name = words.text(message, "name", 20)
    what = words.text(message, "what") if "what" in message else ""
    return EventReading(
        name=words.EVENTS.get(name, "other"),
        code=f"{name} {what}".strip(),
        selection=words.text(message, "sel", words.MAX_NAME) if "sel" in message else None,
        active=bool(words.whole(message, "on", 1)),
        text=what,
    )


def figures(message: Mapping[str, object]) -> Iterator[SensorReading]:
    """Temperatures, humidities and voltages.

    Raises:
        MalformedError: the message does not fit.
    """
    for name, (value,) in words.rows(message, "temp", 1):
        celsius = words.number(value, "temp")
        if not COLDEST_C <= celsius <= WARMEST_C:
            raise words.MalformedError(f'"temp" {name} of {celsius:g} C can\'t be')
        yield SensorReading(sensor=name, quantity="temperature", value=celsius, unit="C")
    for name, (value,) in words.rows(message, "hum", 1):
        percent = words.number(value, "hum")
        yield SensorReading(sensor=name, quantity="humidity", value=percent, unit="%")
    if "supply" in message:
        volts = words.number(message["supply"], "supply")
        yield SensorReading(sensor="supply", quantity="supply-voltage", value=volts, unit="V")
    if "battery" in message:
        volts = words.number(message["battery"], "battery")
        yield SensorReading(sensor="battery", quantity="battery-voltage", value=volts, unit="V")

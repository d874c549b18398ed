"""A simulated 9-bit adapter: text lines to the host, a cashless device to the VMC.

Written from the maker's pages ("Cashless Slave", "Configuration", "Sniff", the session examples).
Chosen here, where they do not say: what is not a command gets no answer; `C,1` on a device that is
on, and `C,0` on one that is off, are errors; a command that does not fit is `c,ERR,"START -3"`.
"""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Protocol

VERSION = "4.0.2.0"
PROCESSOR = "4836500150413346"
LINE_MAX_BYTES = 512
SETTINGS = {
    "mdb-address": r"0x[16]0",
    "mdb-always-idle": r"[01]",
    "mdb-cashsale-enabled": r"[01]",
    "mdb-currency-code": r"0x1[0-9]{3}",
    "mdb-decimal-places": r"[0-3]",
    "mdb-scale-factor": r"[1-9][0-9]?|100",
    "mdb-timeout": r"[1-9][0-9]{0,9}",
}


class Stand(StrEnum):
    """Where the cashless device stands."""

    OFFLINE = "OFFLINE"
    INACTIVE = "INACTIVE"
    DISABLED = "DISABLED"
    ENABLED = "ENABLED"
    IDLE = "IDLE"
    VEND = "VEND"
    APPROVED = "APPROVED"


class Master(Protocol):
    """What the VMC wants to know of the device."""

    def reader_on(self) -> None:
        """It answers polls from now on."""

    def session_begun(self, funds: int) -> None:
        """BEGIN SESSION was polled."""

    def session_stopped(self) -> None:
        """The device wants to end the session."""

    def approved(self) -> None:
        """VEND APPROVED was polled."""

    def denied(self) -> None:
        """VEND DENIED was polled."""


class Adapter:
    """The adapter. What it says waits in `out`."""

    def __init__(self, tick: Callable[[], int]) -> None:
        self._tick = tick
        self._part = bytearray()
        self.vmc: Master | None = None
        self.out = bytearray()
        self.damaged = False
        self.restarts = -1
        self.heard: list[str] = []
        self.restart()

    def restart(self) -> None:
        """Power came: all settings are forgotten, the device is off, nothing is told."""
        self.stand = Stand.OFFLINE
        self.sniffing = False
        self.settings: dict[str, str] = {}
        self.asked: tuple[Decimal, int] | None = None
        self._part.clear()
        self.restarts += 1

    @property
    def address(self) -> int:
        """The address of the cashless device."""
        return int(self.settings.get("mdb-address", "0x10"), 16)

    @property
    def decimals(self) -> int:
        """Decimal places of prices."""
        return int(self.settings.get("mdb-decimal-places", "2"))

    @property
    def wants_cash_sales(self) -> bool:
        """Whether the VMC is to tell it of cash sales."""
        on = self.stand is not Stand.OFFLINE
        return on and self.settings.get("mdb-cashsale-enabled") == "1"

    @property
    def is_always_idle(self) -> bool:
        """Whether the VMC may ask without a session."""
        return self.settings.get("mdb-always-idle") == "1"

    def say(self, line: str) -> None:
        """One line to the host."""
        self.out += line.encode("ascii") + b"\r\n"

    def feed(self, data: bytes) -> None:
        """Take what the host sends."""
        for byte in data:
            if byte in (10, 13):
                line = self._part.decode("ascii", "replace")
                self._part.clear()
                if line:
                    self._obey(line)
            elif len(self._part) < LINE_MAX_BYTES:
                self._part.append(byte)

    def bus(self, master: bytes, answer: bytes | None) -> None:
        """A block on the bus and its answer: `ACK` for a lone one, None for silence."""
        if not self.sniffing:
            return
        flags = 0x01 if self.damaged else 0x00
        self.say(f"x,{flags:02x},{self._tick():010d},{master[:1].hex()},{master[1:].hex()}")
        if answer is not None:
            told = answer.hex() if answer else "ACK"
            self.say(f"x,{flags | 0x80:02x},{self._tick():010d},{told}")
        if answer:
            self.say(f"x,{flags:02x},{self._tick():010d},ACK")

    def become(self, stand: Stand, rest: str = "") -> None:
        """The device stands elsewhere now, and the host is told."""
        self.stand = stand
        if stand is not Stand.APPROVED:
            self.say(f"c,STATUS,{stand}{rest}")

    def request(self, cents: int, item: int) -> None:
        """The VMC asks for a vend."""
        amount = Decimal(cents).scaleb(-self.decimals)
        self.asked = (amount, item)
        self.become(Stand.VEND, f",{amount:.{self.decimals}f},{item}")

    def _obey(self, line: str) -> None:
        self.heard.append(line)
        del self.heard[:-200]
        match line.split(","):
            case ["V"]:
                self.say(f"v,{VERSION},{PROCESSOR}")
            case ["X", "0" | "1" as on]:
                self.sniffing = on == "1"
                self.say("x,ACK")
            case ["F", "RESET"]:
                self.restart()
            case ["C", *words]:
                self._cashless(words)

    def _cashless(self, words: list[str]) -> None:
        off = self.stand is Stand.OFFLINE
        match words:
            case ["1"]:
                self._switch_on(off=off)
            case ["SETCONF", setting]:
                self._set(setting, off=off)
            case _ if off:
                self.say('c,ERR,"cashless is off"')
            case ["0"]:
                self.stand, self.asked = Stand.OFFLINE, None
                self.say("c,0")
                self.say("c,STATUS,OFFLINE")
            case ["START", amount]:
                self._start(amount)
            case ["VEND", amount]:
                self._vend(amount)
            case ["STOP"]:
                self._stop()

    def _switch_on(self, *, off: bool) -> None:
        if not off:
            self.say('c,ERR,"cashless is on"')
            return
        self.become(Stand.INACTIVE)
        self.say("c,1")
        if self.vmc is not None:
            self.vmc.reader_on()

    def _set(self, setting: str, *, off: bool) -> None:
        name, _, value = setting.partition("=")
        if not off:
            self.say('c,ERR,"cashless is on"')
        elif name not in SETTINGS or not re.fullmatch(SETTINGS[name], value):
            self.say('c,ERR,"SET -1"')
        else:
            self.settings[name] = value
            self.say("c,SET,OK")

    def _start(self, amount: str) -> None:
        if self.stand is not Stand.ENABLED or self.vmc is None:
            self.say('c,ERR,"START -3"')
            return
        self.become(Stand.IDLE, f",{amount}")
        self.vmc.session_begun(_cents(amount, self.decimals) or 0)

    def _vend(self, amount: str) -> None:
        if self.stand is not Stand.VEND or self.vmc is None:
            self.say('c,ERR,"VEND -3"')
        elif _cents(amount, self.decimals) is None:
            self.vmc.denied()
        else:
            self.say("r,ACK")
            self.become(Stand.APPROVED)
            self.vmc.approved()

    def _stop(self) -> None:
        if self.stand is Stand.VEND and self.vmc is not None:
            self.vmc.denied()
        elif self.stand is Stand.IDLE and self.vmc is not None:
            self.say("r,ACK")
            self.vmc.session_stopped()
        else:
            self.say('c,ERR,"STOP -3"')


def _cents(amount: str, decimals: int) -> int | None:
    """An amount in the smallest unit; None for one that denies."""
    try:
        value = Decimal(amount)
    except InvalidOperation:
        return None
    return None if value < 0 else int(value.scaleb(decimals))

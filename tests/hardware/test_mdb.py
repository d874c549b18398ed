"""The simulated machine on MDB, driven over a real pty by lines as the maker's pages show them."""

import time
from pathlib import Path
from typing import Self

import pytest

from hardware.errors import ControlError
from hardware.simulators.mdb import MdbMachine
from hardware.simulators.mdb_vmc import Manners
from tests.hardware.carrier import Line
from tests.hardware.conftest import Running, Start

QUICK = Manners(init_s=0.02, vend_s=0.02, poll_s=0.05)


class Host:
    """Talks to the adapter, a line at a time."""

    def __init__(self, machine: Running) -> None:
        self.line = Line(machine.link)
        self.rest = b""

    def __enter__(self) -> Self:
        self.line.__enter__()
        return self

    def __exit__(self, *_error: object) -> None:
        self.line.__exit__(None, None, None)

    def tell(self, *lines: str) -> None:
        self.line.write("".join(f"{line}\r\n" for line in lines).encode())

    def until(self, wanted: str) -> list[str]:
        """All lines up to the wanted one."""
        lines: list[str] = []
        end = time.monotonic() + 60
        while wanted not in lines:
            assert time.monotonic() < end, f"{wanted} did not come after {lines}"
            self.rest += self.line.read(1, 0.2)
            while b"\r\n" in self.rest:
                line, self.rest = self.rest.split(b"\r\n", 1)
                lines.append(line.decode())
        return lines

    def ready(self) -> "Host":
        self.tell("C,0", "C,SETCONF,mdb-always-idle=1", "C,SETCONF,mdb-cashsale-enabled=1", "C,1")
        self.until("c,STATUS,ENABLED")
        return self


def test_selection_first_is_as_in_the_makers_example(start: Start) -> None:
    machine = start(MdbMachine(QUICK))
    with Host(machine).ready() as host:
        machine.ask(do="sell", selection="A1", pay="none")
        host.until("c,STATUS,VEND,0.00,1")
        host.tell("C,VEND,0.00")
        assert host.until("c,STATUS,ENABLED") == [
            "r,ACK",
            "c,VEND,SUCCESS",
            "c,STATUS,IDLE",
            "c,STATUS,ENABLED",
        ]
    assert machine.ask(do="state")["taken"] == ["A1"]


def test_code_first_is_as_in_the_makers_example(start: Start) -> None:
    machine = start(MdbMachine(QUICK))
    with Host(machine).ready() as host:
        host.tell("C,START,5.00")
        host.until("c,STATUS,IDLE,5.00")
        machine.ask(do="sell", selection="A2", pay="none")
        host.until("c,STATUS,VEND,0.00,2")
        host.tell("C,STOP")
        assert host.until("c,STATUS,ENABLED") == ["c,STATUS,IDLE", "c,STATUS,ENABLED"]
    assert machine.ask(do="state")["taken"] == []


def test_what_fits_no_state_is_an_error(start: Start) -> None:
    with Host(start(MdbMachine(QUICK))) as host:
        host.tell("C,START,1")
        host.until('c,ERR,"cashless is off"')
        host.ready()
        for command, error in (
            ("C,1", "cashless is on"),
            ("C,VEND,1", "VEND -3"),
            ("C,STOP", "STOP -3"),
            ("C,SETCONF,mdb-timeout=9", "cashless is on"),
        ):
            host.tell(command)
            host.until(f'c,ERR,"{error}"')


def test_a_jam_a_reset_and_the_return_lever(start: Start) -> None:
    machine = start(MdbMachine(QUICK))
    machine.ask(do="jam", selection="A1")
    with Host(machine).ready() as host:
        machine.ask(do="sell", selection="A1", pay="none")
        host.until("c,STATUS,VEND,0.00,1")
        host.tell("C,VEND,0.00")
        host.until("c,ERR,VEND 3")
        host.until("c,STATUS,ENABLED")
        machine.ask(do="sell", selection="A2", pay="none")
        machine.ask(do="return-lever")
        host.until("c,ERR,VEND 1")
        machine.ask(do="reset")
        host.until("c,STATUS,INACTIVE")
        host.until("c,STATUS,ENABLED")
    assert machine.ask(do="state")["failed"] == ["A1"]


def test_blocks_are_told_as_the_maker_shows_them(start: Start) -> None:
    machine = start(MdbMachine(QUICK))
    with Host(machine).ready() as host:
        host.tell("X,1")
        host.until("x,ACK")
        machine.ask(do="sell", selection="B1", pay="cash")
        machine.ask(do="say", line="end")
        told = [line.split(",", 3) for line in host.until("end") if line.startswith("x,")]
        sales = [row[3] for row in told if row[3].startswith(("13,05", "63,05"))]
        assert sales == ["13,0500000005", "63,0500000005"]
        assert all(len(row[2]) == 10 and row[1] in ("00", "80") for row in told)


def test_the_real_stock_and_the_ledger_agree(start: Start) -> None:
    machine = start(MdbMachine(QUICK))
    level = machine.ask(do="sell", selection="A1", pay="cash", count=20)["level"]
    assert level == 0
    taken = machine.ask(do="state")["taken"]
    assert taken == ["A1"] * 12
    assert machine.ask(do="restock", selection="A1")["levels"] == {"A1": 12}


def test_people_come_and_pay(tmp_path: Path) -> None:
    time_s = [0.0]
    machine = MdbMachine(Manners(), per_hour=3600, seed=1, now_s=lambda: time_s[0])
    while time_s[0] < 60:
        assert machine.wake_at_s is not None
        time_s[0] = max(time_s[0] + 0.001, machine.wake_at_s)
        machine.wake(time_s[0])
    assert 30 < len(machine.vmc.ledger.taken) < 100


@pytest.mark.parametrize(
    "request_",
    [
        {"do": "dance"},
        {"do": "sell"},
        {"do": "sell", "selection": "Z9"},
        {"do": "sell", "selection": "A1", "pay": "gold"},
        {"do": "reader", "state": "on"},
    ],
)
def test_what_does_not_fit_is_refused(start: Start, request_: dict[str, object]) -> None:
    machine = start(MdbMachine(QUICK))
    with pytest.raises(ControlError, match="refused"):
        machine.ask(**request_)

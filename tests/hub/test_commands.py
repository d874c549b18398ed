"""The commands, doctor, and what a person reads."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from firmware_bridge.contract.clock import HandClock, SystemClock
from hub import doctor
from hub.broker.mosquitto import Mosquitto
from hub.cli import hub
from hub.config import load
from hub.delivery import Delivery
from hub.ingest import Ingest
from hub.store import Store, tables
from tests.conftest import require
from tests.hub import builders as b


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "hub.toml"
    path.write_text('[hub]\ndata_dir = "data"\n')
    return path


def run(config: Path, *arguments: str) -> Result:
    return CliRunner().invoke(hub, [*arguments, "--config", str(config)])


def kept(config: Path, *deliveries: Delivery) -> None:
    store = Store.open(load(config).store_url, SystemClock())
    Ingest(store).accept(deliveries)
    store.close()


@pytest.mark.parametrize("command", hub.commands.values(), ids=lambda command: str(command.name))
def test_every_command_has_help_with_an_example(command: click.Command) -> None:
    text = CliRunner().invoke(command, ["--help"]).output
    assert f"harborlight hub {command.name}" in " ".join(text.split())


def test_a_wrong_setting_ends_every_command_with_one_message(config: Path) -> None:
    config.write_text("[hbu]\n")
    for arguments in (["check-config"], ["run"], ["invite", "admin"], ["dead-letters"]):
        result = run(config, *arguments)
        assert result.exit_code == 1
        assert "did you mean 'hub'?" in result.output


def test_check_config_starts_nothing(config: Path) -> None:
    result = run(config, "check-config")
    assert result.exit_code == 0
    assert not (config.parent / "data").exists()


def test_an_invitation_is_printed_as_a_path(config: Path) -> None:
    result = run(config, "invite", "admin")
    assert result.output.startswith("/invite/")
    assert len(result.output.strip()) > 40


def test_a_credential_is_printed_once(config: Path) -> None:
    first, second = (run(config, "enrol", "north", "bridge-1").output for _ in range(2))
    assert "username: north/bridge-1\npassword: " in first
    assert first != second
    assert run(config, "revoke", "north", "bridge-1").exit_code == 0
    assert run(config, "revoke", "north", "bridge-1").exit_code == 1


def test_dead_letters_are_shown_without_steering_the_terminal(config: Path) -> None:
    assert "every message was understood" in run(config, "dead-letters").output
    kept(config, Delivery("harborlight/v1/x\x1b[2J/status", b"\x1b]0;owned\x07", b.T0))
    text = run(config, "dead-letters").output
    assert "topic" in text
    assert "\x1b" not in text


def test_a_count_is_kept_and_a_misspelt_name_is_told(config: Path) -> None:
    kept(config, b.delivery(b.envelope(b.audit(b.selection("A1", 10)), 1)))
    known = ("counted", "north", "bridge-1", "machine-1")
    assert run(config, *known, "A1=12", "--reason", "restock").exit_code == 0
    assert "known: A1" in run(config, *known, "A9=12").output
    wrong = run(config, "counted", "north", "bridge-1", "machine-9", "A1=12")
    assert "known: north/bridge-1/machine-1" in wrong.output
    store = Store.open(load(config).store_url, SystemClock())
    with store.read() as transaction:
        e = tables.stock_entry.c
        (entry,) = transaction.execute(select(e.kind, e.count, e.counter_then, e.note)).all()
    store.close()
    assert tuple(entry) == ("count", 12, 10, "restock")


def test_a_plan_is_kept_and_the_product_stays(config: Path) -> None:
    kept(config, b.delivery(b.envelope(b.audit(b.selection("A1", 10)), 1)))
    known = ("plan", "north", "bridge-1", "machine-1")
    assert run(config, *known, "A1=12/10/3").exit_code == 0
    assert "in this order" in run(config, *known, "A1=3/10/12").output
    assert "A1=12/10/3" in run(config, *known, "A1=12").output
    store = Store.open(load(config).store_url, SystemClock())
    with store.read() as transaction:
        (slot,) = transaction.execute(select(tables.slot)).all()
    store.close()
    assert (slot.capacity, slot.par, slot.minimum, slot.source) == (12, 10, 3, "staff")
    assert slot.product == "Naloxone"


def test_a_plan_can_name_the_product_of_one_slot_and_leaves_a_trail(config: Path) -> None:
    slots = b.selection("A1", 10), b.selection("A2", 4)
    kept(config, b.delivery(b.envelope(b.audit(*slots), 1)))
    known = ("plan", "north", "bridge-1", "machine-1", "--product", "Test strips")
    both = run(config, *known, "A1=12/10/3", "A2=12/10/3")
    assert "one slot at a time" in both.output
    assert run(config, *known, "A2=12/10/3").exit_code == 0
    store = Store.open(load(config).store_url, SystemClock())
    with store.read() as transaction:
        products = {row.selection: row.product for row in transaction.execute(select(tables.slot))}
        (written,) = transaction.execute(select(tables.trail)).all()
    store.close()
    assert products == {"A1": "Naloxone", "A2": "Test strips"}
    assert (written.act, written.subject) == ("plan", "north/machine-1 A2")
    assert written.detail == "Test strips: capacity 12, par 10, minimum 3"


def test_doctor_looks_at_everything_and_advises(config: Path) -> None:
    require(Mosquitto().find() is not None, "no mosquitto on this machine")
    fresh = {check.name: check for check in doctor.checks(load(config), SystemClock())}
    assert {"clock", "disk", "store", "broker"} <= set(fresh)
    assert fresh["store"].state == "ok"
    assert not (config.parent / "data").exists()
    kept(config, Delivery("harborlight/v1/x/status", b"{", b.T0))
    found = {check.name: check for check in doctor.checks(load(config), SystemClock())}
    assert found["dead letters"].state == "warn"
    assert "invite admin" in found["people"].advice
    assert all(check.advice for check in found.values() if check.state != "ok")


def test_doctor_names_what_is_wrong(config: Path) -> None:
    (config.parent / "letter").write_text("x")
    config.write_text(
        '[hub]\ndata_dir = "data"\n[store]\nurl = "sqlite:////dev/null/hub.db"\n'
        '[broker]\nurl = "mqtt://127.0.0.1:1"\n'
    )
    found = {check.name: check for check in doctor.checks(load(config), HandClock(wall_ms=0))}
    for name in ("clock", "store", "broker"):
        assert (found[name].state, bool(found[name].advice)) == ("fail", True)
    assert found["broker encryption"].state == "warn"

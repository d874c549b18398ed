"""The bridge's commands and its doctor, as an installer meets them."""

import threading
from pathlib import Path

from click.testing import CliRunner, Result

from firmware_bridge import doctor
from firmware_bridge.cli import bridge
from firmware_bridge.contract.clock import HandClock
from firmware_bridge.control import ControlServer
from firmware_bridge.errors import ControlError
from tests.firmware_bridge.test_config import GOOD, written


def run(*arguments: str) -> Result:
    return CliRunner().invoke(bridge, list(arguments))


def config_with(folder: Path, text: str = GOOD) -> Path:
    (folder / "password").write_text("secret\n")
    return written(folder, text)


def test_a_configuration_that_fits_is_told_device_by_device(tmp_path: Path) -> None:
    result = run("check-config", "--config", str(config_with(tmp_path)))
    assert result.exit_code == 0, result.output
    assert "machine-1:" in result.output
    assert "fits: bridge pi-1 of site harbour-street" in result.output


def test_an_unknown_profile_or_setting_is_one_clear_message(tmp_path: Path) -> None:
    file = config_with(tmp_path, GOOD.replace("dex-generic", "dex-genric"))
    result = run("check-config", "--config", str(file))
    assert (result.exit_code, "dex-genric" in result.output) == (1, True)
    wrong = GOOD.replace('port = "/dev/ttyUSB0"', 'port = "x"\nsettings = { pol_interval_s = 5 }')
    result = run("check-config", "--config", str(config_with(tmp_path, wrong)))
    assert (result.exit_code, "pol_interval_s" in result.output) == (1, True)
    assert "Traceback" not in result.output


def test_nothing_starts_half_when_the_password_is_missing(tmp_path: Path) -> None:
    result = run("run", "--config", str(written(tmp_path, GOOD)))
    assert result.exit_code == 1
    assert "password_file" in result.output
    assert not (tmp_path / "state").exists()


def test_no_running_bridge_is_told_with_what_to_do(tmp_path: Path) -> None:
    result = run("status", "--config", str(config_with(tmp_path)))
    assert result.exit_code == 1
    assert "harborlight bridge run" in result.output


def test_a_running_bridge_is_asked_and_its_refusal_is_told(tmp_path: Path) -> None:
    file, asked = config_with(tmp_path), threading.Event()

    def answer(question: dict[str, object]) -> dict[str, object]:
        if question.get("what") != "read":
            raise ControlError("known: read")
        asked.set()
        return {"asked": "read", "of": "machine-1", "state": "done", "lines": ["9 selections"]}

    server = ControlServer(tmp_path / "state" / "control.sock", answer)
    try:
        done = run("ask", "machine-1", "read", "--config", str(file))
        assert (done.exit_code, done.output) == (0, "machine-1, read: 9 selections\n")
        assert asked.is_set()
        refused = run("ask", "machine-1", "sing", "--config", str(file))
        assert (refused.exit_code, "known: read" in refused.output) == (1, True)
    finally:
        server.close()


def test_doctor_finds_what_is_missing_and_says_what_to_do(tmp_path: Path) -> None:
    found = {each.name: each for each in doctor.examine(config_with(tmp_path), HandClock(0))}
    assert found["port /dev/ttyUSB0"].state == "fail"
    assert found["broker"].state == "fail"
    assert found["clock"].state == "warn"
    assert found["library"].state == "warn"
    assert all(each.advice for each in found.values() if each.state != "ok")


def test_doctor_stops_at_a_configuration_that_does_not_fit(tmp_path: Path) -> None:
    (only,) = doctor.examine(written(tmp_path, "site = 5"), HandClock())
    assert (only.state, "site" in only.detail) == ("fail", True)

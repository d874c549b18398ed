"""Codes are nowhere: not on disk, not in a message, not in a log, not in what a debugger shows."""

import gc
import logging
import threading
from pathlib import Path

import pytest
import structlog

from firmware_bridge.access.desk import AccessDesk
from firmware_bridge.access.gate import Gate
from firmware_bridge.contract.access_codes import shown, with_check
from firmware_bridge.drivers.readings import CodeReading
from firmware_bridge.errors import ControlError
from tests.firmware_bridge.access.builders import CODES, ObedientDriver, real_table
from tests.firmware_bridge.access.test_desk import running, until

FAILED = threading.Event()
WRONG = with_check("vvvvvvvv", "letters")
TYPO = CODES[2][:-1] + "d"


def spellings(code: str) -> set[bytes]:
    forms = {code, code.upper(), shown(code), shown(code).lower()}
    return {form.encode() for form in forms}


def everything_on_disk(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def test_no_code_is_left_behind_anywhere(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Right ones, wrong ones, typos, refused ones, and one on which the desk itself fails."""
    caplog.set_level(logging.DEBUG)
    structlog.reset_defaults()  # an earlier test may have sent logs elsewhere
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG))
    driver = ObedientDriver()
    with running(tmp_path, real_table(), driver) as machine:
        desk = machine.station.access
        for typed in (CODES[0], CODES[0], WRONG, TYPO, shown(CODES[1])):
            before = len(driver.told)
            machine.press(f"code {typed}")
            until(lambda before=before: len(driver.told) > before)  # type: ignore[misc]  # bound now
        driver.refuses = True
        machine.press(f"code {CODES[2]}")
        until(lambda: not desk._gate.serving)
        desk._digest = failing
        machine.press(f"code {CODES[2]}")
        assert FAILED.wait(20)
        desk._digest = None
        with pytest.raises(ControlError) as told:
            machine.station.enter_code(CODES[2])
        machine.spool.flush()
        payloads = b"".join(each.payload for each in machine.spool.held_after(0, 1000))
        shown_values = [repr(each) for each in _ours()]
        on_disk = everything_on_disk(tmp_path)
    # The machine has stopped: all that there was to log is logged.
    out, err = capfd.readouterr()
    logs = (out + err + caplog.text + str(told.value)).encode()
    kept = "\n".join(shown_values).encode()
    structlog.reset_defaults()
    assert b"machine-1" in on_disk
    assert b"access desk" in logs
    for code in (*CODES, WRONG, TYPO):
        for spelling in spellings(code):
            for place in (on_disk + everything_on_disk(tmp_path), payloads, logs, kept):
                assert spelling not in place


def failing(code: str) -> str:
    """A fault whose words hold the code, as a fault's words may."""
    FAILED.set()
    raise RuntimeError(f"no luck with {code}")


def _ours() -> list[object]:
    kinds = (AccessDesk, Gate, CodeReading)
    return [each for each in gc.get_objects() if isinstance(each, kinds)]


def test_a_typed_code_does_not_show_in_its_reading() -> None:
    assert CODES[0] not in repr(CodeReading(CODES[0]))

"""One question at a time, its answer for whoever waits; words that promise nothing."""

import threading
from dataclasses import replace

import pytest

from firmware_bridge.asking import Desk, Outcome
from firmware_bridge.drivers.readings import Fault, FaultReading
from firmware_bridge.errors import BusyError
from firmware_bridge.outcomes import failed, measured
from firmware_bridge.spool import Draft
from tests.analysis.test_words import FORBIDDEN
from tests.contract.check.test_amounts import amount, refusal
from tests.contract.check.test_facts import findings
from tests.contract.samples import BODIES

DONE = Outcome(done=True, lines=("done",))


def test_a_second_question_waits_for_the_first_and_an_answer_without_one_is_nobodys() -> None:
    desk = Desk("ftir-1")
    desk.settle(DONE)
    first = desk.open("sample")
    with pytest.raises(BusyError, match="'sample' was asked"):
        desk.open("dark")
    assert desk.wait(first, 0.01) is None
    desk.settle(DONE)
    assert desk.wait(first, 0.0) is DONE
    second = desk.open("dark")
    assert desk.wait(second, 0.01) is None


def test_an_answer_from_another_thread_ends_the_waiting() -> None:
    desk = Desk("ftir-1")
    number = desk.open("sample")
    threading.Timer(0.1, desk.settle, [DONE]).start()
    assert desk.wait(number, 10.0) is DONE


@pytest.mark.parametrize(
    ("fault", "measurement", "asked", "ends"),
    [
        (Fault.NO_REPLY, "sample", "sample", True),
        (Fault.NO_REPLY, "dark", "sample", False),
        (Fault.PORT_LOST, "", "sample", True),
        (Fault.UNREADABLE, "", "sample", False),
        (Fault.UNREADABLE, "", "read", True),
        (Fault.NO_REPLY, "", "read", True),
    ],
)
def test_a_fault_ends_what_it_is_about(
    fault: Fault, measurement: str, asked: str, *, ends: bool
) -> None:
    outcome = failed(FaultReading(fault, "why", "what to do", measurement), asked)
    assert (outcome is not None) == ends
    if outcome is not None:
        assert (outcome.done, outcome.lines) == (False, ("why", "what to do"))


def test_findings_are_told_without_a_promise() -> None:
    outcome = measured("sample", [Draft("x", BODIES["findings"])], None, "a note")
    said = "\n".join(outcome.lines)
    assert outcome.done
    assert outcome.check
    assert said.endswith("a note")
    assert not FORBIDDEN.search(said), said


def test_an_amount_is_told_with_its_interval_and_only_where_it_may_be_released() -> None:
    made = findings(amounts=(amount(), refusal("out-of-range", "lidocaine")))
    said = measured("sample", [Draft("x", made)], None, "").lines
    assert any("about 12 % of the weight (5 to 19 %); the spectrum does not" in s for s in said)
    assert "no amount by lidocaine.npz: why" in said
    demonstration = replace(made, library_grade="demonstration")
    told = "\n".join(measured("sample", [Draft("x", demonstration)], None, "").lines)
    assert "of the weight" not in told
    assert "no amount by caffeine.npz" in told


def test_a_sample_of_which_nothing_was_made_has_failed() -> None:
    assert not measured("sample", [], None, "").done

import dataclasses

import pytest

from analysis import Identification, Matcher, Reference
from analysis.pending import PendingIdentification
from tests.analysis.worlds import mixture


@pytest.fixture
def pending(small: Matcher, small_references: list[Reference]) -> Identification:
    return small.identify(mixture([small_references[9], small_references[12]], [0.6, 0.4]))


def test_a_result_is_made_once_and_is_the_same_however_it_is_read(
    pending: Identification,
) -> None:
    assert isinstance(pending, PendingIdentification)
    verdicts = pending.targets
    assert verdicts is pending.targets
    whole = pending.whole()
    assert whole is pending.whole()
    assert whole.targets == verdicts
    assert pending == whole
    assert pending.as_dict() == whole.as_dict()
    assert "TargetVerdict" in repr(pending)


def test_a_result_can_be_changed_by_part(pending: Identification) -> None:
    other = dataclasses.replace(pending, library_grade="demonstration")
    assert not other.releasable
    assert other.targets == pending.targets


def test_nothing_of_it_can_be_set(pending: Identification) -> None:
    with pytest.raises(AttributeError):
        pending.shift = 2.0  # type: ignore[misc] # what is tested

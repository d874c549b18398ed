"""What a colour sensor or a UV instrument measures never becomes a verdict on a drug."""

import itertools

import pytest

from analysis import Library, Matcher
from firmware_bridge.checks import NamedMatcher, SpectrumPipeline
from firmware_bridge.contract.messages import Findings, SpectrumTaken
from firmware_bridge.spool import Moment
from hardware import profile
from tests.firmware_bridge.drivers.bench import bench, only

NAMES = ["as7265x", "c12880ma-read", "obp-sts", "btc-110"]


@pytest.fixture(scope="module")
def matcher() -> NamedMatcher:
    return NamedMatcher(Matcher(Library.demonstration()), "demonstration")


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_detected_nor_excluded(name: str, matcher: NamedMatcher) -> None:
    settings = profile.load(name).spectrum
    assert settings is not None
    ids = (f"check{number}" for number in itertools.count(1))
    pipeline = SpectrumPipeline("colour-1", settings, lambda: matcher, lambda: next(ids))
    made, bodies = bench(name).open(), []
    made.run(5)
    for turn, (what, scene) in enumerate(
        (("dark", "dark"), ("background", "clean"), ("sample", "clean"))
    ):
        made.scene(load=scene)
        reading = only(made.ask(what, 10))
        drafts = pipeline.take(reading, Moment(1_795_000_000_000, turn * 1000, sane=True))
        bodies += [draft.body for draft in drafts]
    (taken,) = [body for body in bodies if isinstance(body, SpectrumTaken)]
    (findings,) = [body for body in bodies if isinstance(body, Findings)]
    assert taken.axis_unit == "nm"
    assert not findings.releasable
    assert {target.verdict for target in findings.targets} <= {"inconclusive"}
    assert any(not quality.ok for quality in findings.quality)

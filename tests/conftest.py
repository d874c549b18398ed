"""Fixtures for every test: the measured data beside the checkout, and real server programs."""

import os
import shutil
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

# A busy machine is no fault of what is tested; what hangs is ended by pytest-timeout.
settings.register_profile("harborlight", deadline=None)
settings.load_profile("harborlight")

ROOT = Path(__file__).resolve().parent.parent
UNDER_CI = os.environ.get("CI", "").lower() in {"1", "true"}


def require(available: bool, reason: str) -> None:  # noqa: FBT001 - a yes or no is the point
    """Skip the test with the reason where something is missing; under CI that is a failure."""
    if available:
        return
    if UNDER_CI:
        pytest.fail(f"CI must have it: {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of measured data beside the checkout."""
    folder = Path(os.environ.get("HARBORLIGHT_SHARED_DATA", ROOT.parent / "shared" / "data"))
    require(folder.is_dir(), f"no measured data at {folder}")
    return folder


def server_program(name: str) -> str:
    """The path of a real server program, looked for where Debian puts it too."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    require(found is not None, f"no {name} program on this machine")
    return str(found)


WAITING = ("walks", "faults", "browser")
"""Tests that mostly wait, for real programs and real time: they begin first, beside those that
compute, or the last minutes of a run would be theirs alone."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what waits in front; the order is the same otherwise."""
    items.sort(key=lambda item: item.path.parent.name not in WAITING)


@pytest.fixture(autouse=True)
def _logs_go_where_they_went() -> None:
    """A command that was run in an earlier test may have sent logs to a stream that is gone."""
    structlog.reset_defaults()

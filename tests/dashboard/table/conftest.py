"""A table that answers, and its pages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.dashboard.table import town as made


@pytest.fixture
def town(tmp_path: Path) -> Iterator[made.Town]:
    with made.town(tmp_path) as opened:
        yield opened


@pytest.fixture
def app(town: made.Town, tmp_path: Path) -> Flask:
    app = made.pages(tmp_path, town.clock)
    app.config["WTF_CSRF_ENABLED"] = False  # its own test switches it on
    return app

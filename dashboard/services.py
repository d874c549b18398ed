"""What every page needs, hung on the application once."""

from dataclasses import dataclass, field
from typing import cast

from flask import Flask, current_app

from dashboard.demands import Demands
from dashboard.shelves import Shelves
from dashboard.summaries import Summaries
from hub.config import HubConfig
from hub.store.engine import Store

_NAME = "harborlight"


@dataclass(frozen=True, slots=True)
class Services:
    """The open store, the settings, and what has been worked out already."""

    store: Store
    config: HubConfig
    shelves: Shelves
    summaries: Summaries = field(default_factory=Summaries)
    demands: Demands = field(default_factory=Demands)

    @property
    def now_ms(self) -> int:
        """The time, ms since 1970 UTC."""
        return self.store.clock.now_ms()


def install(app: Flask, services: Services) -> None:
    """Hang the services on an application."""
    app.extensions[_NAME] = services


def services() -> Services:
    """The services of the application that answers now."""
    return cast("Services", current_app.extensions[_NAME])

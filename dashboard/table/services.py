"""What every page of the table needs, hung on the application once."""

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

from dashboard.table.bridge import Bridge
from dashboard.table.people import People
from firmware_bridge.contract.clock import Clock

_NAME = "harborlight-table"


@dataclass(frozen=True, slots=True)
class TableServices:
    """The bridge, the people of this table, and how cards are made here.

    Attributes:
        bridge: what answers.
        people: who may work here.
        clock: the time.
        site: the site's name.
        language: that is offered first for a card.
        paper: that cards are printed on, of `firmware_bridge.card.paper.PAPERS`.
    """

    bridge: Bridge
    people: People
    clock: Clock
    site: str
    language: str = "en"
    paper: str = "a6"


def install(app: Flask, services: TableServices) -> None:
    """Hang the services on an application."""
    app.extensions[_NAME] = services


def services() -> TableServices:
    """The services of the application that answers now."""
    return cast("TableServices", current_app.extensions[_NAME])

"""Empties the export's outbox again and again, and leaves a server alone for a while that fails."""

from typing import Protocol

from firmware_bridge.contract.clock import Clock
from hub.export.influx import Exported, InfluxExporter
from hub.export.settings import InfluxSettings
from hub.store import Store

FIRST_WAIT_S = 5.0
LONGEST_WAIT_S = 120.0


class ExportConfig(Protocol):
    """What the worker wants of the hub's configuration."""

    @property
    def influx(self) -> InfluxSettings:
        """Where to, and whether at all."""


class ExportWorker:
    """The exporter with patience. For one thread."""

    def __init__(self, store: Store, config: ExportConfig, clock: Clock) -> None:
        self._exporter = InfluxExporter(store, config.influx)
        self._clock = clock
        self._wait_s = FIRST_WAIT_S
        self._not_before_s: float | None = None

    def run_once(self) -> Exported:
        """Export what waits; nothing while a failure is too recent.

        Raises:
            ConfigError: the client is not installed, or the token can't be read.
            StoreError: the database fails; what was written is written again.
        """
        now_s = self._clock.monotonic_s()
        if self._not_before_s is not None and now_s < self._not_before_s:
            return Exported()
        done = self._exporter.run_once()
        if done.error or done.refused:
            self._not_before_s = now_s + self._wait_s
            self._wait_s = min(LONGEST_WAIT_S, 2 * self._wait_s)
        else:
            self._not_before_s, self._wait_s = None, FIRST_WAIT_S
        return done

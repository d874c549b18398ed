"""Takes rows from the export's outbox to a server with the InfluxDB v2 write API.

The client writes synchronously: its batching mode loses data without a word (measured with 1.50:
1,000 points gone while the server was down, and neither write() nor close() raised). A row leaves
the outbox only after the server has answered that it took it. Writing a row twice changes nothing:
a point is known by its series and its time.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import structlog

from hub.errors import ConfigError
from hub.export.points import Point
from hub.export.settings import InfluxSettings
from hub.store import Store, outbox
from hub.store.outbox import ExportRow

ROWS_REFUSED = frozenset({400, 413, 422})
"""Answers that are about the rows, not about the server or the way to it."""

PASS_BATCHES = 20

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Exported:
    """What one pass did.

    Attributes:
        rows: how many the server took.
        refused: how many it refused for what they are; they are kept and come last.
        error: why the server could not be written to; "" if it could.
    """

    rows: int = 0
    refused: int = 0
    error: str = ""


class InfluxExporter:
    """Empties the export's outbox. For one thread."""

    def __init__(self, store: Store, settings: InfluxSettings) -> None:
        self._store, self._settings = store, settings

    def run_once(self) -> Exported:
        """Write what waits, batch by batch, until nothing does or the server fails.

        Raises:
            ConfigError: the client is not installed, or the token can't be read.
            StoreError: the database fails; what was written is written again.
        """
        if not self._settings.enabled:
            return Exported()
        rows = self._batch()
        if not rows:
            return Exported()
        with self._writer() as write:
            return self._write_all(rows, write)

    def _write_all(self, rows: list[ExportRow], write: "_Write") -> Exported:
        taken = refused = 0
        for _ in range(PASS_BATCHES):
            try:
                bad = list(self._write(rows, write))
            except _ServerError as error:
                _log.warning("figures were not exported", error=str(error))
                return Exported(taken, refused, str(error))
            taken, refused = taken + len(rows) - len(bad), refused + len(bad)
            if bad or len(rows) < self._settings.batch_rows:
                break
            rows = self._batch()
        return Exported(taken, refused)

    def _batch(self) -> list[ExportRow]:
        with self._store.read() as transaction:
            return outbox.export_batch(transaction, self._settings.batch_rows)

    def _write(self, rows: Sequence[ExportRow], write: "_Write") -> Iterator[ExportRow]:
        """Write rows; where some are refused, halve until the bad ones stand alone."""
        if not rows:
            return
        ids = [row.row_id for row in rows]
        if write.accepts(rows):
            with self._store.begin() as transaction:
                outbox.drop_exported(transaction, ids)
        elif len(rows) == 1:
            _log.error("a point was refused", measurement=rows[0].measurement)
            with self._store.begin() as transaction:
                outbox.mark_refused(transaction, ids)
            yield rows[0]
        else:
            middle = len(rows) // 2
            yield from self._write(rows[:middle], write)
            yield from self._write(rows[middle:], write)

    @contextmanager
    def _writer(self) -> Iterator["_Write"]:
        client_class, synchronous = _load()
        settings = self._settings
        timeout_ms = round(settings.timeout_s * 1000)
        client = client_class(settings.url, self._token(), org=settings.org, timeout=timeout_ms)
        with client:
            yield _Write(client.write_api(write_options=synchronous), settings)

    def _token(self) -> str:
        path = self._settings.token_file
        if path is None:
            return ""
        try:
            return path.read_text(encoding="utf-8").split("\n", 1)[0].strip()
        except (OSError, ValueError) as error:
            raise ConfigError(f"influx.token_file: {path} can't be read: {error}") from error


class _ServerError(Exception):
    """The server could not be reached, or would not serve us."""


@dataclass(frozen=True, slots=True)
class _Write:
    """Writing to the server, with its errors told apart."""

    api: Any
    settings: InfluxSettings

    def accepts(self, rows: Sequence[ExportRow]) -> bool:
        """Whether the server took all the rows; False if it refused them for what they are."""
        from influxdb_client.rest import ApiException
        from urllib3.exceptions import HTTPError  # noqa: PLC0415 - comes with the client

        records = [_record(row) for row in rows]
        settings = self.settings
        try:
            self.api.write(settings.bucket, settings.org, records, write_precision="ms")
        except ApiException as error:
            if error.status in ROWS_REFUSED:
                return False
            raise _ServerError(f"the server answered {error.status} {error.reason}") from error
        except (HTTPError, OSError) as error:
            raise _ServerError(f"{settings.url} can't be reached: {error}"[:300]) from error
        return True


def _record(row: ExportRow) -> dict[str, Any]:
    point = Point.from_json(row.measurement, row.line_json)
    return {
        "measurement": point.measurement,
        "tags": dict(point.tags),
        "fields": dict(point.fields),
        "time": point.time_ms,
    }


def _load() -> tuple[Any, Any]:
    try:
        from influxdb_client import InfluxDBClient
        from influxdb_client.client.write_api import SYNCHRONOUS
    except ImportError as error:
        raise ConfigError(
            "influx.enabled is on, but influxdb-client is not installed: install "
            "harborlight[influx], or switch influx.enabled off"
        ) from error
    return InfluxDBClient, SYNCHRONOUS

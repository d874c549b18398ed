"""The bridge: every device, the spool and the publisher, put together and kept running."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version

import structlog

from firmware_bridge import host
from firmware_bridge.access.decision import WORDS
from firmware_bridge.access.shelf import AccessShelf
from firmware_bridge.check_book import CheckBook
from firmware_bridge.check_desk import CheckDesk
from firmware_bridge.check_from_hub import HubFacts
from firmware_bridge.config import BridgeConfig, read_access_key, read_credential
from firmware_bridge.contract.clock import Clock, is_sane
from firmware_bridge.contract.messages import BRIDGE_DEVICE, BridgeHealth, BridgeStatus
from firmware_bridge.contract.systemd import notify
from firmware_bridge.contract.topics import BridgeAddress
from firmware_bridge.control import ControlServer
from firmware_bridge.errors import ControlError, SpoolError
from firmware_bridge.groups import group_of
from firmware_bridge.identifiers import new_boot_id, new_fact_id, new_sample_code
from firmware_bridge.instrument.book import InstrumentBook
from firmware_bridge.instrument.desk import InstrumentDesk
from firmware_bridge.instrument.telling import Occasion
from firmware_bridge.instruments import natures
from firmware_bridge.matching import MatcherShelf
from firmware_bridge.publisher import BrokerAccess, Publisher
from firmware_bridge.sighting_book import SightingBook
from firmware_bridge.spool import Draft, Moment, Spool
from firmware_bridge.stations.making import join_neighbours, make_station
from firmware_bridge.stations.recorder import Recorder
from firmware_bridge.stations.spectrometer import SpectrometerStation
from firmware_bridge.stations.station import Station
from firmware_bridge.stations.vending import VendingStation
from hardware import profile

TICK_S = 1.0
"""Waiting telemetry is committed this often."""

CLOCK_SLACK_MS = 10 * 60 * 1000
"""A clock may be set back this far without being disbelieved."""

RESTART_S = 5.0
WAIT_MOST_S = 3600.0
"""Nobody waits longer for what came of a request."""

_log = structlog.get_logger("bridge")


class Bridge:
    """One site's bridge, as its configuration says.

    Args:
        config: what to watch and where to send it.
        clock: the time.

    Raises:
        ConfigError, ProfileError, DriverNotFoundError, DriverSettingsError, LibraryError: something
            does not fit; nothing has been started.
        SpoolError: the outbox can't be used.
    """

    def __init__(self, config: BridgeConfig, clock: Clock) -> None:
        self._config, self._clock = config, clock
        self._stop = threading.Event()
        credential, access_key = read_credential(config), read_access_key(config)
        profiles = {each.name: _profile(config, each.profile) for each in config.device}
        matchers = MatcherShelf(config, profiles)
        self._techniques = {n: p.spectrum.technique for n, p in profiles.items() if p.spectrum}
        address, boot = BridgeAddress(config.site, config.bridge), new_boot_id()
        self._spool = Spool(config.spool_file, address, boot, max_rows=config.spool.max_rows)
        self._publisher = self._make_publisher(address, boot, credential)
        book = CheckBook(self._spool, self._moment, new_sample_code, new_fact_id)
        self._hub_facts = HubFacts(book)
        looked_after = natures(config, profiles)
        instruments = InstrumentBook(self._spool, looked_after, self._moment)
        self._instrument_book = instruments
        self._instruments = InstrumentDesk(instruments)
        sightings = SightingBook(self._spool, self._moment)
        self._table = CheckDesk(book, sightings, group_of, instruments.state_of)
        recorder = Recorder(self._spool, clock, self._moment, self._publisher.nudge, sightings.keep)
        self._recorder = recorder
        self._stations: dict[str, Station] = {
            each.name: make_station(
                each,
                profiles[each.name],
                recorder,
                matchers.of(each.name),
                config.state_dir,
                config.audits,
                instruments,
            )
            for each in config.device
        }
        join_neighbours(config.device, self._stations)
        machines = [each for each in self._stations.values() if isinstance(each, VendingStation)]
        desks = {each.name: each.access for each in machines}
        self._access = AccessShelf(address, self._spool, access_key, desks)

    def run(self) -> None:
        """Watch every device until `stop` is called; then say goodbye to the broker."""
        parts: list[tuple[str, Callable[[], None]]] = [("publisher", self._publisher.run)]
        parts += [(station.name, station.run) for station in self._stations.values()]
        threads = [
            threading.Thread(target=self._guarded, args=part, name=part[0], daemon=True)
            for part in parts
        ]
        with self._controlled():
            for thread in threads:
                thread.start()
            notify("READY=1")
            self._tick_until_stopped()
            notify("STOPPING=1")
            for station in self._stations.values():
                station.stop()
            self._publisher.stop()
            for thread in threads:
                thread.join(timeout=3)
        with contextlib.suppress(SpoolError):
            self._spool.close()

    def stop(self) -> None:
        """End `run`."""
        self._stop.set()

    def _tick_until_stopped(self) -> None:
        beat_at_s, occasion = self._clock.monotonic_s(), Occasion()
        while not self._stop.wait(TICK_S):
            now_s = self._clock.monotonic_s()
            if now_s >= beat_at_s:
                beat_at_s = now_s + self._config.heartbeat_s
                if occasion.is_now(now_s, sane=self._moment().sane):
                    self._tell_instruments()
                self._beat()
            self._flush()
            notify("WATCHDOG=1")

    def _tell_instruments(self) -> None:
        try:
            self._instrument_book.tell()
        except SpoolError as error:
            _log.error("spool", error=str(error))

    def _flush(self) -> None:
        try:
            self._spool.flush()
        except SpoolError as error:
            _log.error("spool", error=str(error))
        self._publisher.nudge()

    def _beat(self) -> None:
        """Say that we are here, and how every device stands."""
        try:
            drafts = [Draft(BRIDGE_DEVICE, self._health())]
        except SpoolError as error:
            _log.error("spool", error=str(error))
            return
        for station in self._stations.values():
            state = station.state()
            if state is not None:
                drafts.append(Draft(station.name, state))
            if isinstance(station, SpectrometerStation):
                station.look()
        self._recorder.record(drafts, {}, self._moment())

    def _health(self) -> BridgeHealth:
        return BridgeHealth(
            software=software_version(),
            spool_depth=self._spool.depth,
            spool_dropped=self._spool.dropped,
            disk_free_mb=host.disk_free_mb(self._config.state_dir),
            heartbeat_s=self._config.heartbeat_s,
            cpu_temperature_c=host.cpu_temperature_c(),
            undervoltage=host.undervoltage(),
        )

    def _moment(self) -> Moment:
        now_ms = self._clock.now_ms()
        sane = is_sane(now_ms, self._latest_ms() - CLOCK_SLACK_MS)
        return Moment(now_ms, round(self._clock.monotonic_s() * 1000), sane)

    def _latest_ms(self) -> int:
        try:
            return self._spool.latest_ms
        except SpoolError:
            return 0

    def _answer(self, question: dict[str, object]) -> dict[str, object]:
        """What `harborlight bridge ask` and `status` are told."""
        match question:
            case {"do": "status"}:
                return self._status()
            case {"do": "ask", "device": str(name), "what": str(what)}:
                if name not in self._stations:
                    known = ", ".join(self._stations)
                    raise ControlError(f"no device {name!r} here; known are {known}")
                return _answered(self._stations[name], what, question.get("wait_s"))
            case {"do": "check"}:
                answer = self._table.answer(question)
                self._publisher.nudge()
                return answer
            case {"do": "instrument"}:
                return self._instruments.answer(question)
            case {"do": "code", "device": str(name), "code": str(code)}:
                return self._entered(name, code)
        raise ControlError(
            "known questions: status; ask DEVICE WHAT; check; instrument; code DEVICE"
        )

    def _entered(self, name: str, code: str) -> dict[str, object]:
        station = self._stations.get(name)
        if not isinstance(station, VendingStation):
            raise ControlError(f"no vending machine {name!r} here")
        decision = station.enter_code(code)
        words = WORDS[decision.refusal] if decision.refusal else "choose now"
        said = {"granted": decision.granted, "items": decision.items}
        return said | {"refusal": decision.refusal or "", "words": words}

    def _status(self) -> dict[str, object]:
        devices = {}
        for station in self._stations.values():
            state = station.state()
            devices[station.name] = "not heard yet" if state is None else state.state
        return {
            "site": self._config.site,
            "bridge": self._config.bridge,
            "connected": self._publisher.connected,
            "spool_depth": self._spool.depth,
            "spool_dropped": self._spool.dropped,
            "clock_sane": self._moment().sane,
            "devices": devices,
            "folders": [each.name for each in self._config.device if each.folder],
            "techniques": self._techniques,
            "asked": {each.name: each.desk.asked for each in self._stations.values()},
        }

    @contextmanager
    def _controlled(self) -> Iterator[None]:
        server = ControlServer(self._config.control_socket, self._answer)
        try:
            yield
        finally:
            server.close()

    def _guarded(self, name: str, run: Callable[[], None]) -> None:
        """Run one part; a fault of our own in it must not silence the others, or itself."""
        while not self._stop.is_set():
            try:
                run()
            except Exception:  # noqa: BLE001 - any fault of ours is logged whole, and this part restarts
                _log.exception("part failed; it is started again", part=name)
            else:
                return
            self._stop.wait(RESTART_S)

    def _make_publisher(
        self, address: BridgeAddress, boot: str, credential: tuple[str, str]
    ) -> Publisher:
        broker = self._config.broker
        access = BrokerAccess(broker.url, *credential, broker.ca_file, broker.keepalive_s)
        status = BridgeStatus(state="online", boot=boot, software=software_version())
        return Publisher(
            self._spool,
            access,
            address,
            status,
            self._clock,
            table_heard=self._table_heard,
            fact_heard=self._fact_heard,
        )

    def _table_heard(self, payload: bytes) -> None:
        self._access.take(payload)

    def _fact_heard(self, payload: bytes) -> None:
        self._hub_facts.take(payload)
        self._publisher.nudge()


def _answered(station: Station, what: str, wait_s: object) -> dict[str, object]:
    """Ask a device, and wait so long for what comes of it; without a time, do not wait."""
    number = station.ask(what)
    said: dict[str, object] = {"asked": what, "of": station.name}
    if not isinstance(wait_s, int | float):
        return said | {"state": "queued", "lines": []}
    outcome = station.desk.wait(number, min(max(wait_s, 0.0), WAIT_MOST_S))
    if outcome is None:
        return said | {"state": "waiting", "lines": []}
    state = "done" if outcome.done else "failed"
    return said | {"state": state, "check": outcome.check, "lines": list(outcome.lines)}


def software_version() -> str:
    """This program's version."""
    try:
        return version("harborlight")
    except PackageNotFoundError:
        return "unknown"


def _profile(config: BridgeConfig, name: str) -> profile.Profile:
    return profile.load(name, [config.profile_dir] if config.profile_dir else [])

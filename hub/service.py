"""The hub as one process: broker, subscriber, ingest, judge, workers, health."""

import signal
import threading
from collections.abc import Sequence
from types import FrameType

import structlog

from firmware_bridge.contract.clock import Clock
from firmware_bridge.contract.systemd import notify
from hub import enrolment
from hub.access_publisher import AccessPublisher
from hub.broker.base import Broker
from hub.broker.choose import choose
from hub.check_publisher import CheckPublisher
from hub.config import HubConfig
from hub.delivery import Intake
from hub.errors import HubError, StoreError
from hub.export.worker import ExportWorker
from hub.feeding import Feeder
from hub.health import Health, HealthServer
from hub.ingest import Ingest
from hub.judge import Judge
from hub.loops import Loop
from hub.notify.worker import NotifyWorker
from hub.store import Store
from hub.store.condition import read_condition
from hub.subscriber import Subscriber
from hub.upkeep import Doorkeeper, Thinner

JUDGE_EVERY_S = 5.0
ACCESS_EVERY_S = 1.0
CHECKS_EVERY_S = 2.0
DOORKEEPER_EVERY_S = 2.0
THINNER_EVERY_S = 6 * 3600.0
WATCHDOG_EVERY_S = 10.0
_log = structlog.get_logger("hub")


class Service:
    """The whole hub.

    Args:
        config: the settings.
        clock: the time.
    """

    def __init__(self, config: HubConfig, clock: Clock) -> None:
        self._config, self._clock = config, clock
        self._stop = threading.Event()

    def run(self) -> None:
        """Work until SIGTERM, SIGINT or `stop`.

        Raises:
            HubError: it can't start; nothing is left half running.
        """
        make_data_dir(self._config)
        store = Store.open(self._config.store_url, self._clock)
        try:
            with store.read() as transaction:
                accounts = enrolment.accounts(transaction)
            broker = choose(self._config, accounts, self._clock)
            self._run_with(store, broker)
        finally:
            store.close()

    def stop(self) -> None:
        """End `run` soon."""
        self._stop.set()

    def _run_with(self, store: Store, broker: Broker) -> None:
        running = _Running(self._config, self._clock, store, broker)
        try:
            running.start()
            notify("READY=1")
            _log.info("the hub is ready")
            while not self._stop.wait(WATCHDOG_EVERY_S):
                notify("WATCHDOG=1")
        finally:
            notify("STOPPING=1")
            running.stop()
            _log.info("the hub has stopped")


class _Running:
    """What is made once the store is open."""

    def __init__(self, config: HubConfig, clock: Clock, store: Store, broker: Broker) -> None:
        self._config, self._clock, self._store, self._broker = config, clock, store, broker
        self._intake = Intake()
        self._judge = Loop("judge", Judge(store, config, clock).run_once, JUDGE_EVERY_S, 0.5)
        self._loops = [self._judge, *_workers(config, clock, store, broker)]
        self._subscriber: Subscriber | None = None
        self._feeder: Feeder | None = None
        self._health: HealthServer | None = None

    def start(self) -> None:
        """Health first, so that a port that is taken stops everything; the broker's door last."""
        hub = self._config.hub
        self._health = HealthServer(hub.health_host, hub.health_port, self.look)
        self._health.start()
        address = self._broker.start()
        subscriber = Subscriber(address, self._intake, self._clock)
        self._subscriber = subscriber
        access = AccessPublisher(
            self._store,
            subscriber.publish_access,
            lambda: subscriber.connection,
            self._clock,
        )
        self._loops.append(Loop("access", access.run_once, ACCESS_EVERY_S))
        facts = CheckPublisher(
            self._store,
            subscriber.publish_fact,
            lambda: subscriber.connection,
            self._clock,
        )
        self._loops.append(Loop("checks", facts.run_once, CHECKS_EVERY_S))
        ingest = Ingest(self._store)
        self._feeder = Feeder(self._intake, ingest, self._subscriber, self._judge.nudge)
        self._feeder.start()
        for loop in self._loops:
            loop.start()
        self._subscriber.start()

    def stop(self) -> None:
        """In the order in which messages travel."""
        for loop in self._loops:
            loop.stop()
        if self._feeder is not None:
            self._feeder.stop()
        if self._subscriber is not None:
            self._subscriber.stop()
        self._broker.stop()
        if self._health is not None:
            self._health.stop()
        for loop in self._loops:
            loop.join(0.3)

    def look(self) -> Health:
        """How all this stands."""
        troubles = [f"{loop.name}: {loop.trouble}" for loop in self._loops if loop.trouble]
        connected = self._subscriber is not None and self._subscriber.connected
        if not connected:
            troubles.append("the broker can't be reached")
        tally = self._feeder.tally if self._feeder is not None else None
        letters, unsent_ms, store_trouble = self._look_at_store()
        troubles += [trouble for trouble in (store_trouble, tally and tally.trouble) if trouble]
        return Health(
            ok=not troubles,
            broker_connected=connected,
            last_message_age_s=self._age_s(tally.last_message_ms if tally else None),
            store_writable=not store_trouble,
            waiting=len(self._intake),
            stored=tally.stored if tally else 0,
            repeated=tally.repeated if tally else 0,
            refused=tally.refused if tally else 0,
            dead_letters=letters,
            oldest_unsent_s=self._age_s(unsent_ms),
            troubles=tuple(troubles),
        )

    def _look_at_store(self) -> tuple[int, int | None, str]:
        try:
            self._store.require_writable()
            with self._store.read() as transaction:
                condition = read_condition(transaction)
        except StoreError as error:
            return 0, None, str(error)
        return condition.dead_letters, condition.oldest_unsent_ms, ""

    def _age_s(self, at_ms: int | None) -> float | None:
        return None if at_ms is None else max(0.0, (self._clock.now_ms() - at_ms) / 1000)


def make_data_dir(config: HubConfig) -> None:
    """Make the folder for the hub's data; only its user may look into it.

    Raises:
        HubError: it can't be made.
    """
    try:
        config.hub.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise HubError(f"hub.data_dir {config.hub.data_dir} can't be made: {error}") from error


def run(config: HubConfig, clock: Clock) -> None:
    """Run the hub until it is told to stop by SIGTERM or SIGINT; for the main thread.

    Raises:
        HubError: it can't start.
    """
    service = Service(config, clock)

    def leave(_number: int, _frame: FrameType | None) -> None:
        service.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, leave)
    service.run()


def _workers(config: HubConfig, clock: Clock, store: Store, broker: Broker) -> Sequence[Loop]:
    thinner = Thinner(store, config.hub.keep_raw_days, clock)
    loops = [
        Loop("notify", NotifyWorker(store, config, clock).run_once, 1.0),
        Loop("doorkeeper", Doorkeeper(store, broker).run_once, DOORKEEPER_EVERY_S),
        Loop("thinner", thinner.run_once, THINNER_EVERY_S),
    ]
    if config.influx.enabled:
        loops.append(Loop("export", ExportWorker(store, config, clock).run_once, 1.0))
    return loops

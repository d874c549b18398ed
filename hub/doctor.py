"""What an installer should know about this hub: everything looked at, with advice."""

import shutil
from pathlib import Path

from firmware_bridge.contract.clock import Clock, is_sane
from firmware_bridge.contract.health import Check
from hub.broker.choose import find, wants_external
from hub.broker.external import ExternalBroker, address_of, reachable
from hub.config import BrokerSettings, HubConfig, load
from hub.errors import ConfigError, HubError
from hub.store import Store
from hub.store.condition import Condition, read_condition

LITTLE_DISK_MB = 500
LATE_WORDS_S = 600.0
_LOCAL_HOSTS = {"127.0.0.1", "::1", "localhost"}


def examine(config_file: Path, clock: Clock) -> list[Check]:
    """Every check of the hub that a file configures; the file itself is the first."""
    name = "hub configuration"
    try:
        config = load(config_file)
    except ConfigError as error:
        return [Check(name, "fail", str(error), "mend the file, then run it again")]
    return [Check(name, "ok", str(config_file)), *checks(config, clock)]


def checks(config: HubConfig, now: Clock) -> list[Check]:
    """Every check, in the order in which a person would look. Changes nothing, raises nothing."""
    condition, store = _look_at_store(config, now)
    found = [
        _clock(now, condition),
        _disk(config.hub.data_dir),
        store,
        _broker(config.broker),
        _broker_door(config.broker),
    ]
    if condition is not None:
        found += [
            _people(condition),
            _nats_credentials(config.broker, condition),
            _dead_letters(condition),
            _words(condition, now),
        ]
    return found


def _clock(clock: Clock, condition: Condition | None) -> Check:
    latest_ms = (condition.last_heard_ms if condition else None) or 0
    if is_sane(clock.now_ms(), latest_ms):
        return Check("clock", "ok", "this machine's clock can be right")
    return Check(
        "clock",
        "fail",
        "this machine's clock can't be right",
        "set it, and let it be kept by NTP (timedatectl set-ntp true)",
    )


def _disk(data_dir: Path) -> Check:
    folder = next((path for path in (data_dir, *data_dir.parents) if path.is_dir()), Path("/"))
    free_mb = shutil.disk_usage(folder).free // 1_000_000
    detail = f"{free_mb} MB free at {folder}"
    if free_mb >= LITTLE_DISK_MB:
        return Check("disk", "ok", detail)
    return Check("disk", "warn", detail, "make room, or set hub.data_dir to a larger disk")


def _look_at_store(config: HubConfig, clock: Clock) -> tuple[Condition | None, Check]:
    if not config.store.url and not (config.hub.data_dir / "hub.db").exists():
        return None, Check("store", "ok", "no database yet; the hub makes it when it starts")
    try:
        store = Store.open(config.store_url, clock, change=False)
    except HubError as error:
        return None, Check("store", "fail", str(error), "see store.url in the settings")
    try:
        store.require_writable()
        with store.read() as transaction:
            condition = read_condition(transaction)
    except HubError as error:
        return None, Check("store", "fail", str(error), "see the rights of the file, and the disk")
    finally:
        store.close()
    return condition, Check("store", "ok", f"can be written to, version {condition.version}")


def _broker(settings: BrokerSettings) -> Check:
    return _external_broker(settings) if wants_external(settings) else _own_broker(settings)


def _external_broker(settings: BrokerSettings) -> Check:
    try:
        address = address_of(settings)
    except HubError as error:
        return Check("broker", "fail", str(error), "see broker.password_file")
    where = f"{address.host} port {address.port}"
    if ExternalBroker(settings).alive():
        return Check("broker", "ok", f"{where} takes connections")
    return Check(
        "broker", "fail", f"{where} can't be reached", "start that broker, or see broker.url"
    )


def _own_broker(settings: BrokerSettings) -> Check:
    try:
        flavour, program = find(settings)
    except HubError as error:
        return Check("broker", "fail", str(error), "install one of them")
    host = "127.0.0.1" if settings.listen_host in {"", "0.0.0.0"} else settings.listen_host  # noqa: S104 - compared only
    runs = reachable(host, settings.listen_port)
    state = "listens" if runs else "does not run now; the hub starts it"
    return Check("broker", "ok", f"{flavour.name} ({program}) {state}, port {settings.listen_port}")


def _broker_door(settings: BrokerSettings) -> Check:
    open_door = not wants_external(settings) and settings.listen_host not in _LOCAL_HOSTS
    plain = settings.url.startswith("mqtt://") if wants_external(settings) else open_door
    if not plain or (settings.cert_file and open_door):
        return Check("broker encryption", "ok", "nothing leaves this machine in plain")
    return Check(
        "broker encryption",
        "warn",
        "bridges and broker talk in plain over the network",
        "give broker.cert_file and broker.key_file (or an mqtts:// url), or use a private network",
    )


def _people(condition: Condition) -> Check:
    if condition.people:
        return Check("people", "ok", f"{condition.people} can sign in")
    return Check(
        "people", "warn", "nobody can sign in yet", "harborlight hub invite admin --config FILE"
    )


def _nats_credentials(settings: BrokerSettings, condition: Condition) -> Check:
    name = "bridge credentials"
    if wants_external(settings) or not condition.bridges_without_nats:
        return Check(name, "ok", "every enrolled bridge can sign in")
    try:
        flavour, _program = find(settings)
    except HubError:
        return Check(name, "ok", "there is no broker to sign in to")
    if flavour.name != "nats":
        return Check(name, "ok", "every enrolled bridge can sign in")
    return Check(
        name,
        "fail",
        f"{condition.bridges_without_nats} bridges can't sign in to nats-server: this system made "
        "no bcrypt hash when they were enrolled",
        "install libcrypt (Debian: libcrypt1) and enrol them again, or install mosquitto",
    )


def _dead_letters(condition: Condition) -> Check:
    if not condition.dead_letters:
        return Check("dead letters", "ok", "every message was understood")
    return Check(
        "dead letters",
        "warn",
        f"{condition.dead_letters} kinds of messages were refused",
        "harborlight hub dead-letters --config FILE shows them; mostly a bridge is newer than "
        "this hub: then update the hub and run harborlight hub retry-refused",
    )


def _words(condition: Condition, clock: Clock) -> Check:
    age_s = 0.0
    if condition.oldest_unsent_ms is not None:
        age_s = (clock.now_ms() - condition.oldest_unsent_ms) / 1000
    if age_s < LATE_WORDS_S and not condition.failed_notifications:
        return Check("notifications", "ok", "nothing is overdue")
    return Check(
        "notifications",
        "fail" if condition.failed_notifications else "warn",
        f"oldest unsent {age_s:.0f} s, given up {condition.failed_notifications}",
        "see the log for what the channel says, and the channel's url_file",
    )

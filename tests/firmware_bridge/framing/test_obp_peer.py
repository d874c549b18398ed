"""Another implementation of the Ocean Binary Protocol: our frames against its, byte for byte, and
its host against our simulated instruments on a real pseudo-terminal."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import serial
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.framing.obp import NO_FLAGS, Flag, FrameFinder, Message, encode
from hardware import profile
from hardware.simulators.spectrometer import Spectrometer, steadied
from tests.hardware.conftest import Running, running

peer_protocol = pytest.importorskip(
    "seabreeze.pyseabreeze.protocol", reason="the peer is not installed"
)
peer_types = pytest.importorskip("seabreeze.pyseabreeze.types")
peer_features = pytest.importorskip("seabreeze.pyseabreeze.features.spectrometer")
peer_linearity = pytest.importorskip("seabreeze.pyseabreeze.features.nonlinearity")

Transport: Any = peer_types.PySeaBreezeTransport


class SerialTransport(Transport):  # type: ignore[misc]  # it may not be installed
    """The peer's transport over a serial port; the peer itself only knows USB and network."""

    def __init__(self, port: str) -> None:
        self.port = serial.Serial(port, 9600, timeout=5)
        self._protocol = peer_protocol.OBPProtocol(self)

    def open_device(self, _device: object) -> None: ...

    @property
    def is_open(self) -> bool:
        return bool(self.port.is_open)

    def close_device(self) -> None:
        self.port.close()

    def write(self, data: bytes, **_more: object) -> int:
        return int(self.port.write(data) or 0)

    def read(self, size: int | None = None, **_more: object) -> bytes:
        return bytes(self.port.read(64 if size is None else size))

    @property
    def default_timeout_ms(self) -> int:
        return 5000

    @property
    def protocol(self) -> object:
        return self._protocol

    @classmethod
    def list_devices(cls) -> list[object]:
        return []

    @classmethod
    def register_model(cls, _name: str, **_more: str) -> None: ...

    @classmethod
    def supported_model(cls, _device: object) -> str | None:
        return None

    @classmethod
    def specialize(cls, _name: str, **_more: str) -> type[Any]:
        return cls


class Nowhere(SerialTransport):
    """A transport that leads nowhere: only frames are written with it."""

    def __init__(self) -> None:
        self._protocol = peer_protocol.OBPProtocol(self)


NOWHERE = Nowhere()


@given(
    kind=st.integers(0, 0xFFFFFFFF),
    data=st.binary(max_size=200),
    ack=st.booleans(),
    tag=st.integers(0, 0xFFFFFFFF),
)
def test_our_frames_are_those_of_the_peer_byte_for_byte(
    kind: int,
    data: bytes,
    ack: bool,  # noqa: FBT001 - a case
    tag: int,
) -> None:
    theirs = NOWHERE._protocol._construct_outgoing_message(
        kind, data, request_ack=ack, regarding=tag
    )
    flags = Flag.ACK_REQUESTED if ack else NO_FLAGS
    message = Message(kind, data, flags, regarding=tag)
    assert encode(message) == theirs
    assert FrameFinder(200).feed(theirs) == [message]


@pytest.mark.parametrize("kind", sorted(peer_protocol.OBPProtocol.msgs))
def test_every_request_that_the_peer_knows_is_written_alike(kind: int) -> None:
    pack = peer_protocol.OBPProtocol.msgs[kind]
    for argument in ((), (1,), (1.5,)):
        try:
            data = pack(*argument)
        except struct.error:
            continue
        theirs = NOWHERE._protocol._construct_outgoing_message(kind, data)
        assert encode(Message(kind, data)) == theirs


@pytest.fixture(params=["obp-sts", "obp-flame-x", "obp-qepro", "obp-spark"])
def instrument(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Running]:
    device = Spectrometer(steadied(profile.load(request.param)))
    with running(device, tmp_path, "line") as simulated:
        yield simulated


def test_the_peer_as_host_talks_to_our_instrument_over_a_pty(instrument: Running) -> None:
    device = instrument.simulator.device
    assert isinstance(device, Spectrometer)
    transport = SerialTransport(str(instrument.link))
    kind = {"obp-qepro": "QEPRO", "obp-spark": "SPARK"}.get(device._profile.name, "STS")
    pixels = device._profile.driver_settings["pixels"]
    feature = getattr(peer_features, f"SeaBreezeSpectrometerFeature{kind}")(
        transport._protocol,
        0,
        dark_pixel_indices=(),
        integration_time_min=10,
        integration_time_max=85_000_000,
        integration_time_base=1,
        spectrum_num_pixel=pixels,
        spectrum_raw_length=0,
        spectrum_max_value=65535,
        trigger_modes={0},
    )
    try:
        assert transport._protocol.query(0x100).decode() == device._nature.serial
        feature.set_integration_time_micros(20_000)
        transport._protocol.send(0x00110110, 0)
        assert instrument.ask(do="state")["integration_us"] == 20_000
        assert np.allclose(feature.get_wavelengths(), device._optics.axis_nm, rtol=1e-5)
        told = peer_linearity.NonlinearityCoefficientsFeatureOBP(transport._protocol, 0)
        bent = told.get_nonlinearity_coefficients()
        assert np.allclose(bent, device._nature.nonlinearity, rtol=1e-6)
        counts = feature.get_intensities()
    finally:
        transport.close_device()
    assert counts.shape == (pixels,)
    assert counts.max() > 1.5 * counts.min()
    assert instrument.ask(do="state")["spectra"] == 1

"""Which dialogue a simulated spectrometer holds: chosen by the driver that its profile names."""

from collections.abc import Callable, Mapping
from typing import Protocol

from hardware.errors import SimulatorError
from hardware.profile import Profile, SpectrometerSimulation
from hardware.simulators.as7265x import ChipSet
from hardware.simulators.btc import BtcBoard
from hardware.simulators.device import Reply
from hardware.simulators.mcu_lines import BoardNature, LineBoard
from hardware.simulators.obp import ObpInstrument, ObpNature
from hardware.simulators.ocean import Acquisition, Nature, OceanInstrument
from hardware.simulators.optics import Exposure

FLAME_SCANS_MAX, SAD500_SCANS_MAX = 5000, 15
SETTING_MAX = 65535
PIXELS: Mapping[str, int] = {"as7265x": 18, "mculines": 288, "obp": 1024}

Counts = Callable[[Exposure, bool], list[int]]
"""The counts of the pixels for an exposure, with the lamp on or off."""


class Dialogue(Protocol):
    """The wire's side of an instrument: bytes and time in, bytes out.

    Attributes:
        spectra: how many were sent since power-up.
        wake_at_s: when `wake` must be called; None for never.
        corrupt_checksums: send wrong checksums.
        line_baud: the speed it was switched to; None while it never was.
    """

    spectra: int
    wake_at_s: float | None
    corrupt_checksums: bool
    line_baud: int | None

    def feed(self, data: bytes, now_s: float) -> bytes:
        """Take bytes that arrived; what to answer at once."""

    def wake(self, now_s: float) -> bytes:
        """The time asked for has come."""

    def reset(self) -> None:
        """The line was unplugged: forget what is half done."""

    def power_up(self, now_s: float) -> None:
        """As after power-up."""

    def pull_trigger(self, now_s: float) -> bool:
        """The external trigger line is pulled; whether the instrument waited for it."""

    def told(self) -> Reply:
        """How it is set."""


def make(profile: Profile, counts: Counts) -> Dialogue:
    """The dialogue of this instrument.

    Raises:
        SimulatorError: no dialogue is known for its driver, or a setting does not fit.
    """
    nature = nature_of(profile)
    return _MAKERS[profile.driver](profile, nature, counts)


def nature_of(profile: Profile) -> SpectrometerSimulation:
    """How it is played.

    Raises:
        SimulatorError: it is not.
    """
    if profile.simulated_instrument is None or profile.driver not in _MAKERS:
        raise SimulatorError(
            f'profile "{profile.name}" is not played by the spectrometer simulator: it has no '
            f"[simulated_instrument], or its driver is none of {', '.join(_MAKERS)}"
        )
    return profile.simulated_instrument


def pixels_of(profile: Profile) -> int:
    """How many pixels it has.

    Raises:
        SimulatorError: the setting is no such number.
    """
    return whole_setting(profile, "pixels", PIXELS.get(profile.driver, 2048))


def whole_setting(profile: Profile, key: str, default: int, most: int = SETTING_MAX) -> int:
    """A whole number of the driver's settings.

    Raises:
        SimulatorError: it is none, or out of range.
    """
    value = profile.driver_settings.get(key, default)
    if not isinstance(value, int) or not 1 <= value <= most:
        accepted = f"a whole number from 1 to {most}"
        raise SimulatorError(
            f'profile "{profile.name}": driver_settings.{key}, value {value!r}: {accepted}'
        )
    return value


def _ocean(profile: Profile, nature: SpectrometerSimulation, counts: Counts) -> Dialogue:
    """EEPROM slots as USB command 0x05 numbers them (Flame manual page 70)."""
    slots = {0: nature.serial, 5: f"{nature.stray_light:g}", 14: "7", 15: "SIMULATED"}
    slots |= {1 + power: f"{value:.12g}" for power, value in enumerate(nature.coefficients_nm)}
    bent = [*nature.nonlinearity, *[0.0] * 8][:8]
    slots |= {6 + power: f"{value:.8g}" for power, value in enumerate(bent)}
    flame = profile.driver_settings.get("header", "flame") == "flame"
    wire = Nature(
        generation="flame" if flame else "sad500",
        firmware_version=nature.firmware_version,
        slots=slots,
        scans_max=FLAME_SCANS_MAX if flame else SAD500_SCANS_MAX,
    )

    def acquire(wanted: Acquisition) -> list[int]:
        return counts(Exposure(wanted.integration_ms, wanted.scans, wanted.boxcar), wanted.lamp)

    return OceanInstrument(wire, acquire)


def _obp(profile: Profile, nature: SpectrometerSimulation, counts: Counts) -> Dialogue:
    stray = (nature.stray_light,) if nature.stray_light else ()
    wide = profile.driver_settings.get("spectrum") == "buffered"
    wire = ObpNature(
        serial=nature.serial,
        revision=nature.firmware_version,
        pixels=pixels_of(profile),
        wide=wide,
        shortest_us=whole_setting(profile, "integration_time_min_us", 10),
        averages=not wide,
        tables={
            0x00180100: nature.coefficients_nm,
            0x00181100: nature.nonlinearity,
            0x00183100: stray,
        },
    )
    return ObpInstrument(wire, lambda exposure: counts(exposure, True))


def _lines(profile: Profile, _nature: SpectrometerSimulation, counts: Counts) -> Dialogue:
    settings = profile.driver_settings
    wire = BoardNature(
        streams=settings.get("form") == "stream",
        read_command=str(settings.get("read_command", "SPEC.READ?")).encode("ascii"),
        integration_ms=whole_setting(profile, "integration_time_us", 30_000, 10_000_000) / 1000,
        strays=whole_setting(profile, "drop_last", 1) if settings.get("drop_last") else 0,
    )
    return LineBoard(wire, lambda exposure: counts(exposure, True))


def _chips(_profile: Profile, _nature: SpectrometerSimulation, counts: Counts) -> Dialogue:
    return ChipSet(lambda exposure: counts(exposure, True))


def _btc(_profile: Profile, _nature: SpectrometerSimulation, counts: Counts) -> Dialogue:
    return BtcBoard(lambda exposure: counts(exposure, True))


_Maker = Callable[[Profile, SpectrometerSimulation, Counts], Dialogue]
_MAKERS: Mapping[str, _Maker] = {
    "ocean": _ocean,
    "obp": _obp,
    "mculines": _lines,
    "as7265x": _chips,
    "btc": _btc,
}

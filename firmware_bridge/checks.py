"""From a spectrometer's readings to a check: its spectrum and its findings. Pure.

numpy and the matcher are loaded when the first spectrum arrives, so that a bridge without a
spectrometer never pays for them.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from firmware_bridge.check_messages import TakenFacts, findings_message, spectrum_message
from firmware_bridge.drivers.readings import Fault, FaultReading, Purpose, SpectrumReading
from firmware_bridge.spool import Draft, Moment
from firmware_bridge.state_keeper import StateKeeper
from hardware.profile import SpectrumSettings

if TYPE_CHECKING:
    from analysis import Matcher, Spectrum

NM_PER_CM = 1e7
BEAMS_APART_S = 600
"""Two backgrounds further apart than this make no 100 % line."""

LEAST_RATIO = 1e-4
"""Absorbance above 4 is not measured but noise: the ratio is cut here."""


@dataclass(frozen=True, slots=True)
class NamedMatcher:
    """A matcher and what its library is called."""

    matcher: "Matcher"
    library_name: str


MatcherSource = Callable[[], NamedMatcher]


@dataclass(frozen=True, slots=True)
class _Stored:
    values: tuple[float, ...]
    integration_time_us: int
    monotonic_ms: int


@dataclass(slots=True)
class SpectrumPipeline:
    """One spectrometer's readings to messages.

    Attributes:
        device: its name in topics.
        settings: what its spectra are.
        matcher: gives the matcher; called when the first sample arrives.
        new_check_id: gives a random id.
    """

    device: str
    settings: SpectrumSettings
    matcher: MatcherSource
    new_check_id: Callable[[], str]
    keeper: StateKeeper = field(default_factory=StateKeeper)
    _background: _Stored | None = None
    _earlier: _Stored | None = None
    _dark: _Stored | None = None

    def take(self, reading: SpectrumReading | FaultReading, moment: Moment) -> list[Draft]:
        """The messages that one reading is worth, in order."""
        if isinstance(reading, FaultReading):
            return self._mine(self.keeper.trouble(reading))
        stored = _Stored(reading.values, reading.integration_time_us, moment.monotonic_ms)
        if reading.purpose is Purpose.BACKGROUND:
            self._earlier, self._background = self._background, stored
        elif reading.purpose is Purpose.DARK:
            self._dark = stored
        else:
            return self._sample(reading, moment)
        return self.heard(moment)

    def note(self, reading: SpectrumReading) -> str:
        """What whoever took this spectrum should know of it besides; "" for nothing."""
        if reading.saturated_pixels and reading.purpose is not Purpose.DARK:
            return f"{reading.saturated_pixels} pixels were saturated: use less light or time"
        if reading.purpose is Purpose.SAMPLE and self._dark_values() is None:
            return "no dark that fits was taken: stray light and offset are not subtracted"
        return ""

    def spectrum(self, reading: SpectrumReading) -> "Spectrum | FaultReading":
        """The spectrum of a sample's counts, or why there is none; no check is made of it."""
        fault = self._not_ready(reading)
        return self._spectrum(reading) if fault is None else fault

    def beams(self) -> tuple[tuple[float, ...], ...]:
        """The last two backgrounds less dark, older first; fewer where fewer fit together."""
        earlier, latest = self._earlier, self._background
        if latest is None:
            return ()
        dark = self._dark_values()
        if earlier is None or not _alike(earlier, latest):
            return (_less(latest.values, dark),)
        return _less(earlier.values, dark), _less(latest.values, dark)

    def heard(self, moment: Moment) -> list[Draft]:
        """The instrument, or its folder, is there."""
        return self._mine(self.keeper.heard(moment))

    def take_file(self, spectrum: "Spectrum", name: str, moment: Moment) -> list[Draft]:
        """The messages for a spectrum that an instrument dropped as a file."""
        facts = spectrum.provenance
        instrument = facts.get("instrument") or facts.get("serial") or self.device
        taken = TakenFacts(instrument=instrument, source=name)
        return self._mine([*self.keeper.heard(moment), *self._check(spectrum, taken, ())])

    def _sample(self, reading: SpectrumReading, moment: Moment) -> list[Draft]:
        fault = self._not_ready(reading)
        if fault is not None:
            return self._mine(self.keeper.trouble(fault))
        age_s = self._background_age_s(moment)
        taken = TakenFacts(
            instrument=reading.serial or self.device,
            integration_time_us=reading.integration_time_us,
            scans=reading.scans,
            background_age_s=age_s,
        )
        spectrum = self._spectrum(reading)
        blocks = self._blocks(reading, age_s)
        return self._mine([*self.keeper.heard(moment), *self._check(spectrum, taken, blocks)])

    def _not_ready(self, reading: SpectrumReading) -> FaultReading | None:
        """Why no spectrum can be made of a sample's counts, if so."""
        if reading.axis_unit == "pixel":
            return FaultReading(
                Fault.UNREADABLE,
                "the instrument gave no wavelength calibration: pixels can't be compared",
                "read the coefficients from its certificate into the device's settings",
            )
        if self.settings.response != "absorbance":
            return None
        if self._background is None:
            return FaultReading(
                Fault.REFUSED,
                "a sample was measured before any background",
                "with the bare crystal wiped: harborlight bridge ask DEVICE background",
            )
        same = self._background.integration_time_us == reading.integration_time_us
        if len(self._background.values) != len(reading.values) or not same:
            return FaultReading(
                Fault.REFUSED,
                "the background was taken with other settings than the sample",
                "take a new background, then the sample again",
            )
        return None

    def _spectrum(self, reading: SpectrumReading) -> "Spectrum":
        from analysis import Spectrum  # noqa: PLC0415 - numpy only where there is a spectrum

        axis, unit = _spectral_axis(reading, self.settings)
        if self.settings.response == "absorbance" and self._background is not None:
            values = _absorbance(reading.values, self._background.values, self._dark_values())
        else:
            dark = self._dark_values() or (0.0,) * len(reading.values)
            values = tuple(value - low for value, low in zip(reading.values, dark, strict=False))
        facts = {"instrument": reading.serial or self.device}
        return Spectrum(axis, values, _kind(self.settings), unit, **facts)

    def _dark_values(self) -> tuple[float, ...] | None:
        usable = self._dark is not None and self._background is not None
        if self._dark is None or (usable and not self._dark_fits()):
            return None
        return self._dark.values

    def _dark_fits(self) -> bool:
        dark, background = self._dark, self._background
        return (
            dark is not None
            and background is not None
            and len(dark.values) == len(background.values)
            and dark.integration_time_us == background.integration_time_us
        )

    def _background_age_s(self, moment: Moment) -> int | None:
        if self.settings.response != "absorbance" or self._background is None:
            return None
        return (moment.monotonic_ms - self._background.monotonic_ms) // 1000

    def _blocks(self, reading: SpectrumReading, age_s: int | None) -> tuple[str, ...]:
        """Why the result may not be released, as far as the measurement goes."""
        blocks = []
        most_s = self.settings.background_age_max_s
        if age_s is not None and age_s > most_s:
            blocks.append(f"the background is {age_s // 60} min old; at most {most_s / 60:.0f} min")
        if reading.saturated_pixels:
            blocks.append(f"{reading.saturated_pixels} pixels were saturated")
        return tuple(blocks)

    def _check(
        self, spectrum: "Spectrum", taken: TakenFacts, blocks: tuple[str, ...]
    ) -> list[Draft]:
        check = self.new_check_id()
        matching = self.matcher()
        found = matching.matcher.identify(spectrum)
        findings = findings_message(check, found, matching.library_name, spectrum.axis_unit, blocks)
        return [
            Draft(
                "", spectrum_message(check, spectrum, self.settings.technique, taken), event=True
            ),
            Draft("", findings, event=True),
        ]

    def _mine(self, drafts: list[Draft]) -> list[Draft]:
        return [Draft(self.device, draft.body, event=draft.event) for draft in drafts]


def _alike(earlier: _Stored, latest: _Stored) -> bool:
    """Whether two backgrounds were taken with the same settings, one soon after the other."""
    apart_ms = latest.monotonic_ms - earlier.monotonic_ms
    same = earlier.integration_time_us == latest.integration_time_us
    return same and len(earlier.values) == len(latest.values) and apart_ms <= 1000 * BEAMS_APART_S


def _less(values: tuple[float, ...], dark: tuple[float, ...] | None) -> tuple[float, ...]:
    if dark is None:
        return values
    return tuple(value - low for value, low in zip(values, dark, strict=True))


def _kind(settings: SpectrumSettings) -> str:
    kinds = {"ir": "ir-absorbance", "raman": "raman", "nir": "nir"}
    return kinds.get(settings.technique, "counts")


def _spectral_axis(
    reading: SpectrumReading, settings: SpectrumSettings
) -> tuple[tuple[float, ...], Literal["cm-1", "nm"]]:
    """The axis that the technique is read on: wavenumber, Raman shift, or wavelength.

    Raman shift = 1e7/laser - 1e7/wavelength, wavenumber = 1e7/wavelength (cm-1, nm in air taken as
    in vacuum: the difference is below 1 cm-1 here and the matcher aligns the shift).
    """
    if reading.axis_unit == "cm-1":
        return reading.axis, "cm-1"
    laser_nm = settings.laser_wavelength_nm
    if settings.technique == "raman" and laser_nm is not None:
        return tuple(NM_PER_CM / laser_nm - NM_PER_CM / nm for nm in reading.axis), "cm-1"
    if settings.technique == "ir":
        return tuple(NM_PER_CM / nm for nm in reading.axis), "cm-1"
    return reading.axis, "nm"


def _absorbance(
    sample: tuple[float, ...], background: tuple[float, ...], dark: tuple[float, ...] | None
) -> tuple[float, ...]:
    """A = -log10((sample - dark) / (background - dark)), pixel by pixel."""
    low = dark or (0.0,) * len(sample)
    return tuple(
        -math.log10(max(LEAST_RATIO, (s - d) / max(1.0, b - d)))
        for s, b, d in zip(sample, background, low, strict=True)
    )

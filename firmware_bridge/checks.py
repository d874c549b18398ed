"""From a spectrometer's readings to a check: its spectrum and its findings. Pure.

numpy and the matcher are loaded when the first spectrum arrives, so that a bridge without a
spectrometer never pays for them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from firmware_bridge import reduction
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


@dataclass(frozen=True, slots=True)
class NamedMatcher:
    """A matcher and what its library is called."""

    matcher: "Matcher"
    library_name: str


MatcherSource = Callable[[], NamedMatcher]


@dataclass(frozen=True, slots=True)
class _Stored:
    reading: SpectrumReading
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
        stored = _Stored(reading, moment.monotonic_ms)
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
        if reading.purpose is Purpose.SAMPLE and self._dark_for(reading) is None:
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
        beams = (latest,) if earlier is None or not _alike(earlier, latest) else (earlier, latest)
        dark = self._dark_for(latest.reading)
        return tuple(reduction.less(beam.reading.values, dark) for beam in beams)

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
        if not reduction.fits(self._background.reading, reading):
            return FaultReading(
                Fault.REFUSED,
                "the background was taken with other settings than the sample",
                "take a new background, then the sample again",
            )
        return None

    def _spectrum(self, reading: SpectrumReading) -> "Spectrum":
        from analysis import Spectrum  # noqa: PLC0415 - numpy only where there is a spectrum

        axis, unit = _spectral_axis(reading, self.settings)
        background = None if self._background is None else self._background.reading
        made = reduction.reduced(self.settings, reading, background, self._dark_for(reading))
        facts = {"instrument": reading.serial or self.device, **made.facts}
        return Spectrum(axis, made.values, _kind(self.settings), unit, **facts)

    def _dark_for(self, reading: SpectrumReading) -> SpectrumReading | None:
        """The dark, if one was taken that fits."""
        if self._dark is None or not reduction.fits(self._dark.reading, reading):
            return None
        return self._dark.reading

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
        from analysis.explain import explain  # noqa: PLC0415 - as above

        check = self.new_check_id()
        matching = self.matcher()
        found = matching.matcher.identify(spectrum)
        evidence = explain(matching.matcher.library, found)
        findings = findings_message(
            check, found, matching.library_name, spectrum.axis_unit, blocks, evidence
        )
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
    return reduction.fits(earlier.reading, latest.reading) and apart_ms <= 1000 * BEAMS_APART_S


def _kind(settings: SpectrumSettings) -> str:
    kinds = {"ir": "ir-absorbance", "raman": "raman", "nir": "nir"}
    return kinds.get(settings.technique, "counts")


def _spectral_axis(
    reading: SpectrumReading, settings: SpectrumSettings
) -> tuple[tuple[float, ...], Literal["cm-1", "nm"]]:
    """The axis that the technique is read on: wavenumber, Raman shift, or wavelength.

    An instrument that tells of its own laser is believed before the profile.
    Raman shift = 1e7/laser - 1e7/wavelength, wavenumber = 1e7/wavelength (cm-1, nm in air taken as
    in vacuum: the difference is below 1 cm-1 here and the matcher aligns the shift).
    """
    if reading.axis_unit == "cm-1":
        return reading.axis, "cm-1"
    laser_nm = reading.calibration.laser_wavelength_nm or settings.laser_wavelength_nm
    if settings.technique == "raman" and laser_nm is not None:
        return tuple(NM_PER_CM / laser_nm - NM_PER_CM / nm for nm in reading.axis), "cm-1"
    if settings.technique == "ir":
        return tuple(NM_PER_CM / nm for nm in reading.axis), "cm-1"
    return reading.axis, "nm"

"""A simulated spectrometer on a line: its dialogue on one side, a scene on the other."""

from pathlib import Path

import numpy as np

from hardware.profile import Profile, SpectrometerSimulation
from hardware.simulators import bands, dialogues, measured, requests, scene
from hardware.simulators.bands import Array
from hardware.simulators.device import Reply, Request
from hardware.simulators.optics import Exposure, Optics
from hardware.simulators.scene import Scene

STRENGTH = 0.9
"""Absorbance of the strongest band of a pure substance in good contact."""
VERBS = ("scene", "trigger", "power", "state")
ADC_MOST = 0xFFFFFFFF


class Spectrometer:
    """The device that the simulator loop runs.

    Args:
        profile: which instrument; it must say how it is simulated.
        band_table: a file of band tables for mixtures; None for none.
        seed: for noise, baselines and nothing else.

    Raises:
        SimulatorError: the profile can't be simulated, or the band table can't be read.
    """

    answer_after_s = 0.0

    def __init__(self, profile: Profile, band_table: Path | None = None, seed: int = 0) -> None:
        nature = dialogues.nature_of(profile)
        self._profile = profile
        pixels = dialogues.pixels_of(profile)
        top = dialogues.whole_setting(profile, "adc_max", 65535, ADC_MOST)
        first = profile.driver_settings.get("first_pixel", 0)
        self._optics = Optics(nature, pixels, top, first if isinstance(first, int) else 0)
        self._substances = {} if band_table is None else bands.load(band_table)
        self._rng = np.random.default_rng(seed)
        self._dialogue = dialogues.make(profile, self._counts)
        self._scene = Scene()
        self._light = self._dark()
        self._set(Scene())

    @property
    def wake_at_s(self) -> float | None:
        """When `wake` must be called."""
        return self._dialogue.wake_at_s

    @property
    def corrupt_checksums(self) -> bool:
        """While True every checksum that is sent is wrong."""
        return self._dialogue.corrupt_checksums

    @corrupt_checksums.setter
    def corrupt_checksums(self, wrong: bool) -> None:
        self._dialogue.corrupt_checksums = wrong

    @property
    def line_baud(self) -> int | None:
        """The speed it was switched to; None while it never was."""
        return self._dialogue.line_baud

    def feed(self, data: bytes, now_s: float) -> bytes:
        """Take bytes."""
        return self._dialogue.feed(data, now_s)

    def wake(self, now_s: float) -> bytes:
        """A spectrum is ready."""
        return self._dialogue.wake(now_s)

    def line_lost(self) -> None:
        """Forget half a command."""
        self._dialogue.reset()

    def settle(self) -> None:
        """Nothing of it outlives the process."""

    def control(self, request: Request, now_s: float) -> Reply:
        """Change the scene, pull the trigger, cut the power, or tell how things stand.

        Raises:
            RequestError: it does not fit.
        """
        verb = requests.choice(request, "do", VERBS)
        if verb == "scene":
            self._set(scene.from_request(request))
            return {"scene": self._scene.told(), "strongest": round(self._strongest(), 4)}
        if verb == "trigger":
            return {"waited": self._dialogue.pull_trigger(now_s)}
        if verb == "power":
            self._dialogue.power_up(now_s)
        return self._state()

    def _state(self) -> Reply:
        return {
            "kind": "spectrometer",
            "profile": self._profile.name,
            "scene": self._scene.told(),
            **self._dialogue.told(),
            "substances": sorted(self._substances),
        }

    def _set(self, wanted: Scene) -> None:
        """Put it before the instrument; a refused one changes nothing."""
        light = self._dark()
        if wanted.load == "measured" and wanted.file is not None:
            light = measured.load(wanted.file, self._optics.axis_nm, self._laser_nm, wanted.column)
        elif wanted.load != "dark":
            light = self._lit(wanted)
        self._scene, self._light = wanted, light

    def _lit(self, wanted: Scene) -> Array:
        """The light of a bare crystal or of a mixture; with a laser it is what is scattered."""
        if self._laser_nm is not None:
            shift_cm1 = 1e7 / self._laser_nm - self._optics.axis_cm1
            peak = self._nature.peak_counts
            return peak * STRENGTH * wanted.contact * self._mixed(wanted, shift_cm1)
        absorbance = np.zeros_like(self._optics.axis_nm)
        if wanted.load == "sample":
            mixed = self._mixed(wanted, self._optics.axis_cm1)
            absorbance = STRENGTH * wanted.contact * mixed + self._optics.baseline(self._rng)
        return self._optics.through(absorbance)

    def _mixed(self, wanted: Scene, axis_cm1: Array) -> Array:
        mixed = bands.mixture(self._substances, wanted.parts, axis_cm1)
        if wanted.unknown:
            mixed += wanted.unknown * bands.unknown(wanted.unknown_seed).curve(axis_cm1)
        return mixed

    def _strongest(self) -> float:
        """The strongest true absorbance of the scene, or the largest part of full scale."""
        if self._laser_nm is not None or self._scene.load != "sample":
            return float(self._light.max() / self._nature.peak_counts)
        bare = self._optics.through(np.zeros_like(self._light))
        return float(np.log10(bare / self._light).max())

    def _dark(self) -> Array:
        return np.zeros_like(self._optics.axis_nm)

    def _counts(self, exposure: Exposure, lamp: bool) -> list[int]:  # noqa: FBT001 - a yes or no
        light = self._light if lamp else self._dark()
        return self._optics.detect(light, exposure, self._rng)

    @property
    def _nature(self) -> SpectrometerSimulation:
        return dialogues.nature_of(self._profile)

    @property
    def _laser_nm(self) -> float | None:
        spectrum = self._profile.spectrum
        return None if spectrum is None else spectrum.laser_wavelength_nm


def steadied(profile: Profile) -> Profile:
    """The same instrument without noise, for tests of the road behind it.

    Raises:
        SimulatorError: it is not simulated.
    """
    calm = {"relative_noise": 0.0, "read_noise_counts": 0.0}
    quiet = dialogues.nature_of(profile).model_copy(update=calm)
    return profile.model_copy(update={"simulated_instrument": quiet})

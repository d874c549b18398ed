"""Which instruments a bridge has, and what holds for each, from its configuration. Pure."""

from collections.abc import Mapping

from firmware_bridge.config import BridgeConfig
from firmware_bridge.instrument.book import Nature
from firmware_bridge.instrument.state import Log
from hardware.profile import Profile


def natures(config: BridgeConfig, profiles: Mapping[str, Profile]) -> dict[str, Nature]:
    """What kind of instrument each device is that is one.

    An instrument that drops files takes its own backgrounds and darks; the bridge can't see them.
    """
    found = {}
    for name, profile in profiles.items():
        if profile.spectrum is None:
            continue
        on_line = profile.kind == "spectrometer"
        absorbs = profile.spectrum.response == "absorbance"
        raman = profile.spectrum.technique == "raman"
        empty = Log(needs_background=on_line and absorbs, needs_dark=on_line and not absorbs)
        found[name] = Nature(empty, config.instrument.rules(raman=raman))
    return found

"""The machine that the bridge runs on: disk, heat and power."""

import shutil
from pathlib import Path

_THERMAL = Path("/sys/class/thermal/thermal_zone0/temp")
_UNDERVOLTAGE = Path("/sys/devices/platform/soc/soc:firmware/get_throttled")
_UNDERVOLTAGE_BITS = 0x1_0001
"""Bits 0 and 16 of the firmware's throttle word: too little voltage now, or since start."""


def disk_free_mb(folder: Path) -> int:
    """Free space of the file system that holds a folder, in MiB; 0 when it can't be read."""
    try:
        return shutil.disk_usage(folder).free // 2**20
    except OSError:
        return 0


def cpu_temperature_c(source: Path = _THERMAL) -> float | None:
    """Temperature of the processor, where the kernel tells it (in thousandths of a degree)."""
    try:
        return int(source.read_text(encoding="ascii")) / 1000
    except (OSError, ValueError):
        return None


def undervoltage(source: Path = _UNDERVOLTAGE) -> bool | None:
    """Whether a Raspberry Pi's supply was too weak since it started; None on other machines."""
    try:
        return bool(int(source.read_text(encoding="ascii").strip(), 16) & _UNDERVOLTAGE_BITS)
    except (OSError, ValueError):
        return None

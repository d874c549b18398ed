"""The firmware's files that touch no hardware, loaded into CPython under names of their own."""

import importlib.util
import sys
from types import ModuleType

from tests.hardware.firmware.rig import FIRMWARE


def part(name: str) -> ModuleType:
    """One file of the firmware. It must import nothing of the firmware itself."""
    full = f"harborlight_firmware_{name}"
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, FIRMWARE / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        sys.modules[full] = module
    return sys.modules[full]

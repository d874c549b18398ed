"""Drivers are found, not listed: a file of this folder, or an entry point of another package."""

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from types import ModuleType
from typing import cast

from pydantic import BaseModel, ValidationError

from firmware_bridge import drivers
from firmware_bridge.drivers.base import Driver
from firmware_bridge.drivers.errors import DriverNotFoundError, DriverSettingsError

ENTRY_POINT_GROUP = "harborlight.drivers"
_NOT_DRIVERS = frozenset({"base", "errors", "readings", "registry"})


@dataclass(frozen=True, slots=True)
class DriverPlugin:
    """A driver that was found: its name, what it can be told, and how one is made."""

    name: str
    module: ModuleType

    @property
    def settings_model(self) -> type[BaseModel]:
        """The pydantic model of its settings."""
        return cast("type[BaseModel]", self.module.Settings)

    def make(self, settings: Mapping[str, object]) -> Driver:
        """A driver with these settings.

        Raises:
            DriverSettingsError: they do not fit; names each, its value and what is accepted.
        """
        try:
            checked = self.settings_model.model_validate(dict(settings))
        except ValidationError as error:
            raise DriverSettingsError(self._complaint(error)) from error
        return cast("Driver", self.module.make(checked))

    def _complaint(self, error: ValidationError) -> str:
        known = ", ".join(self.settings_model.model_fields)
        lines = []
        for fault in error.errors(include_url=False):
            key, accepted = ".".join(map(str, fault["loc"])), fault["msg"]
            if fault["type"] == "extra_forbidden":
                accepted = f"no such setting; known are {known}"
            lines.append(f"driver {self.name}: setting {key}, value {fault['input']!r}: {accepted}")
        return "\n".join(lines)


def names() -> list[str]:
    """The names of all drivers that can be found, sorted."""
    own = {found.name for found in pkgutil.iter_modules(drivers.__path__)} - _NOT_DRIVERS
    own = {name for name in own if not name.startswith("_")}
    return sorted(own | {point.name for point in entry_points(group=ENTRY_POINT_GROUP)})


def find(name: str) -> DriverPlugin:
    """The driver of that name; one of this folder wins over another package's.

    Raises:
        DriverNotFoundError: there is none; the message names those there are.
    """
    if name not in names():
        raise DriverNotFoundError(f"no driver {name!r}; known are {', '.join(names())}")
    for point in entry_points(group=ENTRY_POINT_GROUP):
        if point.name == name:
            return DriverPlugin(name, cast("ModuleType", point.load()))
    return DriverPlugin(name, importlib.import_module(f"firmware_bridge.drivers.{name}"))

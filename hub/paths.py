"""Paths in the configuration: from the folder of the file, `~` is the user's home."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, ValidationInfo


def from_folder(path: Path, info: ValidationInfo) -> Path:
    """The path as seen from the folder that the validation was given."""
    folder = (info.context or {}).get("folder", Path())
    return Path(folder) / path.expanduser()


FilePath = Annotated[Path, AfterValidator(from_folder)]
"""A path as a setting; validate with the context {"folder": ...}."""

"""Which version of Harborlight this is."""

import importlib.metadata
from functools import cache


@cache
def version() -> str:
    """Such as "0.1.0"; "from source" where it was never installed."""
    try:
        return importlib.metadata.version("harborlight")
    except importlib.metadata.PackageNotFoundError:
        return "from source"

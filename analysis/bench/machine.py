"""The machine that a benchmark ran on, in neutral words."""

import os
import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

PEERS = ("faiss-cpu", "scikit-learn", "pybaselines", "threadpoolctl")


def described() -> dict[str, str | int]:
    """Processor, cores and the versions that matter; nothing that names a person or a host."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    packages = ("numpy", "scipy", *PEERS)
    return {
        "architecture": platform.machine(),
        "cores": cores or 1,
        "python": platform.python_version(),
        "blas": _blas(),
        **{name: found for name in packages if (found := _version(name))},
    }


def in_words(machine: Mapping[str, str | int]) -> str:
    """One line for the head of a report."""
    first = f"{machine['cores']}-core {machine['architecture']} machine"
    rest = [f"{k} {v}" for k, v in machine.items() if k not in {"architecture", "cores", "blas"}]
    return ", ".join([first, f"BLAS {machine['blas']}", *rest])


def _blas() -> str:
    import numpy as np  # noqa: PLC0415 - only to be asked

    facts = np.show_config(mode="dicts") or {}
    blas = facts.get("Build Dependencies", {}).get("blas", {})
    return f"{blas.get('name', 'unknown')} {blas.get('version', '')}".strip()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""

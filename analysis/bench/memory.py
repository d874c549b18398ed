"""Peak memory of a library in use, in a process of its own.

Run as `python -m analysis.bench.memory LIBRARY TARGETS`: prints what the process needs with numpy
and the package loaded, and at most while the library is opened, searched and matched; in bytes.
"""

import subprocess
import sys
from pathlib import Path

import numpy as np


def peak_bytes() -> int:
    """The most memory that this process has had so far (resident set).

    Linux tells it per program; `getrusage` would count the parent's as well.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text("utf-8").splitlines())
        return 1024 * int(lines["VmHWM"].split()[0])
    import resource  # noqa: PLC0415 - not on Windows

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else 1024 * most


def measured_apart(library: Path, targets: int) -> tuple[int, int]:
    """Bytes before and at most, of a process that uses a library file.

    Args:
        library: the file.
        targets: how many of its substances to watch.
    """
    command = [sys.executable, "-m", "analysis.bench.memory", str(library), str(targets)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own module, our own file
    before, most = done.stdout.split()
    return int(before), int(most)


def main(path: str, targets: int) -> None:
    """Open, search, identify; print the two numbers."""
    from analysis import Library, Matcher, Spectrum  # noqa: PLC0415 - what is measured
    from analysis.bench.crowd import axis_of  # noqa: PLC0415 - as above

    before = peak_bytes()
    library = Library.open(path)
    matcher = Matcher(library, list(library.substances[:targets]))
    axis = axis_of(library.recipe.points)
    spectrum = Spectrum(axis, library.rows(np.arange(3)).sum(axis=0))
    matcher.search(spectrum)
    _ = matcher.identify(spectrum).components  # what is lazy is made
    print(before, peak_bytes())  # noqa: T201 - the parent reads it


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

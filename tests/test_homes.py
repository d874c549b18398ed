"""Time and chance live in named places; everything else is handed a clock or a generator.

import-linter keeps the homes of libraries; clocks and randomness are calls, so they are looked for
in the source itself.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.source import PACKAGES, source_files

# Calls that ask the machine for the time or for chance. `time.sleep` asks for nothing.
CLOCKS = {
    *(f"time.{name}" for name in ("time", "time_ns", "monotonic", "monotonic_ns")),
    *(f"time.{name}" for name in ("perf_counter", "perf_counter_ns", "localtime", "gmtime")),
    *(f"datetime.datetime.{name}" for name in ("now", "utcnow", "today")),
    "datetime.date.today",
}
CHANCES = {"os.urandom", "uuid.uuid1", "uuid.uuid4", "numpy.random"}
CHANCE_MODULES = ("random.", "secrets.", "numpy.random.")
SEEDED = {
    "random.Random",
    *(f"numpy.random.{name}" for name in ("default_rng", "Generator", "PCG64", "SeedSequence")),
}
"""Fine where a seed or a source is handed in: a call with an argument, or a name in a signature."""

# The worlds that are simulated have their own weather, and start programs of their own.
EXEMPT = ("hardware/simulators", "hardware/demo")
CLOCK_HOMES = {
    "analysis/bench/stopwatch.py": "the benchmark measures time",
    "firmware_bridge/contract/clock.py": "the one clock that everything else is handed",
}
CHANCE_HOMES = {
    "dashboard/signing_keys.py": "the key that session cookies are signed with",
    "dashboard/table/chance.py": "invitations to a table, and ids of forms",
    "firmware_bridge/identifiers.py": "boot ids and sample codes must not be guessed from others",
    "hub/access.py": "sign-in links and sessions",
    "hub/code_making.py": "codes that nobody can guess",
    "hub/enrolment.py": "the password of a bridge, and its access key",
    "hub/broker/hashes.py": "a password's salt",
    "hub/broker/supervised.py": "the hub's own password, new at each start",
}


def asked(tree: ast.AST) -> set[str]:
    """The clocks and chances that a file asks, by their full names."""
    return set(_asked(tree))


def _asked(tree: ast.AST) -> Iterator[str]:
    names = _meanings(tree)
    seeded = {
        id(node.func)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and (node.args or node.keywords)
    } | _in_annotations(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute | ast.Name):
            continue
        full = _full_name(node, names)
        if full in SEEDED and id(node) in seeded:
            continue
        if full in CLOCKS | CHANCES - {"numpy.random"} or full.startswith(CHANCE_MODULES):
            yield full


def _meanings(tree: ast.AST) -> dict[str, str]:
    """What the names that a file imports mean."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {
                a.asname or a.name.split(".")[0]: a.name if a.asname else a.name.split(".")[0]
                for a in node.names
            }
        elif isinstance(node, ast.ImportFrom):
            found |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
    return found


def _full_name(node: ast.expr, names: dict[str, str]) -> str:
    if isinstance(node, ast.Name):
        return names.get(node.id, "")
    if isinstance(node, ast.Attribute):
        inner = _full_name(node.value, names)
        return f"{inner}.{node.attr}" if inner else ""
    return ""


def _in_annotations(tree: ast.AST) -> set[int]:
    """The nodes of type annotations: naming a generator's type asks it for nothing."""
    written: list[ast.expr | None] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign):
            written.append(node.annotation)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            written.append(node.returns)
    return {id(inner) for each in written if each for inner in ast.walk(each)}


def ruled_files() -> list[Path]:
    return [
        file
        for file in source_files(*PACKAGES, "harborlight.py")
        if not str(file.relative_to(ROOT)).startswith(EXEMPT)
    ]


@pytest.mark.parametrize("file", ruled_files(), ids=lambda file: str(file.relative_to(ROOT)))
def test_time_and_chance_are_asked_at_home_only(file: Path) -> None:
    name = str(file.relative_to(ROOT))
    found = asked(ast.parse(file.read_bytes()))
    clocks = found & CLOCKS
    assert not clocks or name in CLOCK_HOMES, f"{name} asks {clocks}: take a Clock instead"
    chances = found - CLOCKS
    assert not chances or name in CHANCE_HOMES, f"{name} asks {chances}: have it handed in"


@pytest.mark.parametrize("home", [*CLOCK_HOMES, *CHANCE_HOMES])
def test_a_home_is_lived_in(home: str) -> None:
    assert asked(ast.parse((ROOT / home).read_bytes())), f"{home} needs no exception any more"


@pytest.mark.parametrize(
    ("written", "full"),
    [
        ("import time\ntime.time()", "time.time"),
        ("import time as t\nnow = t.monotonic", "time.monotonic"),
        ("from time import time_ns\ntime_ns()", "time.time_ns"),
        ("from datetime import datetime, UTC\ndatetime.now(UTC)", "datetime.datetime.now"),
        ("import datetime as dt\ndt.datetime.utcnow()", "datetime.datetime.utcnow"),
        ("import random\nrandom.shuffle([])", "random.shuffle"),
        ("import random\nrandom.Random()", "random.Random"),
        ("from secrets import token_hex\ntoken_hex()", "secrets.token_hex"),
        ("import numpy as np\nnp.random.rand()", "numpy.random.rand"),
        ("import numpy as np\nnp.random.default_rng()", "numpy.random.default_rng"),
        ("import uuid\nuuid.uuid4()", "uuid.uuid4"),
    ],
)
def test_asking_is_found_however_it_is_written(written: str, full: str) -> None:
    assert asked(ast.parse(written)) == {full}


@pytest.mark.parametrize(
    "written",
    [
        "import random\nrandom.Random(4)",
        "import numpy as np\nnp.random.default_rng(7).random()",
        "import numpy as np\ndef f(rng: np.random.Generator) -> None: ...",
        "from datetime import datetime\ndatetime.fromtimestamp(0)",
        "import time\ntime.sleep(1)",
    ],
)
def test_what_is_handed_in_is_no_offence(written: str) -> None:
    assert asked(ast.parse(written)) == set()

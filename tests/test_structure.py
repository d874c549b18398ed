"""The shape of the code: sizes that a reader can hold, exceptions that say why, no fixed places."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.source import PACKAGES, files_below, source_files

MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 60
ALL_SOURCE = source_files(*PACKAGES, "harborlight.py", "tests")
# Words are put together here, so that this file does not hold them itself.
FOREIGN = ["py" + "pi.org", "npm" + "js.org", "npm" + "js.com", "python" + "hosted.org"]
MACHINE_PATHS = re.compile(r"(?<![\w.~])/(?:work|root)/[a-z.]")
OFF = re.compile(r"#\s*(?:noqa|ruff:|type: ignore|mypy:)")
WHY = re.compile(
    r"noqa: [A-Z]+\d+(?:, ?[A-Z]+\d+)*\s+\S.*\w|type: ignore\[[a-z-]+(?:, ?[a-z-]+)*\]\s+\S.*\w"
)
TEXT_ENDS = {".py", ".md", ".toml", ".txt", ".json", ".html", ".css", ".js", ".ini", ".sh", ".conf"}


def long_functions(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > MAX_FUNCTION_LINES:
                yield f"{node.name}: {lines} lines"


@pytest.mark.parametrize("file", ALL_SOURCE, ids=lambda file: str(file.relative_to(ROOT)))
def test_files_and_functions_are_short(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MAX_FILE_LINES
    assert list(long_functions(ast.parse(text))) == []


def unexplained(text: str) -> list[str]:
    """The lines that switch a check off without a code or without a reason."""
    return [line.strip() for line in text.splitlines() if OFF.search(line) and not WHY.search(line)]


@pytest.mark.parametrize("file", ALL_SOURCE, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_exception_from_a_check_says_why(file: Path) -> None:
    if file != Path(__file__):
        assert unexplained(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "import x  # noqa",
        "import x  # noqa: F401",
        "x()  # type: ignore",
        "x()  # type: ignore[arg-type]",
    ],
)
def test_an_unexplained_exception_is_found_out(line: str) -> None:
    assert unexplained(line) == [line]


def test_an_explained_exception_is_none() -> None:
    assert unexplained("import x  # noqa: F401, E402 - for its effect") == []
    assert unexplained("x()  # type: ignore[arg-type]  # the stubs are wrong here") == []


def test_every_lint_rule_that_is_off_says_why() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lint = text[text.index("[tool.ruff.lint]") : text.index("[tool.ruff.lint.pydocstyle]")]
    bare = [
        line.strip()
        for line in lint.splitlines()
        if re.search(r'"[A-Z]+[0-9]*"', line) and "#" not in line and "select" not in line
    ]
    assert bare == []


def our_texts() -> list[Path]:
    """Every text of ours; `.git` is a file in a worktree, and git's own."""
    places = [*PACKAGES, "tests", "docs", "scripts", ".ci", "Makefile", "constraints.txt"]
    roots = [str(file.relative_to(ROOT)) for file in ROOT.glob("*.*")]
    roots = [name for name in roots if (ROOT / name).is_file() and name != ".git"]
    return [
        file for file in files_below(*places, *roots) if file.suffix in TEXT_ENDS or not file.suffix
    ]


def test_no_address_of_a_registry_and_no_path_of_one_machine_is_written_down() -> None:
    found = []
    for file in our_texts():
        text = file.read_text(encoding="utf-8", errors="replace")
        if file != Path(__file__) and (
            any(word in text for word in FOREIGN) or MACHINE_PATHS.search(text)
        ):
            found.append(str(file.relative_to(ROOT)))
    assert found == []

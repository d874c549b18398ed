"""Looking at the project's own source, for the tests that keep the house in order."""

import ast
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path

from tests.conftest import ROOT

PACKAGES = ("analysis", "dashboard", "firmware_bridge", "hardware", "hub")
_NOT_OURS = frozenset({"node_modules", "__pycache__", "vendor"})


def files_below(*places: str, but_not: AbstractSet[str] = _NOT_OURS) -> list[Path]:
    """Every file in these folders (or these files themselves), in order.

    Args:
        places: folders or files, from the project's root.
        but_not: names of folders that are left out; what is not ours, unless told otherwise.
    """
    found: set[Path] = set()
    for place in places:
        start = ROOT / place
        found |= {start} if start.is_file() else set(start.rglob("*"))
    return sorted(
        file for file in found if file.is_file() and not but_not & set(file.relative_to(ROOT).parts)
    )


def source_files(*places: str) -> list[Path]:
    """Every Python file of ours; what runs on a microcontroller is another world."""
    firmware = ROOT / "hardware" / "firmware"
    return [
        file
        for file in files_below(*places)
        if file.suffix == ".py" and not file.is_relative_to(firmware)
    ]


def imported_names(tree: ast.AST) -> set[str]:
    """The modules that a file imports, anywhere in it."""
    return set(_imports(tree))


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""

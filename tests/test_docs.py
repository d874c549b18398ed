"""The docs keep up: what the program has, they name; what they promise, holds."""

import json
import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path

import click
import pytest

from firmware_bridge.contract import schema
from firmware_bridge.drivers import registry
from hardware import profile
from tests import docs_text, promises
from tests.conftest import ROOT

CONTRACT_DOCS = ROOT / "docs" / "contract"
RUNNERS = {
    "console": ["bash", "-eu", "-o", "pipefail", "-c"],
    "bash": ["bash", "-eu", "-o", "pipefail", "-c"],
    "sh": ["sh", "-eu", "-c"],
    "python": [sys.executable, "-W", "error", "-c"],
}


def stands_in(name: str, code: str) -> bool:
    """Whether code holds the name as a whole word."""
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", code) is not None


def undocumented(names: Iterable[str], pages: Iterable[Path] | None = None) -> list[str]:
    """The names that no page sets as code; of the user's pages, unless others are given."""
    chosen = docs_text.user_pages() if pages is None else pages
    code = "\n".join(docs_text.code_words(page) for page in chosen)
    return sorted(name for name in names if not stands_in(name, code))


def require_documented(what: str, names: Iterable[str]) -> None:
    """Fail with everything that is missing, so that it is mended in one go."""
    wanted = list(names)
    assert wanted, f"no {what} was found at all"
    missing = undocumented(wanted)
    assert not missing, f"{what} in no page of docs/ (as code): " + ", ".join(missing)


def test_every_command_is_in_the_docs() -> None:
    require_documented("command", promises.cli_commands())


def test_every_command_says_what_it_does_with_an_example() -> None:
    silent = [
        path
        for path, command in promises.cli_commands().items()
        if "Example" not in command.get_help(click.Context(command, info_name=path))
    ]
    assert not silent, "no example in the --help of: " + ", ".join(silent)


def test_every_setting_is_in_the_docs() -> None:
    missing = {place: undocumented(names) for place, names in promises.settings().items()}
    for driver, names in promises.driver_settings().items():
        pages = [p for p in docs_text.user_pages() if stands_in(driver, docs_text.code_words(p))]
        missing[f"driver {driver} (on a page that names it)"] = undocumented(names, pages)
    lines = [f"{place}: {', '.join(names)}" for place, names in missing.items() if names]
    assert not lines, "settings in no page of docs/ (as code):\n" + "\n".join(lines)


def test_every_environment_variable_is_in_the_docs() -> None:
    missing = undocumented(promises.environment_variables(), docs_text.pages())
    assert not missing, "environment variables in no page (as code): " + ", ".join(missing)


def test_every_topic_is_in_the_docs() -> None:
    require_documented("topic", promises.topic_shapes())


def test_every_kind_of_message_is_in_the_docs() -> None:
    require_documented("kind of message", promises.message_kinds())


def test_every_driver_is_in_the_docs() -> None:
    require_documented("driver", registry.names())


def test_every_profile_is_in_the_docs() -> None:
    require_documented("profile", profile.names())


def test_every_rule_is_in_the_docs() -> None:
    require_documented("rule", promises.rules())


def test_a_name_that_is_nowhere_is_found_out() -> None:
    assert undocumented(["no-such-thing-at-all"]) == ["no-such-thing-at-all"]


def test_the_schema_files_are_those_of_the_messages() -> None:
    wanted = schema.schemas()
    written = {file.name: file for file in CONTRACT_DOCS.glob("*.json")}
    advice = "write them anew: python -m firmware_bridge.contract.schema docs/contract"
    assert set(written) == set(wanted), advice
    for name, file in written.items():
        assert json.loads(file.read_text(encoding="utf-8")) == wanted[name], f"{name}: {advice}"


def broken_links(page: Path) -> list[str]:
    broken = []
    for link in docs_text.links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (
            anchor and target.suffix == ".md" and anchor not in docs_text.anchors(target)
        ):
            broken.append(link)
    return broken


@pytest.mark.parametrize("page", docs_text.pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_inside_the_project_leads_somewhere(page: Path) -> None:
    assert broken_links(page) == []


def pages_with_examples() -> list[Path]:
    return [page for page in docs_text.pages() if any(f.runs for f in docs_text.fences(page))]


def test_there_are_examples_that_run() -> None:
    assert pages_with_examples()


@pytest.mark.parametrize("page", pages_with_examples(), ids=lambda page: page.stem)
def test_the_examples_of_a_page_run(page: Path, tmp_path: Path) -> None:
    """One after the other in one empty folder, as a reader would."""
    for fence in docs_text.fences(page):
        if fence.runs:
            run(fence, tmp_path)


def run(fence: docs_text.Fence, folder: Path) -> None:
    assert fence.language in RUNNERS, f"{fence.where}: only {', '.join(RUNNERS)} can be run"
    body = fence.body
    if fence.language == "console":
        body = "\n".join(docs_text.commands(body))
        assert body, f"{fence.where}: a console example needs lines that begin with '$ '"
    done = subprocess.run(
        [*RUNNERS[fence.language], body],
        cwd=folder,
        env=a_readers_environment(folder),
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )
    said = textwrap.indent(done.stdout + done.stderr, "    ")
    assert done.returncode == 0, f"{fence.where}: exit code {done.returncode}\n{said}"


def a_readers_environment(home: Path) -> dict[str, str]:
    programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    kept = {name: os.environ[name] for name in ("LANG", "TERM") if name in os.environ}
    return {**kept, "HOME": str(home), "PATH": programs}


def test_an_example_that_fails_is_found_out(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console run\n$ false\nnothing\n```\n", encoding="utf-8")
    (fence,) = docs_text.fences(page)
    assert fence.runs
    assert docs_text.commands(fence.body) == ["false"]
    with pytest.raises(AssertionError, match="exit code 1"):
        run(docs_text.Fence(ROOT / "README.md", 1, "console", fence.body, runs=True), tmp_path)


def test_a_link_that_leads_nowhere_is_found_out(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Here\n[a](#here) [b](gone.md) [c](#gone) `[d](code)`\n", encoding="utf-8")
    assert broken_links(page) == ["gone.md", "#gone"]

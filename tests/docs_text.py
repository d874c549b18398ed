"""Reading the project's pages: their code, their links, their headings, their examples."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT

_FENCE = re.compile(
    r"^(?P<mark><!-- run -->\n)?(?P<indent> *)```(?P<info>[^\n`]*)\n(?P<body>.*?)^ *```$",
    re.MULTILINE | re.DOTALL,
)
_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)|!\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Fence:
    """A block of code on a page.

    Attributes:
        page: the file it stands in.
        line: the line of its first fence, from 1.
        language: the first word after the fence.
        body: what is inside, without the indentation of the fence.
        runs: whether the page promises that it can be run as it stands.
    """

    page: Path
    line: int
    language: str
    body: str
    runs: bool

    @property
    def where(self) -> str:
        """The place, as an editor understands it."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def pages() -> list[Path]:
    """README, CONTRIBUTING, CHANGELOG and everything below docs/."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def user_pages() -> list[Path]:
    """The pages on which a user looks things up: README and docs/, but for the decisions."""
    decisions = ROOT / "docs" / "decisions"
    return [
        page for page in pages() if page.name == "README.md" or page.parent not in {ROOT, decisions}
    ]


def fences(page: Path) -> list[Fence]:
    """Every block of code of a page, in order."""
    return list(_fences(page))


def _fences(page: Path) -> Iterator[Fence]:
    text = page.read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        words = found["info"].split()
        indent = len(found["indent"])
        yield Fence(
            page=page,
            line=text[: found.start("indent")].count("\n") + 1,
            language=words[0] if words else "",
            body="\n".join(line[indent:] for line in found["body"].splitlines()),
            runs="run" in words[1:] or found["mark"] is not None,
        )


def code_words(page: Path) -> str:
    """All that a page sets as code: blocks and `words`."""
    text = page.read_text(encoding="utf-8")
    blocks = [fence.body for fence in fences(page)]
    return "\n".join([*blocks, *(span for _, span in _CODE.findall(_FENCE.sub("", text)))])


def commands(body: str) -> list[str]:
    """The commands of a console block: the lines after `$ `, with their continuation lines."""
    found: list[str] = []
    for line in body.splitlines():
        if line.startswith("$ "):
            found.append(line[2:])
        elif found and found[-1].endswith("\\"):
            found[-1] += "\n" + line.removeprefix("> ")
    return found


def links(page: Path) -> list[str]:
    """The targets of a page's links and pictures that stay inside the project."""
    prose = _FENCE.sub("", page.read_text(encoding="utf-8"))
    prose = _CODE.sub("", prose)
    targets = [one or other for one, other in _LINK.findall(prose)]
    return [target for target in targets if not re.match(r"[a-z][a-z0-9+.-]*:", target)]


def anchors(page: Path) -> set[str]:
    """What `#...` links to a page can name: its headings, as GitHub makes anchors of them."""
    prose = _FENCE.sub("", page.read_text(encoding="utf-8"))
    found: set[str] = set(re.findall(r"<a (?:id|name)=\"([^\"]+)\"", prose))
    for heading in _HEADING.findall(prose):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        number = 1
        unique = slug
        while unique in found:
            unique = f"{slug}-{number}"
            number += 1
        found.add(unique)
    return found

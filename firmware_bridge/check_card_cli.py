"""`harborlight check`: the release of a card, the card itself, and looking at checks."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from firmware_bridge.card.errors import CardError
from firmware_bridge.card.paper import PAPERS
from firmware_bridge.check_cli_parts import BY, JSON, LANGUAGE, do, say, say_trail
from firmware_bridge.cli import CONFIG
from firmware_bridge.contract.check.say import LEVELS


@click.command()
@click.argument("code")
@click.option("--override", multiple=True, help="A named reason to set aside.")
@click.option("--reason", default="", help="Why it is set aside.")
@click.option("--role", type=click.Choice(["technician", "coordinator"]), default="technician")
@LANGUAGE
@BY
@JSON
@CONFIG
def release(
    config_file: Path,
    code: str,
    override: tuple[str, ...],
    reason: str,
    role: str,
    language: str,
    by: str,
    as_json: bool,  # noqa: FBT001 - as above
) -> None:
    """Let the card go. What stands in the way is named, with what to do.

    Example: harborlight check release 8YUB-YK8V --language es --config bridge.toml
    """
    answer = do(
        config_file,
        act="release",
        code=code,
        by=by,
        override=list(override),
        reason=reason,
        role=role,
        language=language,
    )
    say(answer, as_json=as_json)


@click.command()
@click.argument("code")
@click.option("--out", type=click.Path(path_type=Path), help="A file: .pdf or .png by its name.")
@click.option("--paper", type=click.Choice(sorted(PAPERS)), default="a6", show_default=True)
@click.option("--level", type=click.Choice(LEVELS), default="plain", show_default=True)
@LANGUAGE
@CONFIG
def card(
    config_file: Path, code: str, out: Path | None, paper: str, level: str, language: str
) -> None:
    """Show the card as it stands now, or draw it into a file.

    Example: harborlight check card 8YUB-YK8V --out card.pdf --config bridge.toml
    """
    answer = do(config_file, act="card", code=code, language=language, level=level)
    if out is None:
        lines = answer["lines"]
        click.echo("\n".join(line["text"] for line in lines))  # type: ignore[attr-defined]  # as the desk gives it
        return
    try:
        out.write_bytes(_draw(out)(answer, paper))
    except CardError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{out} is written")


def _draw(out: Path) -> Callable[[Mapping[str, Any], str], bytes]:
    from firmware_bridge.card.paper import paper as paper_of  # noqa: PLC0415 - start-up time
    from firmware_bridge.card.pdf import pdf  # noqa: PLC0415 - as above
    from firmware_bridge.card.png import png  # noqa: PLC0415 - as above
    from firmware_bridge.contract.check.card import Card, Line  # noqa: PLC0415 - as above

    kinds = {".pdf": pdf, ".png": png}
    if out.suffix.lower() not in kinds:
        raise click.UsageError(f"{out}: .pdf and .png can be drawn")

    def draw(answer: Mapping[str, Any], paper: str) -> bytes:
        lines = tuple(Line(line["weight"], line["text"]) for line in answer["lines"])
        made = Card(**(dict(answer) | {"lines": lines}))
        return kinds[out.suffix.lower()](made, paper_of(paper))

    return draw


@click.command()
@click.argument("code")
@JSON
@CONFIG
def show(config_file: Path, code: str, as_json: bool) -> None:  # noqa: FBT001 - as above
    """Show a check: what it says, what stands in the way of release, and its trail.

    Example: harborlight check show 8YUB-YK8V --config bridge.toml
    """
    answer = do(config_file, act="show", code=code)
    say(answer, as_json=as_json)
    if not as_json:
        say_trail(answer)


@click.command(name="list")
@JSON
@CONFIG
def list_checks(config_file: Path, as_json: bool) -> None:  # noqa: FBT001 - as above
    """List the newest checks of this table.

    Example: harborlight check list --config bridge.toml
    """
    answer = do(config_file, act="list")
    if as_json:
        click.echo(json.dumps(answer))
        return
    checks = answer["checks"]
    for one in checks if isinstance(checks, list) else []:
        click.echo(f"{one['code']}  {one['state']:9} {one['expected']}")

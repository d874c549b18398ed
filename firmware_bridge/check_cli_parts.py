"""What the commands of `harborlight check` share: their options, how they ask, how they answer."""

import getpass
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from firmware_bridge import config as bridge_config
from firmware_bridge.cli import ANSWER_S, told
from firmware_bridge.contract import codec
from firmware_bridge.contract.check.say import LANGUAGES
from firmware_bridge.contract.check.tell import tell
from firmware_bridge.contract.check_events import CheckEvent
from firmware_bridge.control import ask as ask_bridge

BY = click.option("--by", default=getpass.getuser, help="Who does it; your login, where not said.")
JSON = click.option("--json", "as_json", is_flag=True, help="Say it as one JSON object.")
CHANGE = click.option(
    "--change", default="", help="Why it is changed; needed once the card was released."
)
LANGUAGE = click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)


def do(config_file: Path, **question: object) -> dict[str, object]:
    """One step at the table of a running bridge."""
    with told():
        config = bridge_config.load(config_file)
        return ask_bridge(config.control_socket, {"do": "check", **question}, ANSWER_S)


def add(
    config_file: Path, code: str, what: str, fields: Mapping[str, object], by: str, change: str
) -> dict[str, object]:
    """One more fact."""
    return do(
        config_file, act="add", what=what, code=code, fields=fields, by=by, reason_of_change=change
    )


def say(answer: dict[str, object], *, as_json: bool) -> None:
    """The check, for a person or a program."""
    if as_json:
        click.echo(json.dumps(answer))
        return
    click.echo(f"{answer['code']}  {answer['state']}")
    for text in _strings(answer["says"]):
        click.echo(f"  {text}")
    for text in _strings(answer["amounts"]):
        click.echo(f"  amount: {text}")
    for conflict in _records(answer["conflicts"]):
        click.echo(f"  CONFLICT about {conflict['matter']}: settle it")
        for event in conflict["events"]:
            click.echo(f"    {_fact(event)}")
    for block in _records(answer["blocks"]):
        click.echo(f"  not to be released: {block['name']}. {block['text']}")


def say_trail(answer: dict[str, object]) -> None:
    """Every fact with its id, for whoever withdraws one."""
    click.echo("  everything that was entered:")
    for event in _records(answer["trail"]):
        click.echo(f"    {_fact(event)}")


def _fact(event: Mapping[str, Any]) -> str:
    said = tell(codec.decode_body(CheckEvent, event["says"]))
    return f"{event['event']}  {event['by']}: {said}"


def _strings(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def _records(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []

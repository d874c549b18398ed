"""`harborlight check`: one sample from the table to the card, over a running bridge."""

import getpass
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from firmware_bridge import config as bridge_config
from firmware_bridge.card.errors import CardError
from firmware_bridge.card.paper import PAPERS
from firmware_bridge.cli import ANSWER_S, CONFIG, told
from firmware_bridge.contract.check.say import LANGUAGES, LEVELS
from firmware_bridge.contract.strips import KINDS
from firmware_bridge.control import ask as ask_bridge
from firmware_bridge.instrument_cli import blank, instrument, moved, performance

BY = click.option("--by", default=getpass.getuser, help="Who does it; your login, where not said.")
JSON = click.option("--json", "as_json", is_flag=True, help="Say it as one JSON object.")
CHANGE = click.option(
    "--change", default="", help="Why it is changed; needed once the card was released."
)
LANGUAGE = click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)


@click.group()
def check() -> None:
    """One sample: what it was sold as, its spectra, strips, reading, release and card.

    All of it works on the bridge alone, without any network.

    Example: harborlight check new --expected heroin --config bridge.toml
    """


for each in (blank, instrument, moved, performance):
    check.add_command(each)


@check.command()
@click.option("--expected", default="", help="What it was sold or believed to be.")
@click.option("--form", default="", help="Powder, crystals, pill, plant, liquid, residue ...")
@click.option("--colour", default="", help="In words.")
@click.option("--texture", default="", help="In words.")
@click.option("--packaging", default="", help="In words.")
@click.option("--effects", default="", help="What was felt; never who felt it.")
@BY
@JSON
@CONFIG
def new(config_file: Path, by: str, as_json: bool, **fields: str) -> None:  # noqa: FBT001 - click hands options over by name
    """Begin a check; says its code. Every field may stay empty, and none is about a person.

    Example: harborlight check new --expected heroin --form powder --config bridge.toml
    """
    _show(_do(config_file, act="new", by=by, fields=fields), as_json=as_json)


@check.command()
@click.argument("code")
@click.option("--device", required=True, help="The instrument, as the bridge calls it.")
@click.option("--timeout-s", default=120.0, show_default=True, help="Wait so long for it.")
@BY
@CHANGE
@JSON
@CONFIG
def measure(
    config_file: Path,
    code: str,
    device: str,
    timeout_s: float,
    by: str,
    change: str,
    as_json: bool,  # noqa: FBT001 - as above
) -> None:
    """Measure the sample on an instrument, match it, and put it into the check.

    Exit status: 3 where the measurement failed; nothing is put into the check then.

    Example: harborlight check measure 8YUB-YK8V --device ftir-1 --config bridge.toml
    """
    question = {"do": "ask", "device": device, "what": "sample", "wait_s": timeout_s}
    with told():
        config = bridge_config.load(config_file)
        reply = ask_bridge(config.control_socket, question, timeout_s + ANSWER_S)
    if reply.get("state") != "done" or not reply.get("check"):
        lines = reply.get("lines")
        click.echo("\n".join(map(str, lines if isinstance(lines, list) else ["nothing came"])))
        sys.exit(3)
    fields = {"spectrum": reply["check"]}
    _show(_add(config_file, code, "attachment", fields, by, change), as_json=as_json)


@check.command()
@click.argument("code")
@click.argument("kind", type=click.Choice(KINDS))
@click.option(
    "--lines",
    type=click.Choice(["control", "both", "none", "test", "not-done"]),
    required=True,
    help="Which show. ONE line (control) is positive; any second line, however faint, is not.",
)
@click.option("--lot", default="", help="As printed on the strip.")
@click.option("--expires", default="", help="As printed: 2027-03 or 2027-03-31.")
@click.option("--mg", "mass_mg", type=float, help="Sample that was dissolved, in milligrams.")
@click.option("--ml", "water_ml", type=float, help="Water, in millilitres.")
@click.option("--limit-ng-ml", type=float, help="What this lot surely shows, if it is known.")
@BY
@CHANGE
@JSON
@CONFIG
def strip(
    config_file: Path,
    code: str,
    lines: str,
    by: str,
    change: str,
    as_json: bool,  # noqa: FBT001 - as above
    **fields: Any,  # noqa: ANN401 - the fields of Strip
) -> None:
    """Enter a test strip by the lines that it shows.

    Example: harborlight check strip 8YUB-YK8V fentanyl --lines control --mg 10 --ml 50
    """
    seen = {"result": "not-done"} if lines == "not-done" else {"lines": lines}
    _show(_add(config_file, code, "strip", fields | seen, by, change), as_json=as_json)


@check.command()
@click.argument("code")
@click.argument("substance")
@click.option("--confirm", "word", flag_value="confirmed", help="The spectrum shows it.")
@click.option("--reject", "word", flag_value="rejected", help="The software is wrong; say why.")
@click.option("--add", "word", flag_value="added", help="The software missed it; say why.")
@click.option("--band", type=click.Choice(["main", "minor", "trace"]), help="How much of it shows.")
@click.option("--reason", default="", help="Which peaks speak for or against it.")
@BY
@CHANGE
@JSON
@CONFIG
def read(  # noqa: PLR0917 - click hands options over by name
    config_file: Path,
    code: str,
    substance: str,
    word: str | None,
    band: str | None,
    reason: str,
    by: str,
    change: str,
    as_json: bool,  # noqa: FBT001 - as above
) -> None:
    """Enter what you read in the spectrum, peak by peak: confirm, reject or add a substance.

    What you reject is told as unclear, never as not detected.

    Example: harborlight check read 8YUB-YK8V caffeine --confirm --config bridge.toml
    """
    if word is None:
        raise click.UsageError("say --confirm, --reject or --add")
    if word != "confirmed" and not reason:
        raise click.UsageError(f"--{word.removesuffix('ed')}: say the --reason, peak by peak")
    fields = {"substance": substance, "word": word, "band": band or "", "reason": reason}
    _show(_add(config_file, code, "component", fields, by, change), as_json=as_json)


@check.command()
@click.argument("code")
@click.argument("split")
@click.option("--laboratory", "name", default="", help="Its name.")
@click.option("--method", default="", help="Such as GC-MS.")
@click.option(
    "--found",
    multiple=True,
    help="SUBSTANCE[:PERCENT:LOW:HIGH] that it found; an amount only with its interval.",
)
@click.option("--not-found", multiple=True, help="SUBSTANCE that it looked for and did not find.")
@click.option("--pending", is_flag=True, help="The split was sent; the answer is to come.")
@BY
@CHANGE
@JSON
@CONFIG
def lab(  # noqa: PLR0917 - as above
    config_file: Path,
    code: str,
    split: str,
    name: str,
    method: str,
    found: tuple[str, ...],
    not_found: tuple[str, ...],
    pending: bool,  # noqa: FBT001 - as above
    by: str,
    change: str,
    as_json: bool,  # noqa: FBT001 - as above
) -> None:
    """Enter a laboratory's answer on a split, or that one was sent.

    Example: harborlight check lab 8YUB-YK8V S1 --method GC-MS --found fentanyl:8.1:6:10
    """
    if pending == bool(found or not_found):
        raise click.UsageError("say --pending, or what was found and not found")
    findings = [_finding(each, found=True) for each in found]
    findings += [_finding(each, found=False) for each in not_found]
    fields = {
        "split": split,
        "state": "pending" if pending else "complete",
        "name": name,
        "method": method,
        "findings": findings,
    }
    _show(_add(config_file, code, "lab", fields, by, change), as_json=as_json)


def _finding(said: str, *, found: bool) -> dict[str, object]:
    from firmware_bridge.groups import group_of  # noqa: PLC0415 - start-up time

    substance, *numbers = said.split(":")
    finding: dict[str, object] = {
        "substance": substance,
        "group": group_of(substance) or "",
        "found": found,
    }
    if numbers:
        try:
            amounts = [float(number) for number in numbers]
            names = ("amount_percent", "low_percent", "high_percent")
            finding |= dict(zip(names, amounts, strict=True))
        except ValueError as error:
            raise click.UsageError(f"{said}: SUBSTANCE or SUBSTANCE:PERCENT:LOW:HIGH") from error
    return finding


@check.command()
@click.argument("code")
@click.argument("spectrum")
@click.option("--reason", required=True, help="Why it is not of this sample.")
@BY
@JSON
@CONFIG
def unlink(
    config_file: Path,
    code: str,
    spectrum: str,
    reason: str,
    by: str,
    as_json: bool,  # noqa: FBT001 - as above
) -> None:
    """Take a spectrum away that is of another sample; it stays in the trail.

    Example: harborlight check unlink 8YUB-YK8V k7m2p9qwxyz3 --reason "other bag"
    """
    fields = {"spectrum": spectrum, "linked": False, "reason": reason}
    _show(_add(config_file, code, "attachment", fields, by, reason), as_json=as_json)


@check.command()
@click.argument("code")
@click.argument("event")
@click.option("--reason", required=True, help="Why it does not count.")
@BY
@JSON
@CONFIG
def withdraw(config_file: Path, code: str, event: str, reason: str, by: str, as_json: bool) -> None:  # noqa: FBT001 - as above
    """Take back a fact that was entered by mistake; it stays in the trail.

    Example: harborlight check withdraw 8YUB-YK8V 0123456789abcdef0123456789abcdef --reason typo
    """
    fields = {"event": event, "reason": reason}
    _show(_add(config_file, code, "withdrawal", fields, by, reason), as_json=as_json)


@check.command()
@click.argument("code")
@click.argument("matter")
@click.argument("event")
@BY
@JSON
@CONFIG
def settle(config_file: Path, code: str, matter: str, event: str, by: str, as_json: bool) -> None:  # noqa: FBT001 - as above
    """Decide between things that two people entered side by side.

    Example: harborlight check settle 8YUB-YK8V intake 0123456789abcdef0123456789abcdef
    """
    fields = {"matter": matter, "event": event}
    _show(_add(config_file, code, "settlement", fields, by, ""), as_json=as_json)


@check.command()
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
    answer = _do(
        config_file,
        act="release",
        code=code,
        by=by,
        override=list(override),
        reason=reason,
        role=role,
        language=language,
    )
    _show(answer, as_json=as_json)


@check.command()
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
    answer = _do(config_file, act="card", code=code, language=language, level=level)
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


@check.command()
@click.argument("code")
@JSON
@CONFIG
def show(config_file: Path, code: str, as_json: bool) -> None:  # noqa: FBT001 - as above
    """Show a check: what it says, what stands in the way of release, and its trail.

    Example: harborlight check show 8YUB-YK8V --config bridge.toml
    """
    _show(_do(config_file, act="show", code=code), as_json=as_json)


@check.command(name="list")
@JSON
@CONFIG
def list_checks(config_file: Path, as_json: bool) -> None:  # noqa: FBT001 - as above
    """List the newest checks of this table.

    Example: harborlight check list --config bridge.toml
    """
    answer = _do(config_file, act="list")
    if as_json:
        click.echo(json.dumps(answer))
        return
    checks = answer["checks"]
    for one in checks if isinstance(checks, list) else []:
        click.echo(f"{one['code']}  {one['state']:9} {one['expected']}")


def _do(config_file: Path, **question: object) -> dict[str, object]:
    with told():
        config = bridge_config.load(config_file)
        return ask_bridge(config.control_socket, {"do": "check", **question}, ANSWER_S)


def _add(
    config_file: Path, code: str, what: str, fields: Mapping[str, object], by: str, change: str
) -> dict[str, object]:
    return _do(
        config_file, act="add", what=what, code=code, fields=fields, by=by, reason_of_change=change
    )


def _show(answer: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(answer))
        return
    click.echo(f"{answer['code']}  {answer['state']}")
    for text in _strings(answer["says"]):
        click.echo(f"  {text}")
    for conflict in _records(answer["conflicts"]):
        click.echo(f"  CONFLICT about {conflict['matter']}: settle it")
    for block in _records(answer["blocks"]):
        click.echo(f"  not to be released: {block['name']}. {block['text']}")


def _strings(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def _records(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []

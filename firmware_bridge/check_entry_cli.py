"""`harborlight check`: what is entered of a sample, fact by fact."""

import sys
from pathlib import Path
from typing import Any

import click

from firmware_bridge import config as bridge_config
from firmware_bridge.check_cli_parts import BY, CHANGE, JSON, add, do, say
from firmware_bridge.cli import ANSWER_S, CONFIG, told
from firmware_bridge.contract.strips import KINDS
from firmware_bridge.control import ask as ask_bridge


@click.command()
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
    say(do(config_file, act="new", by=by, fields=fields), as_json=as_json)


@click.command()
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
    say(add(config_file, code, "attachment", fields, by, change), as_json=as_json)


@click.command()
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
    say(add(config_file, code, "strip", fields | seen, by, change), as_json=as_json)


@click.command()
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
    say(add(config_file, code, "component", fields, by, change), as_json=as_json)


@click.command()
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
    say(add(config_file, code, "lab", fields, by, change), as_json=as_json)


def _finding(said: str, *, found: bool) -> dict[str, object]:
    substance, *numbers = said.split(":")
    finding: dict[str, object] = {"substance": substance, "found": found}
    if numbers:
        try:
            amounts = [float(number) for number in numbers]
            names = ("amount_percent", "low_percent", "high_percent")
            finding |= dict(zip(names, amounts, strict=True))
        except ValueError as error:
            raise click.UsageError(f"{said}: SUBSTANCE or SUBSTANCE:PERCENT:LOW:HIGH") from error
    return finding


@click.command()
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
    say(add(config_file, code, "attachment", fields, by, reason), as_json=as_json)


@click.command()
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
    say(add(config_file, code, "withdrawal", fields, by, reason), as_json=as_json)


@click.command()
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
    say(add(config_file, code, "settlement", fields, by, ""), as_json=as_json)

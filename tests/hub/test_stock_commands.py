"""The commands of stock, restock, planogram and lots, as a person types them."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from firmware_bridge.contract.clock import SystemClock
from hub.cli import hub
from hub.config import load
from hub.ingest import Ingest
from hub.store import Store
from tests.hub import builders as b

LOBBY = "north/machine-1"


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with one machine, to be copied."""
    path = tmp_path_factory.mktemp("ready") / "hub.toml"
    path.write_text('[hub]\ndata_dir = "data"\n')
    (path.parent / "data").mkdir()
    store = Store.open(load(path).store_url, SystemClock())
    audit = b.audit(b.selection("A1", 10), b.selection("A2", 4))
    Ingest(store).accept([b.delivery(b.envelope(audit, 1))])
    store.close()
    return path.parent


@pytest.fixture
def config(ready: Path, tmp_path: Path) -> Path:
    shutil.copytree(ready, tmp_path, dirs_exist_ok=True)
    return tmp_path / "hub.toml"


def run(config: Path, *arguments: str) -> Result:
    return CliRunner().invoke(hub, [*arguments, "--config", str(config)])


def done(config: Path, *arguments: str) -> str:
    result = run(config, *arguments)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_whole_restock_on_the_command_line(config: Path) -> None:
    assert "restock 1 is open" in done(config, "restock", "open", LOBBY)
    done(config, "restock", "count", LOBBY, "A1", "3", "--key", "k1")
    assert "kept before" in done(config, "restock", "count", LOBBY, "A1", "3", "--key", "k1")
    done(config, "restock", "add", LOBBY, "A1", "6", "--lot", "L1@2027-05-31")
    done(config, "restock", "remove", LOBBY, "A1", "1", "--reason", "damaged", "--lot", "L1")
    done(config, "restock", "fill", LOBBY, "A2", "--lot", "L2=4", "--key", "k2")
    said = done(config, "restock", "close", LOBBY)
    assert "A1: 8 (computed), agrees" in said
    assert "A2: 18 (counted), agrees" in said
    shown = done(config, "stock", "show", LOBBY)
    assert "lot L1, 2027-05-31: 5 to 5" in shown
    slots = json.loads(done(config, "stock", "show", LOBBY, "--json"))
    assert [(slot["selection"], slot["level"]) for slot in slots] == [("A1", 8), ("A2", 18)]
    assert "add" in done(config, "stock", "history", LOBBY, "A1")
    assert "L1  north/machine-1 A1: likely 5, at most 5" in done(config, "lots", "list")
    assert "at most 5, 6 put in" in done(config, "lots", "recall", "l1")
    assert "no slot was ever said" in done(config, "lots", "recall", "L9")


def test_a_mistake_is_taken_back(config: Path) -> None:
    done(config, "restock", "count", LOBBY, "A1", "12")
    done(config, "restock", "count", LOBBY, "A1", "5", "--corrects", "#1")
    assert " 5  counted" in done(config, "stock", "show", LOBBY)
    done(config, "restock", "void", LOBBY, "A1", "--corrects", "#2")
    assert " ?  unknown" in done(config, "stock", "show", LOBBY)


def test_the_stock_of_an_earlier_time_is_shown(config: Path) -> None:
    done(config, "restock", "count", LOBBY, "A1", "12", "--at", "2026-11-01T10:00")
    assert " ?  unknown" in done(config, "stock", "show", LOBBY, "--at", "2026-11-01T09:59")
    assert "12  counted" in done(config, "stock", "show", LOBBY, "--at", "2026-11-01T10:01+00:00")
    assert "is wanted" in run(config, "stock", "show", LOBBY, "--at", "yesterday").output


def test_a_plan_is_set_scheduled_and_shown(config: Path) -> None:
    assert "nobody has changed it" in done(config, "planogram", "show", LOBBY)
    done(config, "planogram", "set", LOBBY, "A1", "--minimum", "4", "--vends", "lifo")
    schedule = ("planogram", "schedule", LOBBY, "A1", "--product", "Strips", "--swap")
    assert "at the close of the next restock" in done(config, *schedule)
    shown = done(config, "planogram", "show", LOBBY)
    assert "20/18/-" in shown
    assert "20/18/4      Strips  waits for the next restock" in shown
    done(config, "restock", "open", LOBBY)
    assert "A1: its new plan stands from now on" in done(config, "restock", "close", LOBBY)
    assert "waits" not in done(config, "planogram", "show", LOBBY)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("stock", "show", "north/nobody"), "known: north/bridge-1/machine-1"),
        (("stock", "history", LOBBY, "Z9"), "known: A1, A2"),
        (("restock", "count", LOBBY, "Z9", "3"), "known: A1, A2"),
        (("restock", "count", LOBBY, "A1", "-3"), "Error"),
        (("restock", "remove", LOBBY, "A1", "3", "--reason", "eaten"), "expired"),
        (("restock", "add", LOBBY, "A1", "3", "--lot", "=3"), "AB1234"),
        (("restock", "close", LOBBY), "no restock is open"),
        (("planogram", "set", LOBBY, "A1", "--capacity", "3"), "in this order"),
    ],
)
def test_what_can_t_be_done_is_told_in_a_line(
    config: Path, arguments: tuple[str, ...], why: str
) -> None:
    result = run(config, *arguments)
    assert result.exit_code != 0
    assert why in result.output
    assert "Traceback" not in result.output

"""A wrong setting is told in one sentence; nothing starts half."""

from pathlib import Path

import pytest
from pydantic import BaseModel

from hub.config import HubConfig, load, read_secret
from hub.errors import ConfigError


def written(folder: Path, text: str) -> Path:
    path = folder / "hub.toml"
    path.write_text(text)
    return path


def test_an_empty_file_is_a_whole_configuration(tmp_path: Path) -> None:
    config = load(written(tmp_path, ""))
    assert config.broker.mode == "auto"
    assert config.store_url.endswith("/harborlight/hub.db")
    assert not config.influx.enabled


def test_paths_are_seen_from_the_file(tmp_path: Path) -> None:
    text = '[hub]\ndata_dir = "kept"\n[[notify]]\nname = "a"\nurl_file = "a.url"\n'
    config = load(written(tmp_path, text + '[influx]\ntoken_file = "t"\n'))
    assert config.notify[0].url_file == tmp_path / "a.url"
    assert config.influx.token_file == tmp_path / "t"
    assert config.hub.data_dir == tmp_path / "kept"
    assert config.store_url == f"sqlite:///{tmp_path}/kept/hub.db"
    assert config.dashboard_secret_file == tmp_path / "kept" / "dashboard.secret"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[brokr]\n", "there is no setting 'brokr'; did you mean 'broker'?"),
        ("[broker]\nlisten_prt = 1\n", "did you mean 'listen_port'?"),
        ("[rules.stock]\nlow_fracton = 0.2\n", "did you mean 'low_fraction'?"),
        ("[hub]\nzzz = 1\n", "accepted here: data_dir, health_host, health_port"),
        ("[broker]\nlisten_port = 70000\n", "broker.listen_port = 70000 can't be used"),
        ('[broker]\nmode = "magic"\n', "'auto', 'external', 'mosquitto' or 'nats'"),
        ('[broker]\nmode = "external"\n', 'mode "external" needs url'),
        ('[broker]\nurl = "http://x"\n', "mqtt://USER@HOST:PORT"),
        ('[broker]\nurl = "mqtt://u:secret@x"\n', "password_file"),
        ('[broker]\nurl = "mqtt://x:99999"\n', "the port must be"),
        ('[broker]\ncert_file = "a"\n', "cert_file and key_file"),
        ('[store]\nurl = "postgresql://u:secret@h/d"\n', "password_file"),
        ('[[notify]]\nname = "a"\n', "'notify.0.url_file' is missing"),
        (
            '[[notify]]\nname = "a"\nurl_file = "x"\n[[notify]]\nname = "a"\nurl_file = "x"\n',
            "a name is used once",
        ),
        ("[hub\n", "not TOML"),
    ],
)
def test_what_is_wrong_is_named_with_file_key_and_what_is_accepted(
    tmp_path: Path, text: str, said: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load(path)
    message = str(caught.value)
    assert said in message
    assert str(path) in message
    assert "secret" not in message.replace("secret_file", "").replace(str(path), "")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can't be read"):
        load(tmp_path / "none.toml")


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("pw\n")
    path.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        read_secret(path)
    path.chmod(0o600)
    assert read_secret(path) == "pw"
    path.write_text("\n")
    with pytest.raises(ConfigError, match="empty"):
        read_secret(path)


def test_a_database_password_comes_from_its_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("p@ss/word\n")
    secret.chmod(0o600)
    text = '[store]\nurl = "postgresql://hub@db/hl"\npassword_file = "secret"\n'
    config = load(written(tmp_path, text))
    assert config.store_url == "postgresql://hub:p%40ss%2Fword@db/hl"


def sections(model: type[BaseModel]) -> list[type[BaseModel]]:
    found = [model]
    for field in model.model_fields.values():
        inner = field.annotation
        for part in (inner, *getattr(inner, "__args__", ())):
            if isinstance(part, type) and issubclass(part, BaseModel):
                found += sections(part)
    return found


def test_every_setting_is_described_and_stands_in_the_docs() -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "settings-hub.md"
    text = page.read_text()
    for model in sections(HubConfig):
        for name, field in model.model_fields.items():
            assert field.description, f"{model.__name__}.{name}"
            assert f"`{name}`" in text, f"{model.__name__}.{name} is missing from {page.name}"

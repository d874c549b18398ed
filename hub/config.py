"""What an installer can set: one TOML file, checked whole before anything starts.

Secrets are never in it: it names files that only the hub's user may read. Paths that are not
absolute are looked for from the folder of the file. docs/settings-hub.md lists every setting.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import SplitResult, quote, urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from hub.config_errors import explain
from hub.errors import ConfigError
from hub.export.settings import InfluxSettings
from hub.notify.settings import NotifyChannel
from hub.paths import FilePath, from_folder
from hub.rules.settings import RuleSettings

DEFAULT_DATA_DIR = Path("~/.local/share/harborlight")

Port = Annotated[int, Field(ge=1, le=65535)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


class HubSettings(_Section):
    """Section `hub`: the process itself."""

    data_dir: FilePath = Field(
        default=DEFAULT_DATA_DIR,
        description="Folder for everything that the hub keeps; made where it is missing.",
    )
    health_host: str = Field(
        default="127.0.0.1", description="Address on which the health endpoint listens."
    )
    health_port: Port = Field(default=8081, description="Port of the health endpoint, `/health`.")
    keep_raw_days: int = Field(
        default=90,
        ge=7,
        le=3650,
        description="Counters and temperatures older than this are thinned to one an hour.",
    )


class BrokerSettings(_Section):
    """Section `broker`: where messages come from."""

    mode: Literal["auto", "external", "mosquitto", "nats"] = Field(
        default="auto",
        description="auto: the broker of `url` if one is given, else a mosquitto that the hub "
        "starts and watches, else a nats-server. Each can also be asked for by name.",
    )
    url: str = Field(
        default="",
        description="An external broker, mqtt://USER@HOST:PORT or mqtts://USER@HOST:PORT.",
    )
    password_file: FilePath | None = Field(
        default=None, description="File whose first line is the password for `url`; mode 0600."
    )
    ca_file: FilePath | None = Field(
        default=None, description="Certificates to trust with mqtts; none: the system's own."
    )
    listen_host: str = Field(
        default="127.0.0.1",
        description="Address on which a broker of our own listens; 0.0.0.0 lets bridges on other "
        "machines in.",
    )
    listen_port: Port = Field(default=18883, description="Port of a broker of our own.")
    cert_file: FilePath | None = Field(
        default=None, description="Certificate of a broker of our own; with it, it speaks TLS."
    )
    key_file: FilePath | None = Field(
        default=None, description="Private key that belongs to `cert_file`; mode 0600."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.mode == "external" and not self.url:
            raise ValueError('mode "external" needs url')
        if (self.cert_file is None) != (self.key_file is None):
            raise ValueError("cert_file and key_file are given together or not at all")
        if self.url:
            _require_mqtt_url(self.url)
        return self


class StoreSettings(_Section):
    """Section `store`: the database."""

    url: str = Field(
        default="",
        description="SQLAlchemy URL; empty: the file hub.db in data_dir. PostgreSQL: "
        "postgresql://USER@HOST/NAME.",
    )
    password_file: FilePath | None = Field(
        default=None, description="File whose first line is the database's password; mode 0600."
    )

    @model_validator(mode="after")
    def _no_secret(self) -> Self:
        if self.url and urlsplit(self.url).password is not None:
            raise ValueError("url must not hold a password; put it into password_file")
        return self


class AccessSettings(_Section):
    """Section `access`: who may use machines, and what is told of it."""

    timezone: str = Field(
        default="UTC",
        description="Time zone of the hours of machines, where `hub access set` names none; an "
        "IANA name such as America/Toronto.",
    )
    small_cell: int = Field(
        default=5,
        ge=2,
        le=100,
        description="Counts of use below this are not shown in reports, nor others that would "
        "give them away.",
    )


class ChecksSettings(_Section):
    """Section `checks`: what is told of checks of samples, and to whom."""

    program: str = Field(default="", description="Name of the programme, for exports.")
    state: str = Field(default="", description="State or province, for exports.")
    areas: dict[str, str] = Field(
        default_factory=dict,
        description="County or health area of each site, by the site's name. In public counts, "
        "sites that are not named here stand together as `other`.",
    )
    look_up: bool = Field(
        default=True, description="Whether holders of a card can look its code up."
    )
    look_up_days: int = Field(
        default=90,
        ge=1,
        le=3650,
        description="So many days after its newest release a card can be looked up.",
    )
    public_delay_days: int = Field(
        default=28,
        ge=0,
        le=3650,
        description="A month is in public counts this many days after its end.",
    )
    small_cell: int = Field(
        default=5,
        ge=2,
        le=100,
        description="Public counts of samples below this are not shown, nor others that would "
        "give them away.",
    )
    least_for_rates: int = Field(
        default=20,
        ge=5,
        le=1000,
        description="Sensitivity and specificity are told from this many samples on.",
    )


class DashboardSettings(_Section):
    """Section `dashboard`: the pages."""

    host: str = Field(default="127.0.0.1", description="Address on which the pages are served.")
    port: Port = Field(default=8080, description="Port of the pages.")
    secret_file: FilePath | None = Field(
        default=None,
        description="File with the key that signs sessions, made on first run with mode 0600; "
        "none: the file dashboard.secret in data_dir.",
    )
    secure_cookies: bool = Field(
        default=False,
        description="Send session cookies over https only; switch on behind a TLS proxy.",
    )


class HubConfig(_Section):
    """The whole file hub.toml."""

    hub: HubSettings = Field(default_factory=HubSettings, description="The process itself.")
    broker: BrokerSettings = Field(
        default_factory=BrokerSettings, description="Where messages come from."
    )
    store: StoreSettings = Field(default_factory=StoreSettings, description="The database.")
    rules: RuleSettings = Field(default_factory=RuleSettings, description="When to speak up.")
    notify: tuple[NotifyChannel, ...] = Field(default=(), description="Who is told, and how.")
    influx: InfluxSettings = Field(
        default_factory=InfluxSettings, description="Export of figures to InfluxDB."
    )
    access: AccessSettings = Field(
        default_factory=AccessSettings, description="Who may use machines."
    )
    checks: ChecksSettings = Field(
        default_factory=ChecksSettings, description="What is told of checks of samples."
    )
    dashboard: DashboardSettings = Field(
        default_factory=DashboardSettings, description="The pages."
    )

    @field_validator("notify")
    @classmethod
    def _urls_from_folder(
        cls, channels: tuple[NotifyChannel, ...], info: ValidationInfo
    ) -> tuple[NotifyChannel, ...]:
        return tuple(
            channel.model_copy(update={"url_file": from_folder(channel.url_file, info)})
            for channel in channels
        )

    @field_validator("influx")
    @classmethod
    def _token_from_folder(cls, influx: InfluxSettings, info: ValidationInfo) -> InfluxSettings:
        if influx.token_file is None:
            return influx
        return influx.model_copy(update={"token_file": from_folder(influx.token_file, info)})

    @model_validator(mode="after")
    def _names_once(self) -> Self:
        names = [channel.name for channel in self.notify]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two notify channels are named {name!r}; a name is used once")
        return self

    @property
    def store_url(self) -> str:
        """The database's URL with everything filled in; holds a secret: never show it.

        Raises:
            ConfigError: the password file can't be used.
        """
        if not self.store.url:
            return f"sqlite:///{self.hub.data_dir.resolve() / 'hub.db'}"
        if self.store.password_file is None:
            return self.store.url
        return _with_password(self.store.url, read_secret(self.store.password_file))

    @property
    def dashboard_secret_file(self) -> Path:
        """Where the key lies that signs the dashboard's sessions."""
        return self.dashboard.secret_file or self.hub.data_dir / "dashboard.secret"


def load(path: Path) -> HubConfig:
    """The configuration of a file.

    Raises:
        ConfigError: naming file, key, value and what is accepted.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: can't be read: {error.strerror}") from error
    except ValueError as error:
        raise ConfigError(f"{path}: not TOML: {error}") from error
    try:
        return HubConfig.model_validate(document, context={"folder": path.resolve().parent})
    except ValidationError as error:
        raise ConfigError(explain(path, error, HubConfig)) from error


def read_secret(path: Path) -> str:
    """The first line of a file that nobody else may read.

    Raises:
        ConfigError: it can't be read, is empty, or others may read it.
    """
    try:
        others = path.stat().st_mode & 0o077
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: the secret can't be read: {error}") from error
    if others:
        raise ConfigError(f"{path}: others may read this secret; run: chmod 600 {path}")
    if not lines or not lines[0].strip():
        raise ConfigError(f"{path}: the secret is empty; its first line should hold it")
    return lines[0].strip()


def _require_mqtt_url(url: str) -> SplitResult:
    parts = urlsplit(url)
    if parts.scheme not in {"mqtt", "mqtts"} or not parts.hostname:
        raise ValueError(f"url {url!r}: mqtt://USER@HOST:PORT or mqtts://USER@HOST:PORT is wanted")
    if parts.password is not None:
        raise ValueError("url must not hold a password; put it into password_file")
    try:
        _ = parts.port
    except ValueError as error:
        raise ValueError(f"url {url!r}: the port must be 1 to 65535") from error
    return parts


def _with_password(url: str, password: str) -> str:
    scheme, rest = url.split("://", 1)
    user, at, host = rest.rpartition("@")
    if not at:
        raise ConfigError("store.url: a password needs a user: postgresql://USER@HOST/NAME")
    return f"{scheme}://{user}:{quote(password, safe='')}@{host}"

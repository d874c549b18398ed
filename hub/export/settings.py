"""What a programme can set about the export to InfluxDB."""

from pydantic import BaseModel, ConfigDict, Field

from hub.paths import FilePath


class InfluxSettings(BaseModel):
    """Section `influx` of the hub's configuration. Off unless `enabled`.

    Any server with the InfluxDB v2 write API will do: InfluxDB 2 and 3, VictoriaMetrics.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    enabled: bool = Field(default=False, description="Whether figures are exported at all.")
    url: str = Field(
        default="http://127.0.0.1:8086",
        pattern=r"^https?://",
        description="Address of the server.",
    )
    org: str = Field(default="harborlight", description="Organisation that owns the bucket.")
    bucket: str = Field(default="harborlight", description="Bucket (database) to write into.")
    token_file: FilePath | None = Field(
        default=None, description="File whose first line is the access token; none: no token."
    )
    every_s: float = Field(
        default=60.0, ge=1, le=3600, description="How often figures are taken, seconds."
    )
    timeout_s: float = Field(
        default=10.0, gt=0, le=120, description="How long one write may take, seconds."
    )
    batch_rows: int = Field(default=1_000, ge=1, le=10_000, description="Rows in one write.")
    max_rows: int = Field(
        default=500_000,
        ge=1_000,
        description="Rows kept while the server is away; then no new ones are taken, and that is "
        "shown as an alert of rule undelivered.",
    )

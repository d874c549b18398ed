"""Forecasts in whole sentences that promise nothing."""

from hub.demand.values import DAY_MS, HOUR_MS, Forecast, UnmetDemand


def forecast_words(forecast: Forecast, now_ms: int) -> str:
    """When a slot will be empty, for a page or an alert."""
    if forecast.basis == "none" or forecast.per_day is None:
        return forecast.why
    earliest, latest = forecast.earliest_ms, forecast.latest_ms
    if earliest is None:
        return f"It will last long at {_number(forecast.per_day)} a day. {forecast.why}"
    if latest is not None and latest <= now_ms:
        return f"It is probably empty by now. {forecast.why}"
    first = "now" if earliest <= now_ms else _in(earliest - now_ms)
    last = "no end in sight" if latest is None else _in(latest - now_ms)
    return (
        f"Probably empty between {first} and {last} from now (four cases of five),"
        f" at {_number(forecast.per_day)} a day. {forecast.why}"
    )


def service_words(forecast: Forecast) -> str:
    """How likely it is to be empty before the next service."""
    chance = forecast.empty_before_service
    if chance is None:
        return "Not known, as no service is planned or too little is known."
    if chance >= 0.95:
        return "It will almost surely be empty before the next service."
    if chance < 0.05:
        return "It will hardly be empty before the next service."
    return f"Empty before the next service in {round(chance * 100)} of 100 cases like this."


def unmet_words(unmet: UnmetDemand) -> str:
    """What was missed, with what is known and what is estimated told apart."""
    if unmet.sold_out_h <= 0:
        return "It was not seen empty."
    said = f"Empty for {_in(round(unmet.sold_out_h * HOUR_MS))}."
    if unmet.presses:
        said += (
            f" Asked for {unmet.presses} times meanwhile; one person may ask twice,"
            " and others see that it is empty and do not."
        )
    if unmet.estimate is None:
        return said + " Too little is known to estimate how many items were missed."
    return said + (
        f" At its usual rate about {_number(unmet.estimate)} items would have left"
        f" ({unmet.low} to {unmet.high} in four cases of five): an estimate, not a count."
    )


def _in(time_ms: int) -> str:
    if time_ms < 2 * DAY_MS:
        return f"{max(1, round(time_ms / HOUR_MS))} h"
    return f"{round(time_ms / DAY_MS)} days"


def _number(value: float) -> str:
    return f"{value:.1f}" if value < 10 else f"{value:.0f}"

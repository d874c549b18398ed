"""One sample, from the crystal to its release: each step is a form on one page."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask import url_for as url
from werkzeug.wrappers import Response as AnyResponse

from dashboard.table import forms, words
from dashboard.table.bridge import NOT_THERE, REFUSED, Plain
from dashboard.table.pages.queue import INTAKE
from dashboard.table.services import services
from dashboard.table.signin import the_person
from firmware_bridge.contract import codec
from firmware_bridge.contract.check.release import may_set_aside
from firmware_bridge.contract.messages import Findings
from firmware_bridge.contract.strips import KINDS

blueprint = Blueprint("sample", __name__, url_prefix="/check/<code>")

Answer = str | AnyResponse | tuple[str, int]
MEASURES = ("background", "dark", "blank")


@blueprint.get("/")
def page(code: str) -> str:
    """The page."""
    return _page(code)


@blueprint.get("/news")
def news(code: str) -> str:
    """What was entered on another device since the page was drawn; nothing where nothing was."""
    seen = request.args.get("heads", "").split(",")
    told = services().bridge.check("news", code=code, seen=seen)
    return render_template("_news.html", news=told["news"], code=code)


@blueprint.post("/intake")
def intake(code: str) -> Answer:
    """What is known of the sample."""
    return _added(code, "intake", forms.texts(request.form, *INTAKE), "sample")


@blueprint.post("/measure")
def measure(code: str) -> Answer:
    """Measure the sample, and put the spectrum into the check."""
    device = request.form.get("device", "")
    bridge, said = services().bridge, forms.entry(request.form, the_person())
    try:
        reply = bridge.measure(device, "sample")
        if reply.get("state") != "done" or not reply.get("check"):
            flash(_lines(reply) or f"Nothing came from {device}.", "trouble")
        else:
            # What others entered while it measured is no contradiction to a spectrum.
            now = replace(said, seen=None)
            bridge.add(code, "attachment", {"spectrum": reply["check"]}, now)
    except REFUSED as error:
        return _refused(code, "spectrum", error)
    return _back(code, "spectrum")


@blueprint.post("/ask")
def ask(code: str) -> Answer:
    """Have a background, a dark or a blank measured, without leaving the sample."""
    device, what = request.form.get("device", ""), request.form.get("what", "")
    if what not in MEASURES:
        abort(404)
    try:
        reply = services().bridge.measure(device, what)
    except REFUSED as error:
        return _refused(code, "spectrum", error)
    tone = "done" if reply.get("state") == "done" else "trouble"
    flash(_lines(reply) or f"{device}: {what} {reply.get('state')}.", tone)
    return _back(code, "spectrum")


@blueprint.post("/attachment")
def attachment(code: str) -> Answer:
    """A spectrum is of this sample, or is not."""
    fields = forms.texts(request.form, "spectrum", "reason")
    fields["linked"] = request.form.get("linked") == "yes"
    if not fields["linked"] and not fields["reason"]:
        return _refused(code, "spectrum", REFUSED("say why it is not of this sample"))
    return _added(code, "attachment", fields, "spectrum")


@blueprint.post("/strip")
def strip(code: str) -> Answer:
    """A strip, by the lines that it shows."""
    return _formed(code, "strip", forms.strip)


@blueprint.get("/dilution")
def dilution(code: str) -> str:
    """How little a strip shows at the dilution that is being typed."""
    del code
    try:
        told, warns = _dilution(request.args)
    except REFUSED as error:
        told, warns = str(error), True
    return render_template("_dilution.html", told=told, warns=warns)


@blueprint.post("/reading")
def reading(code: str) -> Answer:
    """The technician's word on a substance."""
    fields = forms.texts(request.form, "substance", "word", "band", "reason")
    return _added(code, "component", fields, "reading")


@blueprint.post("/lab")
def lab(code: str) -> Answer:
    """A split that was sent to a laboratory, or its answer."""
    return _formed(code, "lab", forms.laboratory)


@blueprint.post("/settle")
def settle(code: str) -> Answer:
    """One of two things that were said side by side stands."""
    fields = forms.texts(request.form, "matter", "event_that_stands")
    fields["event"] = fields.pop("event_that_stands")
    return _added(code, "settlement", fields, "conflicts")


@blueprint.post("/withdraw")
def withdraw(code: str) -> Answer:
    """Something was entered by mistake."""
    fields = forms.texts(request.form, "withdrawn", "reason")
    fields["event"] = fields.pop("withdrawn")
    if not fields["reason"]:
        return _refused(code, "trail", REFUSED("say why it does not count"))
    return _added(code, "withdrawal", fields, request.form.get("step", "trail"))


@blueprint.post("/release")
def release(code: str) -> Answer:
    """Let the card go."""
    said, person = forms.entry(request.form, the_person()), the_person()
    try:
        services().bridge.check(
            "release",
            code=code,
            by=said.by,
            event=said.event,
            seen=said.seen,
            role=person.role,
            override=request.form.getlist("override"),
            reason=" ".join(request.form.get("reason", "").split()),
            language=request.form.get("language", "en"),
        )
    except REFUSED as error:
        return _refused(code, "release", error)
    return redirect(url("card.page", code=code, language=request.form.get("language", "en")))


def _formed(code: str, what: str, fields: Callable[[forms.Form], dict[str, object]]) -> Answer:
    """A fact whose form can be wrong in itself."""
    try:
        given = fields(request.form)
    except REFUSED as error:
        return _refused(code, what, error)
    return _added(code, what, given, what)


def _added(code: str, what: str, fields: Mapping[str, object], step: str) -> Answer:
    said = forms.entry(request.form, the_person())
    try:
        services().bridge.add(code, what, fields, said)
    except REFUSED as error:
        return _refused(code, step, error)
    return _back(code, step)


def _back(code: str, step: str) -> AnyResponse:
    return redirect(url("sample.page", code=code, _anchor=step))


def _refused(code: str, step: str, error: Exception) -> tuple[str, int]:
    """The page again, with what was typed and why it was not taken."""
    if isinstance(error, NOT_THERE):
        raise error
    return _page(code, step, str(error)), 400


def _page(code: str, step: str = "", refused: str = "") -> str:
    bridge = services().bridge
    told, last = bridge.check("show", code=code), bridge.check("strips")
    role = the_person().role
    return render_template(
        "sample.html",
        told=told,
        sightings=[_sighting(each) for each in told["sightings"]],
        evidence=_evidence(told),
        instruments=bridge.instruments(),
        loose=bridge.check("loose")["spectra"],
        kinds=KINDS,
        last=last["last"],
        expired=last["expired"],
        may_set_aside={b["name"] for b in told["blocks"] if may_set_aside(b["override"], role)},
        language=services().language,
        typed=request.form,
        step=step,
        refused=refused,
    )


def _sighting(told: Plain) -> Plain:
    return told | {"findings": codec.decode_body(Findings, told["findings"])}


def _evidence(told: Plain) -> dict[str, str]:
    """For each name, how many of its bands were seen, of the spectrum that shows most."""
    found: dict[str, str] = {}
    for each in told["sightings"]:
        for named in codec.decode_body(Findings, each["findings"]).evidence:
            found.setdefault(named.substance, words.bands_seen(named.peaks))
    return found


def _dilution(form: Mapping[str, str]) -> tuple[str, bool]:
    kind = form.get("kind", "")
    if kind not in KINDS:
        raise REFUSED("say which kind of strip it is")
    numbers = [forms.number(form, name) for name in ("mass_mg", "water_ml", "limit_ng_ml")]
    return words.dilution_words(words.strip_of(kind, *numbers))


def _lines(reply: Plain) -> str:
    return " ".join(str(line) for line in reply.get("lines", []))

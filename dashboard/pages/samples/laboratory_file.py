"""A laboratory's file: looked through line by line, then taken whole or not at all."""

import base64
import binascii
from collections.abc import Iterator

from flask import flash, redirect, render_template, request
from flask import url_for as url

from dashboard.pages.samples.room import Answer, Errors, blueprint, seen
from dashboard.services import services
from dashboard.signin import require, the_person
from firmware_bridge.contract.check.tell import tell_lab
from hub.lab_import import Imported, import_answers

MOST_BYTES = 150_000
"""Of a file on the page: it goes to and fro in the form, as nothing is kept before it is taken."""

FATES = {
    "added": "would be added",
    "replaced": "would replace the earlier answer",
    "repeated": "stands already, nothing to do",
}


@blueprint.get("/laboratory-file")
@require("enter-checks")
def laboratory_file() -> str:
    """Asks for the file."""
    return render_template("sample_file.html", errors={})


@blueprint.post("/laboratory-file")
@require("enter-checks")
def look_through() -> Answer:
    """What would become of each line; nothing is kept."""
    sent = request.files.get("file")
    content = sent.read(MOST_BYTES + 1) if sent is not None and sent.filename else b""
    if not content:
        return _refused({"file": "Choose the file of the laboratory; it may not be empty."})
    if len(content) > MOST_BYTES:
        kilobytes = MOST_BYTES // 1000
        return _refused(
            {
                "file": f"More than {kilobytes} kB can't be taken here: send it in parts, or use "
                "harborlight hub checks import-lab."
            }
        )
    return _looked_through(content, status=200)


@blueprint.post("/laboratory-file/take")
@require("enter-checks")
def take() -> Answer:
    """Take a file that was looked through."""
    try:
        content = base64.b64decode(request.form.get("content", ""), validate=True)
    except (binascii.Error, ValueError):
        return _refused({"file": "The file did not arrive whole: choose it again."})
    service = services()
    with service.store.begin() as transaction:
        done = import_answers(
            transaction, the_person(), content, service.now_ms, keep=True, seen=seen()
        )
    if done.refusals:
        return _looked_through(content, status=400)
    word = "answer" if len(done.added) == 1 else "answers"
    flash(f"Taken: {len(done.added)} {word}; {len(done.repeated)} stood there already.", "done")
    return redirect(url("samples.overview"))


def _refused(errors: Errors) -> Answer:
    return render_template("sample_file.html", errors=errors), 400


def _looked_through(content: bytes, *, status: int) -> Answer:
    service = services()
    with service.store.read() as transaction:
        done = import_answers(transaction, the_person(), content, service.now_ms, keep=False)
    page = render_template(
        "sample_file.html",
        errors={},
        done=done,
        lines=sorted(_lines(done)),
        content=base64.b64encode(content).decode("ascii"),
        seen=request.form.get("seen") or " ".join(done.seen),
    )
    return page, status


def _lines(done: Imported) -> Iterator[tuple[int, str, str, str]]:
    """Line, kind, about what, and what becomes of it."""
    for each in done.answers:
        about = f"{each.answer.code}, {tell_lab(each.answer.lab)}"
        yield each.answer.line, each.fate, about, FATES[each.fate]
    for refusal in done.refusals:
        yield refusal.line, "refused", refusal.reason, "refused"

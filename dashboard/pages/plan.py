"""What each slot of a machine should hold (the planogram), as coordinators set it."""

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask import url_for as url
from werkzeug.wrappers import Response

from dashboard.services import services
from dashboard.signin import require, the_person
from hub import acts
from hub.errors import AccessError
from hub.stock import SlotPlan
from hub.store import Transaction
from hub.store.views import fleet, slots

blueprint = Blueprint("plan", __name__, url_prefix="/machines")

NUMBERS = ("minimum", "par", "capacity")


@blueprint.get("/<int:device_id>/plan")
@require("plan")
def form(device_id: int) -> str:
    """The form, with what is known so far."""
    with services().store.read() as transaction:
        device = _machine(transaction, device_id)
        return render_template(
            "plan.html", device=device, slots=slots.slots(transaction, device), numbers=NUMBERS
        )


@blueprint.post("/<int:device_id>/plan")
@require("plan")
def keep(device_id: int) -> Response:
    """Keep what was changed; a slot that was not touched stays as it is."""
    person, service = the_person(), services()
    changed = 0
    try:
        with service.store.begin() as transaction:
            device = _machine(transaction, device_id)
            for number, slot in enumerate(slots.slots(transaction, device)):
                product, plan = _written(number, slot)
                if (product, plan) == (slot.product, _known(slot)):
                    continue
                acts.set_plan(
                    transaction, person, device, slot.selection, product, plan, service.now_ms
                )
                changed += 1
    except AccessError as error:
        flash(f"Nothing was kept. {error}.", "trouble")
        return redirect(url("plan.form", device_id=device_id))
    flash(f"Kept: {changed} {'slot' if changed == 1 else 'slots'} changed.", "done")
    return redirect(url("machine.page", device_id=device_id))


def _machine(transaction: Transaction, device_id: int) -> fleet.DeviceView:
    device = fleet.find_device(transaction, device_id)
    if device is None:
        abort(404)
    return device


def _known(slot: slots.SlotView) -> SlotPlan:
    return SlotPlan(slot.figure.capacity, slot.figure.par, slot.figure.minimum)


def _written(number: int, slot: slots.SlotView) -> tuple[str, SlotPlan]:
    """What the form says of one slot; a form made for other slots is refused."""
    if request.form.get(f"selection-{number}") != slot.selection:
        abort(400)
    values = {name: _number(f"{name}-{number}") for name in NUMBERS}
    return request.form.get(f"product-{number}", "").strip()[:200], SlotPlan(**values)


def _number(field: str) -> int | None:
    written = request.form.get(field, "").strip()
    if not written:
        return None
    if not (written.isascii() and written.isdigit()):
        abort(400)
    return int(written[:9])

"""The card of a sample: to look at, and as a file to be printed."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request
from flask import url_for as url
from werkzeug.wrappers import Response as AnyResponse

from dashboard.table.bridge import Plain
from dashboard.table.services import services
from firmware_bridge.card.errors import CardError
from firmware_bridge.card.paper import PAPERS, paper
from firmware_bridge.contract.check.card import Card, Line
from firmware_bridge.contract.check.say import LANGUAGES, LEVELS

blueprint = Blueprint("card", __name__, url_prefix="/check/<code>/card")

KINDS = {"pdf": "application/pdf", "png": "image/png"}


@blueprint.get("/")
def page(code: str) -> str:
    """The card as it stands, and the ways to print it."""
    return render_template(
        "card.html",
        told=services().bridge.check("show", code=code),
        card=_card(code),
        languages=LANGUAGES,
        levels=LEVELS,
        papers=sorted(PAPERS),
        chosen=_chosen(),
    )


@blueprint.get("/file.<kind>")
def file(code: str, kind: str) -> Response | AnyResponse:
    """The card as PDF or PNG."""
    if kind not in KINDS:
        abort(404)
    card, where = _card(code), _chosen()
    lines = tuple(Line(each["weight"], each["text"]) for each in card["lines"])
    try:
        drawn = _drawn(Card(**(card | {"lines": lines})), where["paper"], kind)
    except CardError as error:
        flash(str(error), "trouble")
        return redirect(url("card.page", code=code))
    name = f"{card['code']}-{where['language']}.{kind}"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(drawn, mimetype=KINDS[kind], headers=headers)


def _drawn(card: Card, on: str, kind: str) -> bytes:
    # Drawing loads several megabytes, which only whoever prints should pay for.
    if kind == "pdf":
        from firmware_bridge.card.pdf import pdf  # noqa: PLC0415 - see above

        return pdf(card, paper(on))
    from firmware_bridge.card.png import png  # noqa: PLC0415 - see above

    return png(card, paper(on))


def _card(code: str) -> Plain:
    where = _chosen()
    return services().bridge.check(
        "card", code=code, language=where["language"], level=where["level"]
    )


def _chosen() -> dict[str, str]:
    """Language, level and paper as they were asked for; what is not known is the usual one."""
    found = services()
    return {
        "language": _one_of("language", LANGUAGES, found.language),
        "level": _one_of("level", LEVELS, LEVELS[0]),
        "paper": _one_of("paper", tuple(PAPERS), found.paper),
    }


def _one_of(name: str, known: tuple[str, ...], usual: str) -> str:
    said = request.args.get(name, "")
    return said if said in known else usual

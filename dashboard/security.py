"""Headers on every answer, and how errors look.

The policy lets a page load nothing but our own files: no inline script, no inline style, no other
host. Pico draws its small icons as data: images, which can hold no script when used as images.
"""

from flask import Flask, Response, render_template, request
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

SENTENCES = {
    400: "That request could not be understood.",
    403: "Your role does not include this. Ask a coordinator if it should.",
    404: "There is nothing at this address.",
    405: "That can't be done in this way.",
    413: "That is too much at once.",
    429: "Too many tries. Wait a minute, then try again.",
    503: "The store can't be read now. What you saw last may be out of date. Try again soon.",
}

csrf = CSRFProtect()


def install(app: Flask) -> None:
    """Guard every form, put the headers on every answer, and give errors a page."""
    csrf.init_app(app)
    app.after_request(_with_headers)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _stale_form)


def _with_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response


def error_page(status: int, sentence: str = "") -> tuple[str, int]:
    """A page that says what went wrong; without a sentence of its own, that of the status."""
    sentence = sentence or SENTENCES.get(status, "Something went wrong here. It is logged.")
    return render_template("error.html", status=status, sentence=sentence), status


def _http_error(error: HTTPException) -> tuple[str, int] | HTTPException:
    status = error.code or 500
    if status < 400:
        return error
    return error_page(status)


def _stale_form(_error: CSRFError) -> tuple[str, int]:
    return error_page(400, "This form was open for too long. Go back, load the page again, retry.")

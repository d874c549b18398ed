"""A sheet of codes to print: A4, large type, lines to cut along, black and white. Pure.

It is the only place where codes stand in clear. It has no room for a name, and nothing on it says
to whom a code went.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal, get_args

from firmware_bridge.contract.access_codes import shown

Language = Literal["en", "es", "fr"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "head": "Sheet {batch}, {count} codes. Cut along the lines; delete the file once printed.",
        "how": "Type this code at the machine.",
        "items": "Good for {items} each time.",
        "once": "It works once.",
        "times": "It works {uses} times.",
        "always": "It can be used again.",
        "until": "It works until {until}.",
        "nobody": "No name is asked for, and none is kept.",
        "one": "1 item",
        "many": "{n} items",
    },
    "es": {
        "head": "Hoja {batch}, {count} códigos. Corte por las líneas; borre luego el archivo.",
        "how": "Escriba este código en la máquina.",
        "items": "Sirve para {items} cada vez.",
        "once": "Funciona una sola vez.",
        "times": "Funciona {uses} veces.",
        "always": "Puede usarse de nuevo.",
        "until": "Funciona hasta el {until}.",
        "nobody": "No se pide ni se guarda ningún nombre.",
        "one": "1 artículo",
        "many": "{n} artículos",
    },
    "fr": {
        "head": "Feuille {batch}, {count} codes. Coupez aux lignes; effacez ensuite le fichier.",
        "how": "Tapez ce code sur la machine.",
        "items": "Valable pour {items} à chaque fois.",
        "once": "Il fonctionne une seule fois.",
        "times": "Il fonctionne {uses} fois.",
        "always": "Il peut être réutilisé.",
        "until": "Il fonctionne jusqu'au {until}.",
        "nobody": "Aucun nom n'est demandé ni conservé.",
        "one": "1 article",
        "many": "{n} articles",
    },
}

_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>
@page {{ size: A4; margin: 10mm; }}
* {{ color: #000; background: #fff; box-sizing: border-box; }}
body {{ font-family: sans-serif; margin: 0; }}
header {{ font-size: 10pt; padding: 0 0 4mm; }}
main {{ display: grid; grid-template-columns: 1fr 1fr; }}
section {{ border: 1px dashed #000; padding: 5mm; break-inside: avoid; min-height: 45mm; }}
h2 {{ font-size: 12pt; margin: 0; }}
.code {{ font-family: monospace; font-size: 26pt; font-weight: bold; margin: 3mm 0;
  white-space: nowrap; }}
p {{ font-size: 11pt; margin: 1mm 0; }}
</style>
</head>
<body>
<header>{head}</header>
<main>
{slips}
</main>
</body>
</html>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a sheet says beside its codes.

    Attributes:
        machine: what the machine is called where it stands.
        batch: the number of the sheet, by which it can be revoked.
        items: how many items a session is good for.
        uses: how many sessions a code is good for; None for any number.
        until: the last day, YYYY-MM-DD; "" for none.
    """

    machine: str
    batch: int
    items: int
    uses: int | None
    until: str


def made(sheet: Sheet, codes: Sequence[str], languages: Sequence[Language]) -> str:
    """The page, to be opened in a browser and printed."""
    chosen = tuple(languages) or ("en",)
    slips = "\n".join(_slip(sheet, code, chosen) for code in codes)
    head = _WORDS[chosen[0]]["head"].format(batch=sheet.batch, count=len(codes))
    return _PAGE.format(
        language=chosen[0],
        title=escape(f"{sheet.machine} {sheet.batch}"),
        head=escape(head),
        slips=slips,
    )


def _slip(sheet: Sheet, code: str, languages: Sequence[Language]) -> str:
    words = "\n".join(f'<p lang="{each}">{escape(_said(sheet, each))}</p>' for each in languages)
    name = f"<h2>{escape(sheet.machine)}</h2>"
    return f'<section>{name}\n<div class="code">{escape(shown(code))}</div>\n{words}</section>'


def _said(sheet: Sheet, language: Language) -> str:
    words = _WORDS[language]
    items = words["one"] if sheet.items == 1 else words["many"].format(n=sheet.items)
    uses = {None: words["always"], 1: words["once"]}.get(
        sheet.uses, words["times"].format(uses=sheet.uses)
    )
    day = sheet.until.replace("-", "\N{NON-BREAKING HYPHEN}")
    until = [words["until"].format(until=day)] if day else []
    return " ".join(
        [words["how"], words["items"].format(items=items), uses, *until, words["nobody"]]
    )

"""What the page says on which the holder of a card looks its code up, in three languages."""

from collections.abc import Mapping
from typing import Literal

from firmware_bridge.contract.check_events import Language

Key = Literal[
    "name",
    "title",
    "lead",
    "label",
    "button",
    "again",
    "none",
    "malformed",
    "changed",
    "withheld",
    "code",
    "released",
    "version",
    "original",
    "limits",
    "private",
    "too-many",
]

_EN: Mapping[Key, str] = {
    "name": "English",
    "title": "Look up a result",
    "lead": "Type the code from your card. Nobody asks who you are.",
    "label": "Code",
    "button": "Look up",
    "again": "Look up another code",
    "none": (
        "There is nothing to show for this code. It may have been released too long ago, or it "
        "may not be released yet. Ask the service that looked at your sample."
    ),
    "malformed": "This is not a whole code, or a character is wrong. Look at the card again.",
    "changed": (
        "SOMETHING CHANGED after this was released. Do not rely on what stands below: ask the "
        "service for the new card."
    ),
    "withheld": (
        "People have entered different things about this sample. Do not rely on what stands below "
        "until the service has settled it."
    ),
    "code": "Code",
    "released": "Released on",
    "version": "Version",
    "original": "The sentences are in the language of the card.",
    "limits": "What strips and spectra cannot see",
    "private": (
        "No cookie, no account, no record of who looks. On a shared telephone or computer, close "
        "this page afterwards."
    ),
    "too-many": "Too many tries. Wait a minute, then try again.",
}

_ES: Mapping[Key, str] = {
    "name": "Español",
    "title": "Consultar un resultado",
    "lead": "Escriba el código de su tarjeta. Nadie pregunta quién es usted.",
    "label": "Código",
    "button": "Consultar",
    "again": "Consultar otro código",
    "none": (
        "No hay nada que mostrar para este código. Puede que se entregara hace demasiado tiempo, o "
        "que aún no se haya entregado. Pregunte al servicio que analizó su muestra."
    ),
    "malformed": (
        "No es un código completo, o hay un carácter equivocado. Mire la tarjeta otra vez."
    ),
    "changed": (
        "ALGO CAMBIÓ después de la entrega. No confíe en lo que sigue: pida al servicio la tarjeta "
        "nueva."
    ),
    "withheld": (
        "Se anotaron cosas distintas sobre esta muestra. No confíe en lo que sigue hasta que el "
        "servicio lo haya aclarado."
    ),
    "code": "Código",
    "released": "Entregado el",
    "version": "Versión",
    "original": "Las frases están en el idioma de la tarjeta.",
    "limits": "Lo que las tiras y los espectros no pueden ver",
    "private": (
        "Sin cookies, sin cuenta, sin registro de quién consulta. En un teléfono u ordenador "
        "compartido, cierre esta página al terminar."
    ),
    "too-many": "Demasiados intentos. Espere un minuto y vuelva a intentarlo.",
}

_FR: Mapping[Key, str] = {
    "name": "Français",
    "title": "Consulter un résultat",
    "lead": "Saisissez le code de votre carte. Personne ne demande qui vous êtes.",
    "label": "Code",
    "button": "Consulter",
    "again": "Consulter un autre code",
    "none": (
        "Il n'y a rien à montrer pour ce code. Le résultat a pu être remis il y a trop longtemps, "
        "ou ne pas être remis encore. Demandez au service qui a regardé votre échantillon."
    ),
    "malformed": (
        "Ce n'est pas un code entier, ou un caractère est faux. Regardez de nouveau la carte."
    ),
    "changed": (
        "QUELQUE CHOSE A CHANGÉ après la remise. Ne vous fiez pas à ce qui suit : demandez la "
        "nouvelle carte au service."
    ),
    "withheld": (
        "Des choses différentes ont été notées sur cet échantillon. Ne vous fiez pas à ce qui suit "
        "tant que le service ne l'a pas éclairci."
    ),
    "code": "Code",
    "released": "Remis le",
    "version": "Version",
    "original": "Les phrases sont dans la langue de la carte.",
    "limits": "Ce que les bandelettes et les spectres ne peuvent pas voir",
    "private": (
        "Aucun cookie, aucun compte, aucune trace de qui consulte. Sur un téléphone ou un "
        "ordinateur partagé, fermez cette page ensuite."
    ),
    "too-many": "Trop d'essais. Attendez une minute, puis réessayez.",
}

WORDS: Mapping[Language, Mapping[Key, str]] = {"en": _EN, "es": _ES, "fr": _FR}
"""Every sentence of the page, by language."""

"""What strips and spectra cannot see, as a page to print and hang up, in three languages. Pure.

Figures come from `contract.strips` and stand with their dilution; sources: Ti 2020 (technicians
with infrared missed 27.9 % of fentanyl), Sisco 2023 (lidocaine), Marland 2025 (caffeine), Harm
Reduct J 2021 (false positives), Park 2022 (carfentanil).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from firmware_bridge.contract.check.reconcile import GROUPS, STRIP_OF
from firmware_bridge.contract.check.say.speak import say, unbroken, word
from firmware_bridge.contract.check.say.statements import Statement
from firmware_bridge.contract.check_events import Language
from firmware_bridge.contract.strips import Strip

DILUTIONS = ((5.0, 50.0), (10.0, 5.0))
"""Milligrams in millilitres, for which the poster tells what a strip shows."""


_ALWAYS = ("not-everything", "small-sample", "opioid-present", "naloxone", "sedative")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the poster."""

    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Words:
    poster: str
    spectrum: str
    spectrum_says: tuple[str, ...]
    strip: str
    strip_says: tuple[str, ...]
    dilution: str
    help: str


_WORDS: Mapping[Language, _Words] = {
    "en": _Words(
        poster="What strips and spectra cannot see",
        spectrum="The spectrum (the light)",
        spectrum_says=(
            (
                "It misses amounts below about 5 to 10 %. Fentanyl is often below that, and "
                "carfentanil, nitazenes and medetomidine mostly are."
            ),
            (
                "In one study, technicians with infrared light missed about 3 of 10 "
                "samples that had "
                "fentanyl in them."
            ),
            "It only knows what is in its library, and cannot tell some drugs apart.",
        ),
        strip="The test strip",
        strip_says=(
            (
                "ONE line means that the drug was found. Two lines, however faint the second: the "
                "strip did not show it. No line at the control: the strip failed."
            ),
            "It does not tell how much there is.",
            (
                "Methamphetamine, MDMA or diphenhydramine can make a fentanyl strip positive, "
                "lidocaine a xylazine strip, much caffeine a nitazene strip."
            ),
            "It misses some relatives of the drug that it is made for.",
        ),
        dilution="How little a strip can show: {mg} mg in {ml} mL of water",
        help="Whatever a test says",
    ),
    "es": _Words(
        poster="Lo que las tiras y los espectros no pueden ver",
        spectrum="El espectro (la luz)",
        spectrum_says=(
            (
                "No ve cantidades por debajo de alrededor del 5 al 10 %. El fentanilo "
                "está a menudo "
                "por debajo, y el carfentanilo, los nitacenos y la medetomidina casi siempre."
            ),
            (
                "En un estudio, los técnicos con luz infrarroja no vieron alrededor "
                "de 3 de cada 10 "
                "muestras que tenían fentanilo."
            ),
            "Solo conoce lo que está en su biblioteca, y no puede distinguir algunas drogas.",
        ),
        strip="La tira reactiva",
        strip_says=(
            (
                "UNA línea significa que se encontró la droga. Dos líneas, por débil que sea la "
                "segunda: la tira no la mostró. Sin línea de control: la tira falló."
            ),
            "No dice cuánto hay.",
            (
                "La metanfetamina, la MDMA o la difenhidramina pueden hacer positiva una tira de "
                "fentanilo, la lidocaína una de xilacina, y mucha cafeína una de nitacenos."
            ),
            "No ve algunos parientes de la droga para la que está hecha.",
        ),
        dilution="Lo mínimo que puede mostrar una tira: {mg} mg en {ml} mL de agua",
        help="Diga lo que diga una prueba",
    ),
    "fr": _Words(
        poster="Ce que les bandelettes et les spectres ne peuvent pas voir",
        spectrum="Le spectre (la lumière)",
        spectrum_says=(
            (
                "Il ne voit pas les quantités sous environ 5 à 10 %. Le fentanyl est souvent en "
                "dessous, et le carfentanil, les nitazènes et la médétomidine presque toujours."
            ),
            (
                "Dans une étude, les techniciens avec la lumière infrarouge ont manqué environ 3 "
                "échantillons sur 10 qui contenaient du fentanyl."
            ),
            (
                "Il ne connaît que ce qui est dans sa bibliothèque, et ne peut pas distinguer "
                "certaines drogues."
            ),
        ),
        strip="La bandelette",
        strip_says=(
            (
                "UNE ligne veut dire que la drogue a été trouvée. Deux lignes, si pâle que soit la "
                "seconde : la bandelette ne l'a pas montrée. Aucune ligne au contrôle "
                ": la bandelette "
                "a échoué."
            ),
            "Elle ne dit pas combien il y en a.",
            (
                "La méthamphétamine, la MDMA ou la diphénhydramine peuvent rendre positive une "
                "bandelette de fentanyl, la lidocaïne une de xylazine, beaucoup de caféine une de "
                "nitazènes."
            ),
            "Elle ne voit pas certains parents de la drogue pour laquelle elle est faite.",
        ),
        dilution="Le moins qu'une bandelette peut montrer : {mg} mg dans {ml} mL d'eau",
        help="Quoi que dise un test",
    ),
}


def title(language: Language) -> str:
    """What stands over the poster."""
    return _WORDS[language].poster


def limits(language: Language) -> tuple[Part, ...]:
    """The parts of the poster, in order."""
    return tuple(
        Part(unbroken(part.title), tuple(map(unbroken, part.sentences)))
        for part in _parts(language, _WORDS[language])
    )


def _parts(language: Language, words: _Words) -> Iterator[Part]:
    yield Part(words.spectrum, (*words.spectrum_says, _said("share-not-strength", language)))
    carfentanil = _said("carfentanil-not-excluded", language, full=True)
    yield Part(words.strip, (*words.strip_says, carfentanil))
    for mg, ml in DILUTIONS:
        title = words.dilution.format(mg=f"{mg:g}", ml=f"{ml:g}")
        yield Part(title, _strips(mg, ml, language))
    yield Part(words.help, tuple(_said(key, language) for key in _ALWAYS))


def _said(key: str, language: Language, *, full: bool = False) -> str:
    return say(Statement(key), language, "full" if full else "plain")


def _strips(mass_mg: float, water_ml: float, language: Language) -> tuple[str, ...]:
    return tuple(_strip(group, mass_mg, water_ml, language) for group in GROUPS)


def _strip(group: str, mass_mg: float, water_ml: float, language: Language) -> str:
    kind = next(kind for name, kind in STRIP_OF.items() if name == group)
    strip = Strip(
        kind=kind,
        result="not-done",
        lot="",
        expires="",
        mass_mg=mass_mg,
        water_ml=water_ml,
        limit_ng_ml=None,
    )
    name = word("group", group, language)
    colon = "\N{NO-BREAK SPACE}:" if language == "fr" else ":"
    told = word("strip_limit", strip.limit_share, language)
    return f"{name[0].upper()}{name[1:]}{colon} {told}."

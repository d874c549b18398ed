"""The sentences in Spanish; as `en`."""

from firmware_bridge.contract.check.say.sentence import Sentence

DECIMAL = ","

WORDS = {
    "group-fentanyls": "fentanilo o un opioide de tipo fentanilo",
    "group-nitazenes": "un nitaceno (un opioide fuerte)",
    "group-benzodiazepines": "una benzodiacepina (benzo)",
    "group-xylazine": "xilacina",
    "group-medetomidine": "medetomidina",
    "strip-positive": "positiva",
    "strip-negative": "no la mostró",
    "strip-invalid": "falló, sin resultado",
    "strip-not-done": "no se hizo",
    "strip_limit": "muestra desde alrededor del {share} de la muestra",
    "strip_limit-unknown": "no se sabe qué cantidad mínima puede mostrar",
    "spectrum_limit": "por encima de alrededor del {share} de su señal",
    "spectrum_limit-unknown": "por encima de un límite que no se conoce",
    "method-unknown": "no indicado",
    "less-than": "menos del {share}",
}

SENTENCES = {
    "draft": Sentence("SIN ENTREGAR. Nadie ha autorizado esta tarjeta; no se puede dar."),
    "demonstration": Sentence(
        "DEMOSTRACIÓN. No se trata de una muestra real. No se puede entregar.",
    ),
    "amended": Sentence("Esta tarjeta se cambió: {reason}. Sustituye a la anterior."),
    "group-confirmed": Sentence("El laboratorio encontró {group}{names}.", "Método{method}."),
    "group-lab-differs": Sentence(
        "En la mesa se encontró {group}. El laboratorio no lo encontró en su parte de la muestra. "
        "Actúe como si estuviera: las partes de una bolsa pueden ser distintas.",
        "Método del laboratorio{method}. Tira reactiva: {strip}.",
    ),
    "group-lab-not-found": Sentence(
        "El laboratorio no detectó {group} en su parte de la muestra. Puede haber cantidades "
        "menores de las que su método muestra, y otras partes de la bolsa pueden ser distintas.",
        "Método del laboratorio{method}. Tira reactiva: {strip}.",
    ),
    "group-found-by-both": Sentence(
        "La tira reactiva y el espectro encontraron {group}. No se sabe cuánto hay.",
        "La parte de la señal de un espectro no es una cantidad.",
    ),
    "group-found-by-strip": Sentence(
        "La tira reactiva encontró {group}. No se sabe cuánto hay: puede ser poco o mucho.",
        "Un espectro no ve cantidades pequeñas y nunca anula una tira positiva.",
    ),
    "group-found-by-spectrum": Sentence(
        "El espectro encontró {group}. No se sabe cuánto hay. Tira reactiva: {strip}.",
    ),
    "group-found-against-strip": Sentence(
        "El espectro encontró {group}. La tira reactiva no lo mostró; las tiras no ven algunas "
        "sustancias de este tipo. Actúe como si estuviera.",
        "Sobre la tira: {strip_limit}.",
    ),
    "group-unclear": Sentence(
        "No está claro: podría haber {group}; el espectro no puede decirlo. Tira reactiva: "
        "{strip}.",
        "Use una tira y pregunte a un laboratorio.",
    ),
    "group-unclear-strip-negative": Sentence(
        "No está claro: podría haber {group}; el espectro no puede decirlo. La tira reactiva no lo "
        "mostró: {strip_limit}.",
        "Pregunte a un laboratorio.",
    ),
    "group-not-seen-by-either": Sentence(
        "Ni la tira reactiva ni el espectro detectaron {group}. Puede haber cantidades menores de "
        "las que muestran, y pueden ser peligrosas.",
        "Sobre la tira: {strip_limit}. El espectro lo habría mostrado {spectrum_limit}.",
    ),
    "group-not-seen-by-strip": Sentence(
        "La tira reactiva no detectó {group}. Puede haber cantidades menores, y pueden ser "
        "peligrosas. Ningún espectro habla de ello.",
        "Sobre la tira: {strip_limit}.",
    ),
    "group-not-seen-by-spectrum": Sentence(
        "El espectro no detectó {group}. Tira reactiva: {strip}. Un espectro no ve cantidades por "
        "debajo de alrededor del 5 al 10 %, y menos que eso puede ser peligroso.",
        "El espectro lo habría mostrado {spectrum_limit}.",
    ),
    "group-not-tested": Sentence(
        "Sin analizar: {group}. Podría estar presente. Tira reactiva: {strip}.",
    ),
    "strip-may-be-false": Sentence(
        "Con tanta muestra en el agua, la metanfetamina, el MDMA o la difenhidramina también "
        "pueden dar positiva esta tira. Hasta que responda un laboratorio, actúe como si "
        "estuviera.",
        "Diluya a menos de 1 mg por mL y use una segunda tira.",
    ),
    "lab-found": Sentence("Laboratorio: {substance}. Cantidad no medida.", "Método{method}."),
    "lab-found-alone": Sentence(
        "Laboratorio: {substance}. Se indicó una cantidad sin su margen de error, por eso aquí no "
        "figura ninguna.",
        "Método{method}.",
    ),
    "lab-found-amount": Sentence(
        "Laboratorio: {substance}, alrededor del {amount} del peso (de {low} a {high}).",
        "Método{method}.",
    ),
    "amount-calibrated": Sentence(
        "Esta parte de la muestra: alrededor del {amount} de su peso es {substance}. Puede ser "
        "cualquier valor de {low} a {high}, y otras partes de la bolsa pueden tener más.",
        "Medido con la calibración propia de este instrumento; intervalo del 95 %, con "
        "el muestreo.",
    ),
    "component-main": Sentence("Una parte principal de lo que muestra el espectro: {substance}."),
    "component-minor": Sentence("Una parte menor de lo que muestra el espectro: {substance}."),
    "component-trace": Sentence("Posiblemente una traza en el espectro: {substance}."),
    "component-seen": Sentence("En el espectro: {substance}."),
    "component-alike": Sentence(
        "En el espectro: {substance}, o {alike}. Aquí no se pueden distinguir.",
    ),
    "nothing-named": Sentence("Nada de la biblioteca explica esta muestra."),
    "unknown-part": Sentence(
        "Una parte de esta muestra no coincide con nada de la biblioteca: es desconocida.",
    ),
    "share-not-strength": Sentence("El espectro no dice lo fuerte que es la muestra."),
    "sedative": Sentence(
        "Puede contener un sedante que la naloxona no revierte. Dé naloxona igualmente; si la "
        "persona sigue dormida, dé respiraciones de rescate y pida ayuda.",
    ),
    "carfentanil-not-excluded": Sentence(
        "Puede haber carfentanilo y otros opioides fuertes aunque la tira de fentanilo no los haya "
        "mostrado.",
        "Una tira necesita más de unos 1000 ng/mL de carfentanilo.",
    ),
    "opioid-present": Sentence("Empiece con muy poco y vaya despacio."),
    "naloxone": Sentence("Tenga naloxona a mano y esté con alguien."),
    "quality": Sentence("Sobre la medición: {fault}"),
    "small-sample": Sentence(
        "Solo se miró una parte pequeña: el resto de la bolsa puede ser distinto.",
    ),
    "lab-none": Sentence("Este es un primer resultado. Ningún laboratorio lo ha mirado."),
    "lab-pending": Sentence("Este es un primer resultado. Falta la respuesta de un laboratorio."),
    "lab-complete": Sentence("Un laboratorio ha mirado una parte de esta muestra."),
    "not-everything": Sentence("Ninguna prueba muestra todo lo que hay en una muestra."),
    "no-certificate": Sentence("", "Esto no es un consejo médico ni un certificado."),
}

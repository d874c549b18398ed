"""The sentences in French; as `en`."""

from firmware_bridge.contract.check.say.sentence import Sentence

DECIMAL = ","

WORDS = {
    "group-fentanyls": "du fentanyl ou un opioïde de type fentanyl",
    "group-nitazenes": "un nitazène (un opioïde puissant)",
    "group-benzodiazepines": "une benzodiazépine (benzo)",
    "group-xylazine": "de la xylazine",
    "group-medetomidine": "de la médétomidine",
    "strip-positive": "positive",
    "strip-negative": "ne l'a pas montré",
    "strip-invalid": "ratée, sans résultat",
    "strip-not-done": "non faite",
    "strip_limit": "elle montre à partir d'environ {share} de l'échantillon",
    "strip_limit-unknown": "on ne sait pas quelle petite quantité elle peut montrer",
    "spectrum_limit": "au-dessus d'environ {share} de son signal",
    "spectrum_limit-unknown": "au-dessus d'une limite inconnue",
    "method-unknown": "non indiquée",
    "less-than": "moins de {share}",
}

SENTENCES = {
    "draft": Sentence(
        "NON REMISE. Personne n'a autorisé cette carte ; elle ne peut pas être donnée."
    ),
    "demonstration": Sentence(
        "DÉMONSTRATION. Il ne s'agit pas d'un vrai échantillon. Ne peut pas être remis.",
    ),
    "amended": Sentence("Cette carte a été modifiée : {reason}. Elle remplace la précédente."),
    "group-confirmed": Sentence("Le laboratoire a trouvé {group}{names}.", "Méthode{method}."),
    "group-lab-differs": Sentence(
        "À la table on a trouvé {group}. Le laboratoire ne l'a pas trouvé dans sa part de "
        "l'échantillon. Faites comme si c'était présent : les parts d'un sachet diffèrent.",
        "Méthode du laboratoire{method}. Bandelette : {strip}.",
    ),
    "group-lab-not-found": Sentence(
        "Le laboratoire n'a pas détecté {group} dans sa part de l'échantillon. Des quantités plus "
        "petites que ce que sa méthode montre sont possibles, et d'autres parts du sachet peuvent "
        "différer.",
        "Méthode du laboratoire{method}. Bandelette : {strip}.",
    ),
    "group-found-by-both": Sentence(
        "La bandelette et le spectre ont trouvé {group}. On ne sait pas combien.",
        "La part du signal d'un spectre n'est pas une quantité.",
    ),
    "group-found-by-strip": Sentence(
        "La bandelette a trouvé {group}. On ne sait pas combien : peu ou beaucoup.",
        "Un spectre ne voit pas les petites quantités et n'annule jamais une bandelette positive.",
    ),
    "group-found-by-spectrum": Sentence(
        "Le spectre a trouvé {group}. On ne sait pas combien. Bandelette : {strip}.",
    ),
    "group-found-against-strip": Sentence(
        "Le spectre a trouvé {group}. La bandelette ne l'a pas montré ; les bandelettes en "
        "manquent certains. Faites comme si c'était présent.",
        "Pour la bandelette : {strip_limit}.",
    ),
    "group-unclear": Sentence(
        "Pas clair : il pourrait y avoir {group} ; le spectre ne peut pas le dire. Bandelette : "
        "{strip}.",
        "Utilisez une bandelette et demandez à un laboratoire.",
    ),
    "group-unclear-strip-negative": Sentence(
        "Pas clair : il pourrait y avoir {group} ; le spectre ne peut pas le dire. La bandelette "
        "ne l'a pas montré : {strip_limit}.",
        "Demandez à un laboratoire.",
    ),
    "group-not-seen-by-either": Sentence(
        "Ni la bandelette ni le spectre n'ont détecté {group}. Des quantités plus petites que ce "
        "qu'ils montrent sont possibles, et peuvent être dangereuses.",
        "Pour la bandelette : {strip_limit}. Le spectre l'aurait montré {spectrum_limit}.",
    ),
    "group-not-seen-by-strip": Sentence(
        "La bandelette n'a pas détecté {group}. Des quantités plus petites sont possibles, et "
        "peuvent être dangereuses. Aucun spectre n'en parle.",
        "Pour la bandelette : {strip_limit}.",
    ),
    "group-not-seen-by-spectrum": Sentence(
        "Le spectre n'a pas détecté {group}. Bandelette : {strip}. Un spectre ne voit pas les "
        "quantités sous environ 5 à 10 %, et moins que cela peut être dangereux.",
        "Le spectre l'aurait montré {spectrum_limit}.",
    ),
    "group-not-tested": Sentence(
        "Pas analysé : {group}. C'est peut-être présent. Bandelette : {strip}.",
    ),
    "strip-may-be-false": Sentence(
        "Avec autant d'échantillon dans l'eau, la méthamphétamine, la MDMA ou la diphénhydramine "
        "peuvent aussi rendre cette bandelette positive. Tant qu'un laboratoire n'a pas répondu, "
        "faites comme si c'était présent.",
        "Diluez à moins de 1 mg par mL et trempez une seconde bandelette.",
    ),
    "lab-found": Sentence("Laboratoire : {substance}. Quantité non mesurée.", "Méthode{method}."),
    "lab-found-alone": Sentence(
        "Laboratoire : {substance}. Une quantité a été donnée sans sa marge d'erreur : aucune ne "
        "figure donc ici.",
        "Méthode{method}.",
    ),
    "lab-found-amount": Sentence(
        "Laboratoire : {substance}, environ {amount} du poids (de {low} à {high}).",
        "Méthode{method}.",
    ),
    "amount-calibrated": Sentence(
        "Cette partie de l'échantillon : environ {amount} de son poids est {substance}. Ce peut "
        "être toute valeur de {low} à {high}, et d'autres parties du sachet peuvent en contenir "
        "plus.",
        "Mesuré avec l'étalonnage de cet instrument ; intervalle à 95 %, échantillonnage compris.",
    ),
    "component-main": Sentence("Une part principale de ce que montre le spectre : {substance}."),
    "component-minor": Sentence("Une part plus petite de ce que montre le spectre : {substance}."),
    "component-trace": Sentence("Peut-être une trace dans le spectre : {substance}."),
    "component-seen": Sentence("Dans le spectre : {substance}."),
    "component-alike": Sentence(
        "Dans le spectre : {substance}, ou {alike}. On ne peut pas les distinguer ici.",
    ),
    "nothing-named": Sentence("Rien dans la bibliothèque n'explique cet échantillon."),
    "unknown-part": Sentence(
        "Une part de cet échantillon ne correspond à rien dans la bibliothèque : elle est "
        "inconnue.",
    ),
    "share-not-strength": Sentence("Le spectre ne dit pas si l'échantillon est fort."),
    "sedative": Sentence(
        "Il peut contenir un sédatif que la naloxone ne lève pas. Donnez quand même la naloxone ; "
        "si la personne reste endormie, faites des insufflations et appelez à l'aide.",
    ),
    "carfentanil-not-excluded": Sentence(
        "Du carfentanil et d'autres opioïdes puissants peuvent être présents même si la bandelette "
        "de fentanyl ne les a pas montrés.",
        "Une bandelette demande plus d'environ 1000 ng/mL de carfentanil.",
    ),
    "opioid-present": Sentence("Commencez par très peu, et allez lentement."),
    "naloxone": Sentence(
        "Gardez de la naloxone à portée de main, et ne restez pas sans compagnie."
    ),
    "quality": Sentence("Sur la mesure : {fault}"),
    "small-sample": Sentence(
        "Seule une petite part a été regardée : le reste du sachet peut différer.",
    ),
    "lab-none": Sentence("C'est un premier résultat. Aucun laboratoire ne l'a regardé."),
    "lab-pending": Sentence("C'est un premier résultat. La réponse d'un laboratoire est attendue."),
    "lab-complete": Sentence("Un laboratoire a regardé une part de cet échantillon."),
    "not-everything": Sentence("Aucun test ne montre tout ce qu'un échantillon contient."),
    "no-certificate": Sentence("", "Ceci n'est ni un avis médical ni un certificat."),
}

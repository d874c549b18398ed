"""The sentences in English. Each: what everybody must know, and what the full version adds."""

from firmware_bridge.contract.check.say.sentence import Sentence

DECIMAL = "."

WORDS = {
    "group-fentanyls": "fentanyl or a fentanyl-type opioid",
    "group-nitazenes": "a nitazene (a strong opioid)",
    "group-benzodiazepines": "a benzodiazepine (benzo)",
    "group-xylazine": "xylazine",
    "group-medetomidine": "medetomidine",
    "strip-positive": "positive",
    "strip-negative": "did not show it",
    "strip-invalid": "failed, no result",
    "strip-not-done": "not done",
    "strip_limit": "it shows about {share} of the sample or more",
    "strip_limit-unknown": "how little it can show is not known",
    "spectrum_limit": "above about {share} of its signal",
    "spectrum_limit-unknown": "above a limit that is not known",
    "method-unknown": "not told",
    "less-than": "less than {share}",
}

SENTENCES = {
    "draft": Sentence("NOT RELEASED. Nobody has let this card go; do not hand it out."),
    "demonstration": Sentence("DEMONSTRATION. This is not about a real sample. Not for release."),
    "amended": Sentence("This card was changed: {reason}. It replaces the earlier one."),
    "group-confirmed": Sentence("Found by the laboratory: {group}{names}.", "Method{method}."),
    "group-lab-differs": Sentence(
        "Found at the table: {group}. The laboratory did not find it in its part of the sample. "
        "Act as if it is there: parts of one bag differ.",
        "Laboratory method{method}. Test strip: {strip}.",
    ),
    "group-lab-not-found": Sentence(
        "The laboratory did not detect {group} in its part of the sample. Smaller amounts than its "
        "method shows can be there, and other parts of the bag can differ.",
        "Laboratory method{method}. Test strip: {strip}.",
    ),
    "group-found-by-both": Sentence(
        "Found by test strip and by spectrum: {group}. How much is not known.",
        "A share of a spectrum's signal is not an amount.",
    ),
    "group-found-by-strip": Sentence(
        "Found by test strip: {group}. How much is not known: it can be little or a lot.",
        "A spectrum misses small amounts and never overrules a positive strip.",
    ),
    "group-found-by-spectrum": Sentence(
        "Found by spectrum: {group}. How much is not known. Test strip: {strip}.",
    ),
    "group-found-against-strip": Sentence(
        "Found by spectrum: {group}. The test strip did not show it; strips miss some of this "
        "kind. Act as if it is there.",
        "Of the strip: {strip_limit}.",
    ),
    "group-unclear": Sentence(
        "Unclear: {group} could be there; the spectrum cannot tell. Test strip: {strip}.",
        "Use a strip, and ask a laboratory.",
    ),
    "group-unclear-strip-negative": Sentence(
        "Unclear: {group} could be there; the spectrum cannot tell. The test strip did not show "
        "it: {strip_limit}.",
        "Ask a laboratory.",
    ),
    "group-not-seen-by-either": Sentence(
        "Not detected by test strip or spectrum: {group}. Smaller amounts than these can show may "
        "be there, and can be dangerous.",
        "Of the strip: {strip_limit}. The spectrum would have shown it {spectrum_limit}.",
    ),
    "group-not-seen-by-strip": Sentence(
        "Not detected by test strip: {group}. Smaller amounts may be there, and can be dangerous. "
        "No spectrum speaks of it.",
        "Of the strip: {strip_limit}.",
    ),
    "group-not-seen-by-spectrum": Sentence(
        "Not detected by the spectrum: {group}. Test strip: {strip}. A spectrum misses amounts "
        "below about 5 to 10 %, and less than that can be dangerous.",
        "The spectrum would have shown it {spectrum_limit}.",
    ),
    "group-not-tested": Sentence(
        "Not tested: {group}. It could be there. Test strip: {strip}.",
    ),
    "strip-may-be-false": Sentence(
        "With so much sample in the water, methamphetamine, MDMA or diphenhydramine can make this "
        "strip positive too. Until a laboratory answers, act as if it is there.",
        "Dilute to less than 1 mg per mL and dip a second strip.",
    ),
    "lab-found": Sentence("Laboratory: {substance}. Amount not measured.", "Method{method}."),
    "lab-found-alone": Sentence(
        "Laboratory: {substance}. An amount was told without how far off it may be, so none "
        "stands here.",
        "Method{method}.",
    ),
    "lab-found-amount": Sentence(
        "Laboratory: {substance}, about {amount} of the weight ({low} to {high}).",
        "Method{method}.",
    ),
    "amount-calibrated": Sentence(
        "This part of the sample: about {amount} of its weight is {substance}. It could be "
        "anything from {low} to {high}, and other parts of the bag can hold more.",
        "Measured with this instrument's own calibration; 95 % interval, sampling included.",
    ),
    "component-main": Sentence("A main part of what the spectrum shows: {substance}."),
    "component-minor": Sentence("A smaller part of what the spectrum shows: {substance}."),
    "component-trace": Sentence("Possibly a trace in the spectrum: {substance}."),
    "component-seen": Sentence("In the spectrum: {substance}."),
    "component-alike": Sentence(
        "In the spectrum: {substance}, or {alike}. They cannot be told apart here.",
    ),
    "nothing-named": Sentence("Nothing in the library explains this sample."),
    "unknown-part": Sentence(
        "A part of this sample matches nothing in the library: it is unknown."
    ),
    "share-not-strength": Sentence("The spectrum does not tell how strong the sample is."),
    "sedative": Sentence(
        "A sedative may be in it that naloxone does not lift. Still give naloxone; if the person "
        "stays asleep, give rescue breaths and call for help.",
    ),
    "carfentanil-not-excluded": Sentence(
        "Carfentanil and some other strong opioids can be there although the fentanyl strip did "
        "not show them.",
        "A strip needs more than about 1000 ng/mL of carfentanil.",
    ),
    "opioid-present": Sentence("Start with very little, and go slowly."),
    "naloxone": Sentence("Keep naloxone at hand, and have somebody with you."),
    "quality": Sentence("About the measurement: {fault}"),
    "small-sample": Sentence("Only a small part was looked at: the rest of the bag can differ."),
    "lab-none": Sentence("This is a first result. No laboratory has looked at it."),
    "lab-pending": Sentence("This is a first result. A laboratory's answer is still to come."),
    "lab-complete": Sentence("A laboratory has looked at a part of this sample."),
    "not-everything": Sentence("No test shows everything that is in a sample."),
    "no-certificate": Sentence("", "This is no medical advice and no certificate."),
}

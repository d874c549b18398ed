"""Words that may not stand on a card, for what people type into it: reasons and names.

Our own sentences are tested against a list of the test's own; this one keeps a tired person from
writing "safe" into the reason of a change.
"""

import re

_WORDS = (
    # English
    r"safe(ly)?|clean|pure|pass(es|ed)?|ok|okay|harmless|negative|free of|clear of|guaranteed",
    # Spanish
    r"segur[oa]s?|limpi[oa]s?|pur[oa]s?|inofensiv[oa]s?|negativ[oa]s?|libre de|garantizad[oa]",
    # French
    r"sûre?s?|propres?|pure?s?|inoffensi(f|ve)s?|négati(f|ve)s?|sans danger|garantie?",
)
_FORBIDDEN = re.compile(rf"\b({'|'.join(_WORDS)})\b", re.IGNORECASE)


def reassuring_word(text: str) -> str:
    """The first word in a text that could be read as reassurance; "" for none."""
    found = _FORBIDDEN.search(text)
    return found.group(0) if found else ""

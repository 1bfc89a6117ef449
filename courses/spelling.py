"""British spelling with -ise: find words that are spelled in another way. Pure.

A list of patterns, not a dictionary: the differences that occur in texts about work.
"""

import re
from collections.abc import Iterator

PATTERNS = (
    r"[a-z]{2,}iz(?:e|es|ed|er|ers|ing|ation|ations|able)",
    r"(?:anal|paral|catal)yz(?:e|es|ed|er|ers|ing)",
    r"(?:arm|behavi|col|endeav|fav|flav|harb|hon|hum|lab|neighb|parl|rum|sav|val|vap|vig)or"
    r"(?:s|ed|ing|ite|ites|able|ably|al|ally|ful|less|hood|hoods|er|ers)?",
    r"(?:calib|cent|fib|lit|somb|theat)er(?:s|ed)?",
    r"(?:defen|offen|preten)se(?:s|less)?",
    r"(?:cance|counse|dia|fue|labe|leve|mode|quarre|signa|tota|trave)l(?:ed|ing|er|ers|or|ors)",
    r"(?:distil|enrol|fulfil|instil)l(?:s|ment|ments)?",
    r"installments?|jewelry|marvelous",
    r"(?:skill|will)ful(?:ly)?",
    r"(?:acknowledg|judg)ments?",
    r"(?:anal|catal)og(?:s|ed|ing)?",
    r"practic(?:ed|ing)",
    r"program (?:manag|offic)[a-z]+",
    r"aging|artifacts?|gotten|grays?|math|mold(?:s|ed)?|plow(?:s|ed)?|skeptic(?:s|al|ally|ism)?",
)
RIGHT = re.compile(r"(?:cap|down|mid|out|over|re|under)?siz.*|(?:ma|pr|se)iz.*", re.IGNORECASE)
"""What ends in -ize and is no verb in -ise."""

OTHER = re.compile(rf"\b(?:{'|'.join(PATTERNS)})\b", re.IGNORECASE)


def not_british(text: str) -> Iterator[str]:
    """Yield the words of a text that are not spelled the British way, or with -ize."""
    for match in OTHER.finditer(text):
        if not RIGHT.fullmatch(match[0]):
            yield match[0]

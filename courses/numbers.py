"""How numbers read in sentences and on pages. Pure."""

import re

NEGATIVE = re.compile(r"-[\d.,]*\d")


def minus(number: object) -> str:
    """Return a number's text with a minus sign where programs put a hyphen; any other text as it is."""
    text = str(number)
    return f"\N{MINUS SIGN}{text[1:]}" if NEGATIVE.match(text) else text

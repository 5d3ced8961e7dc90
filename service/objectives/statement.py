"""An objective and its key results as one sentence."""

import re
from collections.abc import Sequence

from service.objectives.verbs import begins_with_verb

# What titles may say before their verb, and the sentence says itself.
OPENING = re.compile(r"(we\s+will|we\s+shall|we['\u2019]ll|to)\s+(?=\S)", re.IGNORECASE)


def statement(objective: str, key_results: Sequence[str]) -> str:
    """ "We will become profitable as measured by a, b, and c."; without key results, only what we will.

    A title that does not begin with a verb is told as it is: "Our objective: OKR adoption."
    """
    sentence = _opened(_bare(objective))
    if key_results:
        sentence += f" as measured by {_listed([_inside(title) for title in key_results])}"
    return f"{sentence}."


def _opened(title: str) -> str:
    opening = OPENING.match(title)
    said = title[opening.end() :] if opening else title
    is_promise = opening is not None and opening[1].lower() != "to"
    if is_promise or begins_with_verb(said):
        verb, space, rest = said.partition(" ")
        return f"We will {verb.lower() if begins_with_verb(said) else _inside(verb)}{space}{rest}"
    return f"Our objective: {title}"


def _bare(title: str) -> str:
    """A title without what ends a sentence."""
    return title.strip().rstrip(".! ")


def _inside(title: str) -> str:
    """A title as part of a sentence: small at the start, but for acronyms, codes and names: IPO, Q2, LinkedIn."""
    text = _bare(title)
    word = text.partition(" ")[0]
    is_name = any(letter.isupper() or letter.isdigit() for letter in word[1:])
    return text if is_name or not word[:1].isupper() else text[0].lower() + text[1:]


def _listed(items: list[str]) -> str:
    if len(items) < 3:
        return " and ".join(items)
    return f"{', '.join(items[:-1])}, and {items[-1]}"

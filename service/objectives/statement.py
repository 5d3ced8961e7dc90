"""An objective and its key results as one sentence."""

import re
from collections.abc import Sequence

from service.objectives.verbs import begins_with_verb

# Words before the verb of a title that the sentence replaces.
OPENING = re.compile(r"(we\s+will|we\s+shall|we['\u2019]ll|to)\s+(?=\S)", re.IGNORECASE)


def statement(objective: str, key_results: Sequence[str]) -> str:
    """ "We will become profitable as measured by a, b, and c."; without key results, "We will become profitable."

    For a title that does not begin with a verb: "Our objective: OKR adoption."
    """
    sentence = _begin_sentence(_without_full_stop(objective))
    if key_results:
        sentence += f" as measured by {_join([_within_sentence(title) for title in key_results])}"
    return f"{sentence}."


def _begin_sentence(title: str) -> str:
    opening = OPENING.match(title)
    wording = title[opening.end() :] if opening else title
    has_we_will = opening is not None and opening[1].lower() != "to"
    if has_we_will or begins_with_verb(wording):
        verb, space, rest = wording.partition(" ")
        return f"We will {verb.lower() if begins_with_verb(wording) else _within_sentence(verb)}{space}{rest}"
    return f"Our objective: {title}"


def _without_full_stop(title: str) -> str:
    """A title without the punctuation at its end."""
    return title.strip().rstrip(".! ")


def _within_sentence(title: str) -> str:
    """A title within a sentence: lower case at the start, except acronyms, codes and names: IPO, Q2, LinkedIn."""
    text = _without_full_stop(title)
    word = text.partition(" ")[0]
    is_name = any(letter.isupper() or letter.isdigit() for letter in word[1:])
    return text if is_name or not word[:1].isupper() else text[0].lower() + text[1:]


def _join(items: list[str]) -> str:
    if len(items) < 3:
        return " and ".join(items)
    return f"{', '.join(items[:-1])}, and {items[-1]}"

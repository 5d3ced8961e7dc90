"""An objective and its key results as one sentence."""

from collections.abc import Sequence


def statement(objective: str, key_results: Sequence[str]) -> str:
    """ "We will become profitable as measured by a, b, and c."; without key results, only what we will."""
    sentence = f"We will {_inside(objective)}"
    if key_results:
        sentence += f" as measured by {_listed([_inside(title) for title in key_results])}"
    return f"{sentence}."


def _inside(title: str) -> str:
    """A title as part of a sentence: small at the start, but for acronyms, codes and names: IPO, Q2, LinkedIn."""
    text = title.strip().rstrip(".")
    word = text.partition(" ")[0]
    is_name = any(letter.isupper() or letter.isdigit() for letter in word[1:])
    return text if is_name or not word[:1].isupper() else text[0].lower() + text[1:]


def _listed(items: list[str]) -> str:
    if len(items) < 3:
        return " and ".join(items)
    return f"{', '.join(items[:-1])}, and {items[-1]}"

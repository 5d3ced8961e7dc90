"""What holds for the sentence of any objective."""

from hypothesis import given, settings
from hypothesis import strategies as st

from service.objectives.statement import statement

quick = settings(deadline=None, max_examples=100)
words = st.from_regex(r"[A-Za-z]{1,12}( [a-z]{1,8}){0,3}", fullmatch=True)


@quick
@given(st.text(), st.lists(st.text(), max_size=6))
def test_any_titles_make_a_sentence(objective: str, key_results: list[str]) -> None:
    found = statement(objective, key_results)
    assert found.startswith(("We will ", "Our objective: "))
    assert found.endswith(".")
    assert (" as measured by " in found) >= bool(key_results)


@quick
@given(words, st.lists(words, max_size=6), st.sampled_from(["", ".", " ", ". "]))
def test_each_title_is_there_once_and_in_order(objective: str, key_results: list[str], end: str) -> None:
    numbered = [f"{title} #{number}#" for number, title in enumerate([objective, *key_results])]
    found = statement(numbered[0] + end, [title + end for title in numbered[1:]])
    lowered = found.lower()
    assert [lowered.count(title.lower()) for title in numbered] == [1] * len(numbered)
    places = [lowered.index(title.lower()) for title in numbered]
    assert places == sorted(places)
    assert found.endswith(f"#{len(key_results)}#.")
    assert found.count(", and ") == (1 if len(key_results) > 2 else 0)

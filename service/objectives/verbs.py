"""Whether a goal's title begins with a verb: the verbs that goals begin with, and what tells them from nouns."""

import re

_VERBS = """
    abolish accelerate achieve acquire activate adapt add adopt advance align answer appoint assess attain
    attract audit automate avoid balance baseline be become begin boost break bring broaden build buy calculate
    capture carry celebrate certify change clarify clean clear close coach collect commission communicate
    compare complete conduct connect consolidate contain convert coordinate count create cultivate cut
    decarbonise decarbonize decide decrease deepen define delight deliver demonstrate deploy design determine
    develop digitise digitize diversify do document double draft drive drop earn educate eliminate embed enable
    encourage end engage enhance enlarge ensure enter equip eradicate establish evaluate expand experience
    explore extend file fill find finish fix foster free fund gain gather generate get give go grow guarantee
    halve hand have help hire hit hold host identify implement improve increase inform innovate inspire install
    integrate introduce invest invite join keep know land launch lead learn let lift light limit listen localise
    localize look lower maintain make manage map master maximise maximize measure meet merge migrate minimise
    minimize modernise modernize motivate move negotiate obtain offer onboard open operate optimise optimize
    organise organize outperform own partner pass pay penetrate perform phase pilot plan plant play prepare
    prevent produce promote protect prototype prove provide publish purchase put quadruple qualify quantify
    raise ramp reach rebuild recognise recognize record recruit recycle redesign reduce refine reform reinforce
    release relocate remain remove renew renovate repair replace reply report require rescue resolve respond
    restore restructure retain retire return reuse review revise rewrite roll run save scale secure select sell
    send serve set settle shape share shave shift ship shorten show shrink simplify slash sleep solve source
    speed spend sponsor stabilise stabilize standardise standardize start stay stop streamline strengthen submit
    succeed support survey sustain switch take target teach test thrive tidy track train transform transition
    translate treat trial triple turn understand unify unite unlock update upgrade use vaccinate validate verify
    visit volunteer welcome widen win work write
"""
_MAY_BE_NOUNS = """
    answer audit balance baseline change count cut decrease design document drop experience file fund gain hand
    help increase land launch lead light limit look map master measure move offer order partner pass pay pilot
    plan plant play produce prototype record release repair reply report return review run sale scale share
    shift show sleep source speed start stop support survey switch target test track train transition trial turn
    update upgrade use visit volunteer win work
"""
# After a word that may be a noun too, these say that it was one: "Cost of sales", "Win rate", "Support is quick".
_AFTER_NOUNS = """
    capacity cost costs count coverage cycle date days efficiency index level levels margin number of per points
    price quality quota rate rates ratio readiness revenue score scores share size speed status ticket tickets
    time times turnover value volume
"""
VERBS, MAY_BE_NOUNS, AFTER_NOUNS = (frozenset(words.split()) for words in (_VERBS, _MAY_BE_NOUNS, _AFTER_NOUNS))
# These can be had "in" something, and their verbs need an object: "Increase in sales".
AMOUNTS = frozenset({"balance", "change", "cut", "decrease", "drop", "gain", "increase"})
FINITE = frozenset(
    {"is", "are", "was", "were", "has", "have", "must", "should", "shall", "can", "will", "may"}
    | {"stays", "stay", "remains", "remain", "falls", "rises"}
)
# A subject and its verb stand at the very beginning: "Volunteer hours are to go up".
MAX_SUBJECT_WORDS = 2
WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")


def begins_with_verb(text: str) -> bool:
    """Whether the first word is a verb in its plain form, as in "Reduce waste"; not so in "Win rate above 30 %"."""
    words = [word.lower() for word in WORD.findall(text)[: MAX_SUBJECT_WORDS + 1]]
    if not words or words[0] not in VERBS or not text.lower().startswith(words[0]):
        return False
    if words[0] not in MAY_BE_NOUNS:
        return True
    following = next(iter(words[1:]), None)
    is_noun = following in AFTER_NOUNS or (following == "in" and words[0] in AMOUNTS)
    return not is_noun and FINITE.isdisjoint(words[1:])

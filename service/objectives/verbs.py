"""Tells if the title of a goal begins with a verb, by a list of verbs and rules for words that may be nouns."""

import re

_VERBS = """
    abolish accelerate accept accommodate achieve acquire activate adapt add adjust adopt advance aim align
    allow analyse analyze anchor answer apply appoint approve arrange ask assemble assess assist assure attain
    attract audit authorise authorize automate avoid balance baseline be beat become begin benchmark bolster
    boost break bridge bring broaden build buy calculate cancel cap capture carry catch celebrate certify
    champion change choose clarify clean clear close coach collect combine come commission commit communicate
    compare compete compile complete compose concentrate conduct confirm connect conserve consolidate construct
    consult contain continue contribute convert convince cooperate coordinate count craft create crush cultivate
    cure customise customize cut debug decarbonise decarbonize decide decommission decrease dedicate deepen
    defend define delegate delete delight deliver demonstrate deploy design detect determine develop diagnose
    differentiate digitise digitize direct discover distribute ditch diversify divert do document dominate
    donate double draft draw drive drop earn ease educate elevate eliminate embed embrace employ empower enable
    encourage end enforce engage enhance enlarge enrich enrol enroll ensure enter equip eradicate establish
    evaluate examine exceed excel execute expand experience explore expose extend facilitate feed fight file
    fill finalise finalize find finish fit fix flatten focus follow forge form formalise formalize foster free
    fulfil fulfill fund gain gather generate get give go graduate grant greet grow guarantee guard guide halt
    halve hand handle harden harmonise harmonize harness have heal hear help hire hit hold honor honour host
    identify ignite implement impress improve incorporate increase inform infuse innovate inspect inspire
    install integrate intensify interview introduce invent invest investigate invite join justify keep kick know
    land launch lay lead learn lend lessen let leverage lift light limit link listen live localise localize look
    love lower maintain make manage map master match maximise maximize measure meet mentor merge migrate
    minimise minimize mitigate mobilise mobilize modernise modernize monetise monetize monitor motivate move
    nail negotiate notify nurture observe obtain offer offset onboard open operate optimise optimize orchestrate
    organise organize outgrow outline outpace outperform overcome overhaul oversee own partner pass pave pay
    penetrate perfect perform persuade phase pick pilot pioneer plan plant play prepare preserve prevent
    prioritise prioritize produce professionalise professionalize promote propose protect prototype prove
    provide publish pull purchase pursue push put quadruple qualify quantify raise rally ramp reach read realign
    rebalance rebrand rebuild receive reclaim recognise recognize reconcile record recover recreate recruit
    recycle redefine redesign redirect reduce refactor refine reform refresh refurbish regain register rehearse
    reimagine reinforce reinvent relaunch release relieve relocate remain remove renew renovate reopen
    reorganise reorganize repair replace reply report reposition represent require rescue reset reshape resist
    reskill resolve respect respond restore restructure resume retain retire retrain retrofit return reuse
    revamp reverse review revise revitalise revitalize revive reward rewrite roll run safeguard satisfy save
    scale scrap secure see seek seize select sell send separate serve set settle shape share sharpen shave shift
    ship shorten show showcase shrink sign simplify slash sleep slow smooth soften solve sort source spark
    spearhead speed spend split sponsor spread stabilise stabilize stand standardise standardize steady start stay
    steer stem stimulate stop streamline strengthen strike strive submit succeed support surpass surprise survey
    sustain switch synchronise synchronize tackle tailor take target teach tell tend test thank think thrive
    tidy tighten top trace track train transform transition translate treat trial trigger trim triple try tune
    turn uncover understand unify unite unleash unlock update upgrade uphold upskill use utilise utilize
    vaccinate validate verify visit volunteer walk weave weigh welcome widen win wipe withdraw work wow wrap
    write
"""
_MAY_BE_NOUNS = """
    aim answer audit balance baseline benchmark bridge cap catch champion change count cure cut decrease design
    document draw drop ease experience file fit focus form fund gain grant guard guide hand help increase land
    launch lead light limit link look love map master match measure mentor monitor move offer offset order
    outline partner pass pay pick pilot plan plant play produce prototype push rally record register release
    repair reply report reset respect return reverse review reward run sale scale share shift show sign sleep
    sort source spark speed split spread stand start stop strike support surprise survey switch target test top
    trace track train transition trial trigger try turn update upgrade use visit volunteer walk win work
"""
# A word that may be a noun is one before these: "Cost of sales", "Win rate".
_AFTER_NOUNS = """
    capacity cost costs count coverage cycle date days efficiency index level levels margin number of per points
    price quality quota rate rates ratio readiness revenue score scores share size speed status ticket tickets
    time times turnover value volume
"""
VERBS, MAY_BE_NOUNS, AFTER_NOUNS = (frozenset(words.split()) for words in (_VERBS, _MAY_BE_NOUNS, _AFTER_NOUNS))
# These are nouns before "in": "Increase in sales".
AMOUNTS = frozenset({"balance", "change", "cut", "decrease", "drop", "gain", "increase"})
FINITE = frozenset(
    {"is", "are", "was", "were", "has", "have", "must", "should", "shall", "can", "will", "may"}
    | {"stays", "stay", "remains", "remain", "falls", "rises"}
)
# A finite verb after at most so many words makes them the subject: "Volunteer hours are to go up".
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

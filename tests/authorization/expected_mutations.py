"""Who may make which change. Read it as a table; a mutation without a line fails the tests."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from tests.authorization.actors import Account, Actor, is_visible_to, may_check_in, may_edit

OK = "OK"
# On behalf of somebody else, and of a check-in that somebody else has made, as here.
AUTHOR_FORBIDDEN, CHECK_IN_OF_OTHERS = "AUTHOR_FORBIDDEN", "CHECK_IN_OF_OTHERS"
OF_AUTHORS = ("checkInCorrect", "checkInWithdraw", "initiativeCheckInCorrect", "initiativeCheckInWithdraw")


class Mutation(NamedTuple):
    """What a mutation needs besides a role that may change.

    `edits`: it changes a goal or what belongs to one; `checks_in`: contributors may, too. `sees`: it refers to goals
    besides. `needs` is the least role, and `otherwise` what others come to. `denied` is what it comes to on goals that
    one sees and may not edit, and `done` where it is allowed. `area` is that of the scope that an API key needs.
    """

    area: str
    edits: bool = False
    sees: bool = False
    needs: str = "MEMBER"
    otherwise: str = "FORBIDDEN"
    denied: str = "NOT_EDITABLE"
    done: str = OK
    checks_in: bool = False


CHECK_IN = Mutation("GOALS", edits=True, checks_in=True)
MEASURE = Mutation("KPIS", edits=True, checks_in=True)
EDIT_GOALS, EDIT_KPIS = Mutation("GOALS", edits=True), Mutation("KPIS", edits=True)
ADMINISTER_GOALS, ADMINISTER_PEOPLE = Mutation("GOALS", needs="ADMIN"), Mutation("PEOPLE", needs="ADMIN")
# Everybody manages own keys, and administrators those of others, as here: to nobody else does such a key exist.
KEYS_OF_OTHERS = Mutation("API_KEYS", needs="ADMIN", otherwise="NOT_FOUND")
CREATE_KEYS = Mutation("API_KEYS", needs="ADMIN")
KEYS = (KEYS_OF_OTHERS, CREATE_KEYS)
# As here: of somebody else, on a goal. It exists to those only who may share the goal.
SHARES_OF_OTHERS = Mutation("SHARE_TOKENS", edits=True, otherwise="NOT_FOUND", denied="NOT_FOUND")
# Only an OWNER comes as far as the name, which is another one here.
DELETE_ORGANIZATION = Mutation("WORKSPACE", needs="OWNER", done="ORGANIZATION_NAME_MISMATCH")
OF_GOALS = ("participantAdd", "participantRemove")
ROLES = ("VIEWER", "MEMBER", "ADMIN", "OWNER")

MUTATIONS: dict[str, Mutation] = {
    "alignmentReorder": EDIT_GOALS,
    "alignmentUpdate": EDIT_GOALS,
    "apiKeyCreate": CREATE_KEYS,
    "apiKeyRevoke": KEYS_OF_OTHERS,
    "apiKeyRotate": KEYS_OF_OTHERS,
    "checkInCorrect": CHECK_IN,
    "checkInWithdraw": CHECK_IN,
    "checkInsRecord": CHECK_IN,
    "cycleActivate": ADMINISTER_GOALS,
    "cycleArchive": ADMINISTER_GOALS,
    "cycleBeginClosing": ADMINISTER_GOALS,
    "cycleCarryOver": EDIT_GOALS,
    "cycleClose": ADMINISTER_GOALS,
    "cycleCreate": ADMINISTER_GOALS,
    "cycleExtend": ADMINISTER_GOALS,
    "cycleReopen": ADMINISTER_GOALS,
    "cycleRestore": ADMINISTER_GOALS,
    "cycleUpdate": ADMINISTER_GOALS,
    "cyclesSchedule": ADMINISTER_GOALS,
    "initiativeArchive": EDIT_GOALS,
    "initiativeCheckInCorrect": CHECK_IN,
    "initiativeCheckInWithdraw": CHECK_IN,
    "initiativeCheckInsRecord": CHECK_IN,
    "initiativeCreate": Mutation("GOALS"),
    "initiativeLink": EDIT_GOALS,
    "initiativeRestore": EDIT_GOALS,
    "initiativeUnlink": EDIT_GOALS,
    "initiativeUpdate": EDIT_GOALS,
    "keyResultArchive": EDIT_GOALS,
    "keyResultCheckIn": CHECK_IN,
    "keyResultCreate": EDIT_GOALS,
    "keyResultLinkKpi": EDIT_GOALS,
    "keyResultReorder": EDIT_GOALS,
    "keyResultRestore": EDIT_GOALS,
    "keyResultScore": EDIT_GOALS,
    "keyResultUnlinkKpi": EDIT_GOALS,
    "keyResultUpdate": EDIT_GOALS,
    "keyResultsArchive": EDIT_GOALS,
    "keyResultsRestore": EDIT_GOALS,
    "keyResultsUpdate": EDIT_GOALS,
    "keyResultsUpsert": EDIT_GOALS,
    "kpiArchive": EDIT_KPIS,
    "kpiCreate": Mutation("KPIS", sees=True),
    "kpiMeasurementsDelete": MEASURE,
    "kpiMeasurementsRecord": MEASURE,
    "kpiRestore": EDIT_KPIS,
    "kpiTargetArchive": EDIT_KPIS,
    "kpiTargetCreate": EDIT_KPIS,
    "kpiTargetRestore": EDIT_KPIS,
    "kpiTargetUpdate": EDIT_KPIS,
    "kpiUpdate": EDIT_KPIS,
    "kpisArchive": EDIT_KPIS,
    "kpisRestore": EDIT_KPIS,
    "kpisUpdate": EDIT_KPIS,
    "kpisUpsert": Mutation("KPIS", sees=True),
    "linkArchive": EDIT_GOALS,
    "linkCreate": EDIT_GOALS,
    "linkRestore": EDIT_GOALS,
    "linkUpdate": EDIT_GOALS,
    "milestoneArchive": EDIT_GOALS,
    "milestoneCreate": EDIT_GOALS,
    "milestoneReorder": EDIT_GOALS,
    "milestoneRestore": EDIT_GOALS,
    "milestoneUpdate": EDIT_GOALS,
    "objectiveAlign": EDIT_GOALS,
    "objectiveArchive": EDIT_GOALS,
    "objectiveCheckIn": CHECK_IN,
    "objectiveCreate": Mutation("GOALS"),
    "objectiveDuplicate": Mutation("GOALS", sees=True),
    "objectiveMove": EDIT_GOALS,
    "objectiveReorder": EDIT_GOALS,
    "objectiveRestore": EDIT_GOALS,
    "objectiveScore": EDIT_GOALS,
    "objectiveUnalign": EDIT_GOALS,
    "objectiveUpdate": EDIT_GOALS,
    "objectivesAlign": EDIT_GOALS,
    "objectivesArchive": EDIT_GOALS,
    "objectivesMove": EDIT_GOALS,
    "objectivesRestore": EDIT_GOALS,
    "objectivesUpdate": EDIT_GOALS,
    "objectivesUpsert": Mutation("GOALS"),
    "organizationDelete": DELETE_ORGANIZATION,
    "organizationUpdate": ADMINISTER_PEOPLE,
    "participantAdd": EDIT_GOALS,
    "participantRemove": EDIT_GOALS,
    "personArchive": ADMINISTER_PEOPLE,
    "personCreate": ADMINISTER_PEOPLE,
    "personErase": ADMINISTER_PEOPLE,
    "personRestore": ADMINISTER_PEOPLE,
    "personUpdate": ADMINISTER_PEOPLE,
    "pillarArchive": ADMINISTER_GOALS,
    "pillarCreate": ADMINISTER_GOALS,
    "pillarRestore": ADMINISTER_GOALS,
    "pillarUpdate": ADMINISTER_GOALS,
    "serviceAccountArchive": ADMINISTER_PEOPLE,
    "serviceAccountCreate": ADMINISTER_PEOPLE,
    "serviceAccountRestore": ADMINISTER_PEOPLE,
    "serviceAccountUpdate": ADMINISTER_PEOPLE,
    "shareTokenCreate": Mutation("SHARE_TOKENS", edits=True),
    "shareTokenRevoke": SHARES_OF_OTHERS,
    "teamArchive": ADMINISTER_PEOPLE,
    "teamCreate": ADMINISTER_PEOPLE,
    "teamJoin": ADMINISTER_PEOPLE,
    "teamLeave": ADMINISTER_PEOPLE,
    "teamRestore": ADMINISTER_PEOPLE,
    "teamUpdate": ADMINISTER_PEOPLE,
    "workspaceImport": Mutation("WORKSPACE", needs="ADMIN"),
}


def area_of(mutation: str, input: Mapping[str, Any]) -> str:
    """The area of the scope that a mutation needs; of participants that of their goal."""
    return "KPIS" if mutation in OF_GOALS and "kpiId" in input else MUTATIONS[mutation].area


def outcome_of_account(
    mutation: str, input: Mapping[str, Any], account: Account, visibility: str, member_editing: str
) -> str:
    """As `outcome`, for a service account, by itself or for a person."""
    if f"{area_of(mutation, input)}_WRITE" not in account.held_scopes:
        return "FORBIDDEN"
    # A share token belongs to a person.
    if account.acts_for is None and mutation == "shareTokenCreate":
        return "FORBIDDEN"
    # A key of the person would outlast the service account, and with it one would act as that person alone.
    gets_key = mutation == "apiKeyRotate" or (mutation == "apiKeyCreate" and "personId" in input)
    if MUTATIONS[mutation] in KEYS and (account.acts_for or (gets_key and account.acts_as.role == "ADMIN")):
        return "FORBIDDEN"
    acts_for_others = "ACT_AS" in account.held_scopes
    return outcome(mutation, input, account.acts_as, visibility, member_editing, acts_for_others=acts_for_others)


def outcome(
    mutation: str,
    input: Mapping[str, Any],
    actor: Actor,
    visibility: str,
    member_editing: str,
    *,
    acts_for_others: bool = False,
) -> str:
    """What a mutation comes to on goals of a visibility: OK, or the code of the first error."""
    line = MUTATIONS[mutation]
    checks_in_for_others = acts_for_others or actor.role != "MEMBER"
    if ROLES.index(actor.role) < ROLES.index(line.needs):
        return line.otherwise
    if "authorId" in str(input) and not checks_in_for_others:
        return AUTHOR_FORBIDDEN
    if (line.edits or line.sees) and not is_visible_to(actor, visibility):
        return "NOT_FOUND"
    may = may_check_in if line.checks_in else may_edit
    if line.edits and not may(actor, visibility, member_editing):
        return line.denied
    if mutation in OF_AUTHORS and not checks_in_for_others:
        return CHECK_IN_OF_OTHERS
    return line.done

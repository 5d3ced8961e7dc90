"""What each field of the schema answers to whom. Read it as a table; a field without a line fails the tests."""

from typing import NamedTuple


class Type(NamedTuple):
    """The fields of a type, by what they answer to people who see the object.

    `same` are the same for all of them. `hides` lead to goals and what belongs to them: what is hidden is left out of
    lists and counts, and null. `differs` depend on the viewer in another way, which other tests have. `administrators`
    are refused to everybody else. `area` is that of the scope that an API key needs to read the object, None: none.
    """

    area: str | None
    same: str = ""
    hides: str = ""
    differs: str = ""
    administrators: str = ""

    @property
    def fields(self) -> list[str]:
        """The names of all fields."""
        return " ".join((self.same, self.hides, self.differs, self.administrators)).split()


# An object that belongs to a goal is hidden with it, some are hidden from all but administrators, and all others are
# seen by everybody of the organization.
OF_GOALS = (
    *("Alignment", "CheckIn", "KeyResult", "Kpi", "KpiLink", "KpiMeasurement", "KpiTarget", "Milestone", "Objective"),
    *("CarryOver", "Event", "Initiative", "InitiativeCheckIn", "Link", "Participant"),
)
OF_ADMINISTRATORS = ("AuditEvent",)
OF_ALL = (
    *(
        "Cycle",
        "Membership",
        "Organization",
        "Person",
        "Pillar",
        "ServiceAccount",
        "StatusPolicy",
    ),
    "Team",
)
NODES = (*OF_GOALS, *OF_ADMINISTRATORS, *OF_ALL)

TYPES: dict[str, Type] = {
    "Alignment": Type(
        "GOALS",
        same=(
            "archivedAt createdAt externalId id isPrimary kind objective parent parentKeyResult position "
            "updatedAt version weight"
        ),
    ),
    "CarryOver": Type(
        "GOALS",
        same="cycle decidedAt decision id keyResult objective",
        hides="successor successorKeyResult",
    ),
    "CheckIn": Type(
        "GOALS",
        same="at author confidence externalId id invalidSince isWithdrawal keyResult note objective recordedAt "
        "recorder replacedBy replaces serviceAccount status value",
    ),
    "AuditEvent": Type(
        "AUDIT",
        same=(
            "actor apiKey clientAddress code details id kind occurrences recordedAt requestId serviceAccount subject "
            "subjectId subjectType"
        ),
    ),
    "Cycle": Type(
        "GOALS",
        same=(
            "checkInCadence "
            "activatedAt activation allowsDatesOutside archivedAt children createdAt elapsed endsAt endsOn "
            "externalId id kind name parent retrospective startsAt startsOn state statusPolicy updatedAt version"
        ),
        hides="objectives",
    ),
    "Event": Type(
        "EVENTS",
        same="actor id objective reason recordedAt requestId serviceAccount subject subjectId subjectType verb",
        hides="changes",
    ),
    "Initiative": Type(
        "GOALS",
        same=(
            "archivedAt checkInHistory checkIns createdAt description dueOn externalId id latestCheckIn links owner "
            "participants progress startsOn state team title updatedAt version visibility"
        ),
        hides="keyResults",
        differs="viewerCan",
    ),
    "InitiativeCheckIn": Type(
        "GOALS",
        same="at author externalId id initiative invalidSince isWithdrawal note progress recordedAt recorder "
        "replacedBy replaces serviceAccount state",
    ),
    "KeyResult": Type(
        "GOALS",
        same=(
            "checkInCadence effectiveCheckInCadence "
            "archivedAt baseline carryOvers changeBy changedAt checkInHistory checkIns confidence createdAt "
            "currency current "
            "description displayDecimals due dueAt externalId guardrailBreached hasData history id "
            "isPastDue kind "
            "latestCheckIn lifecycle links lower milestones mode nextCheckInDueAt objective originalTarget owner pace "
            "position progress progressRaw progressReason proposedScore regressed retrospective score scoreBand "
            "scoreReason scoreWaiver staleness start startsAt status statusDiverges statusPolicy statusReason "
            "target title unit unitKind updatedAt upper valueSource version weight"
        ),
        hides="carriedFrom carriedTo incomingAlignments initiatives kpiLinks sourceKpi",
        differs="hiddenContributors viewerCan",
    ),
    "Kpi": Type(
        "KPIS",
        same=(
            "aggregation archivedAt attainment category change changePerPeriod changeRatio changedAt createdAt "
            "cumulative currency current currentLabel currentPeriodStart currentReason definition direction "
            "displayDecimals externalId forecast formula frequency freshness graceDays id indicator isStale links "
            "measurements missingPeriods name nextMeasurementDueAt owner participants perspective previous "
            "revisions scale series source status statusReason target targetLabel targetLower targetUpper targets "
            "team timeZone trend unit unitKind updatedAt valueType varianceToTarget version visibility weight"
        ),
        hides="children keyResults objectives parent",
        differs="viewerCan",
    ),
    "KpiLink": Type(
        "GOALS",
        same="archivedAt createdAt externalId id keyResult kpi role version",
    ),
    "KpiMeasurement": Type(
        "KPIS",
        same=(
            "author endsOn expectedInputCount id inputCount kpi nullReason partialValue reason recordedAt "
            "revisionNumber revisions source startsOn value"
        ),
    ),
    "KpiTarget": Type(
        "KPIS",
        same=(
            "amber archivedAt createdAt endsOn externalId green id kpi lower startsOn thresholdKind updatedAt "
            "upper value version"
        ),
    ),
    "Link": Type(
        "GOALS",
        same="archivedAt createdAt externalId id initiative keyResult kpi objective system title updatedAt url version",
    ),
    "Membership": Type(
        "PEOPLE",
        same="createdAt id person role team",
    ),
    "Milestone": Type(
        "GOALS",
        same="archivedAt createdAt doneAt externalId id keyResult position title updatedAt version weight",
    ),
    "Objective": Type(
        "GOALS",
        same=(
            "checkInCadence effectiveCheckInCadence "
            "archivedAt carryOvers changedAt checkInHistory checkIns confidence coverage createdAt cycle description "
            "due dueAt expectedScore externalId finalScore history id isPastDue keyResults kind latestCheckIn level "
            "lifecycle links needsPostmortem nextCheckInDueAt owner pace participants perspective pillar position "
            "progress progressRaw progressReason progressSource proposedScore retrospective score scoreBand "
            "scoreReason "
            "scoreWaiver staleness start startsAt statement status statusDiverges statusPolicy statusReason "
            "statusSource team title updatedAt version visibility"
        ),
        hides=(
            "ancestors carriedFrom carriedTo children descendants events incomingAlignments kpis outgoingAlignments "
            "parents"
        ),
        differs="hiddenContributors overdueBelow shareTokens viewerCan",
    ),
    "Organization": Type(
        None,
        same=(
            "checkInWeekday "
            "atRiskPace checkInCadenceDays createdAt fiscalYearStartMonth id memberEditing name onTrackPace "
            "statusPolicies timeZone updatedAt version"
        ),
        administrators="apiKeys shareTokens",
    ),
    "Participant": Type(
        "GOALS",
        same="createdAt endedAt id initiative kpi objective person role team",
    ),
    "Person": Type(
        "PEOPLE",
        same=(
            "archivedAt avatarUrl color createdAt email erasedAt externalId id locale memberships "
            "name role "
            "timeZone updatedAt version"
        ),
        hides="initiatives objectives",
    ),
    "Pillar": Type(
        "GOALS",
        same="archivedAt createdAt description externalId id name updatedAt version",
        hides="objectives",
    ),
    "ServiceAccount": Type(
        "PEOPLE",
        same="archivedAt createdAt externalId id name role updatedAt version",
    ),
    "StatusPolicy": Type(
        "GOALS",
        same=(
            "atRiskPace author checkInCadenceDays checkInWeekday id number onTrackPace reason serviceAccount validFrom"
        ),
    ),
    "Team": Type(
        "PEOPLE",
        same=(
            "checkInCadence archivedAt avatarUrl color createdAt externalId id locale memberships name parent subteams "
            "timeZone updatedAt version"
        ),
        hides="initiatives objectives",
    ),
    "GoalHistoryPoint": Type(
        "GOALS",
        same="at confidence current endsOn progress startsOn status statusReason target",
    ),
    "ApiKey": Type(
        "API_KEYS",
        same="createdAt expiresAt id lastUsedAt name person replaces revokedAt scopes serviceAccount",
    ),
    "CycleActivity": Type(
        "GOALS",
        differs="activeOwnerCount activeOwners checkInRate expectedCount metCount ownerCount owners participation",
    ),
    "CycleKeyResultCounts": Type(
        "GOALS",
        differs="confidence count greenShare keyResults meanConfidence overdueCount scoreBands staleness statuses",
    ),
    "CycleObjectiveCounts": Type(
        "GOALS",
        differs=(
            "alignment alignmentRate confidence count greenShare kinds meanConfidence objectives overdueCount "
            "scoreBands staleness statuses"
        ),
    ),
    "CycleReport": Type(
        "GOALS",
        same="cycle",
        differs="activity groups keyResults objectives",
    ),
    "CycleReportGroup": Type(
        "GOALS",
        differs="activity by keyResults kind level objectives owner pillar team",
    ),
    "KeyResultConfidenceCount": Type(
        "GOALS",
        differs="count level keyResults",
    ),
    "KeyResultScoreBandCount": Type(
        "GOALS",
        differs="band count keyResults",
    ),
    "KeyResultStalenessCount": Type(
        "GOALS",
        differs="count keyResults staleness",
    ),
    "KeyResultStats": Type(
        "GOALS",
        differs=(
            "by count cycle greenShare keyResults kind level meanConfidence meanProgress medianProgress overdueCount "
            "owner perspective pillar staleness status statuses team"
        ),
    ),
    "KeyResultStatusCount": Type(
        "GOALS",
        differs="count keyResults overdueCount overdueKeyResults status",
    ),
    "ObjectiveConfidenceCount": Type(
        "GOALS",
        differs="count level objectives",
    ),
    "ObjectiveScoreBandCount": Type(
        "GOALS",
        differs="band count objectives",
    ),
    "ObjectiveStalenessCount": Type(
        "GOALS",
        differs="count objectives staleness",
    ),
    "ObjectiveStatusCount": Type(
        "GOALS",
        differs="count objectives overdueCount overdueObjectives status",
    ),
    "ObjectiveAlignmentCount": Type(
        "GOALS",
        differs="count objectives state",
    ),
    "ObjectiveKindCount": Type(
        "GOALS",
        differs="count kind meanScore objectives portfolioFlag postmortemCount postmortemObjectives scoredCount",
    ),
    "GoalDate": Type("GOALS", same="granularity on"),
    "GoalPermissions": Type(
        "PEOPLE",
        differs="archive checkIn edit share",
    ),
    "GoalStatusCount": Type(
        "GOALS",
        differs="count overdueCount status",
    ),
    "GoalStatusReport": Type(
        "GOALS",
        differs="counts greenShare overdueCount total",
    ),
    "GoalStats": Type(
        "GOALS",
        differs=(
            "by count cycle greenShare kind level meanConfidence meanProgress medianProgress objectives overdueCount "
            "owner perspective pillar staleness status statuses team"
        ),
    ),
    "HiddenContributors": Type(
        "GOALS",
        differs="contribution count weight",
    ),
    "KpiCategoryCounts": Type(
        "KPIS",
        differs="amber category coverage green noData noTarget overdueCount red score total",
    ),
    "KpiForecast": Type(
        "KPIS",
        same="confidenceLevel lowerBound method reason requiredPerPeriod sampleSize target upperBound value",
    ),
    "KpiMeasurementRevision": Type(
        "KPIS",
        same="author nullReason reason recordedAt revisionNumber source startsOn value",
    ),
    "KpiPerspectiveCounts": Type(
        "KPIS",
        differs="amber coverage green noData noTarget overdueCount perspective red score total",
    ),
    "KpiScorecard": Type(
        "KPIS",
        differs=(
            "amber categories coverage green kpis largestChanges needsAttention noData noTarget overdueCount "
            "perspectives red score teams total"
        ),
    ),
    "KpiSeriesBucket": Type(
        "KPIS",
        same=(
            "attainment count coverage endsOn expectedCount expectedInputCount inputCount isComplete isRunning "
            "nullReason partialValue startsOn status statusReason target targetLower targetUpper value "
            "varianceToTarget"
        ),
    ),
    "KpiStats": Type(
        "KPIS",
        differs=("by category count coverage freshness kpis overdueCount owner perspective score status statuses team"),
    ),
    "KpiStatusCount": Type(
        "KPIS",
        differs="count overdueCount status",
    ),
    "KpiTeamCounts": Type(
        "KPIS",
        differs="amber coverage green noData noTarget overdueCount red score team total",
    ),
    "Permission": Type(
        "PEOPLE",
        differs="allowed denial",
    ),
    # Found by those only who made it, who may share its objective, and administrators; its objective as it is visible.
    "ShareToken": Type(
        "SHARE_TOKENS",
        same="createdAt creator expiresAt id kpiFilter lastUsedAt name revokedAt showsNames",
        hides="objective",
    ),
    "Viewer": Type(
        None,
        differs="apiKeys id organization person role scopes serviceAccount share shareTokens",
    ),
    "Query": Type(
        None,
        same=(
            "currentCycle cycle cycles organization people person pillar pillars serviceAccount serviceAccounts team "
            "teams cyclesByExternalIds peopleByExternalIds pillarsByExternalIds serviceAccountsByExternalIds "
            "teamsByExternalIds"
        ),
        hides=(
            "activity alignment checkIn checkInsDue events initiative initiativeCheckIn initiatives keyResult "
            "keyResults kpi kpiLink kpiTarget kpis link links measurementsDue needsAttention "
            "milestone node nodes objective objectives alignmentsByExternalIds checkInsByExternalIds "
            "initiativeCheckInsByExternalIds initiativesByExternalIds keyResultsByExternalIds kpiLinksByExternalIds "
            "kpiTargetsByExternalIds kpisByExternalIds milestonesByExternalIds objectivesByExternalIds"
        ),
        differs=(
            "cycleReport goalStats keyResultStats keyResultStatusReport kpiScorecard kpiStats objectiveStatusReport "
            "viewer"
        ),
        administrators="auditEvents",
    ),
    "ActivityChange": Type("EVENTS", same="after before field", hides="afterNode beforeNode"),
    "ActivityEntry": Type(
        "EVENTS",
        same="actor at checkIn id objective reason serviceAccount subject subjectType type",
        hides="changes",
    ),
    "AttentionEntry": Type("GOALS", same="dueAt reasons subject"),
    "CheckInCadence": Type(None, same="days weekday"),
    "CheckInDue": Type("GOALS", same="dueAt keyResult objective overdueAt owner staleness"),
    "KpiMeasurementDue": Type("KPIS", same="dueAt freshness kpi owner"),
    "PageInfo": Type(None, same="endCursor hasNextPage hasPreviousPage startCursor"),
    "UserError": Type(None, same="code field message parameters"),
    "ObjectiveDescendantConnection": Type("GOALS", hides="edges nodes pageInfo totalCount totalCountIsExact"),
    "ObjectiveDescendantEdge": Type("GOALS", same="cursor depth node parent"),
}

# Pages of lists: the connection and the edge of each. Hidden rows are in none, and are not counted.
PAGED = {
    "ActivityEntry": "EVENTS",
    "Alignment": "GOALS",
    "ApiKey": "API_KEYS",
    "AttentionEntry": "GOALS",
    "AuditEvent": "AUDIT",
    "CheckIn": "GOALS",
    "CheckInDue": "GOALS",
    "Cycle": "GOALS",
    "Event": "EVENTS",
    "Initiative": "GOALS",
    "InitiativeCheckIn": "GOALS",
    "KeyResult": "GOALS",
    "Kpi": "KPIS",
    "KpiMeasurement": "KPIS",
    "KpiMeasurementRevision": "KPIS",
    "Link": "GOALS",
    "Objective": "GOALS",
    "Person": "PEOPLE",
    "Pillar": "GOALS",
    "ServiceAccount": "PEOPLE",
    "ShareToken": "SHARE_TOKENS",
    "StatusPolicy": "GOALS",
    "Team": "PEOPLE",
}
for name, area in PAGED.items():
    TYPES[f"{name}Connection"] = Type(area, hides="edges nodes pageInfo totalCount totalCountIsExact")
    TYPES[f"{name}Edge"] = Type(area, same="cursor node")

# Results of mutations: the object as the viewer sees it, and errors.
PAYLOADS = {
    "CycleCarryOverPayload": Type(
        "GOALS", hides="results", same="abandoned applied created refused unchanged userErrors"
    ),
    "CarryOverObjectiveResult": Type(
        "GOALS", hides="objective successor", same="alignments decision index keyResults outcome title"
    ),
    "CarryOverKeyResultResult": Type("GOALS", hides="keyResult successor", same="baseline decision target title"),
    "AlignmentBatchPayload": Type("GOALS", same="isApplied results userErrors"),
    "AlignmentPayload": Type("GOALS", hides="alignment", same="userErrors"),
    "ApiKeyCreatePayload": Type("API_KEYS", same="apiKey key userErrors"),
    "ApiKeyPayload": Type("API_KEYS", same="apiKey userErrors"),
    "CheckInsRecordPayload": Type("GOALS", hides="checkIns", same="userErrors"),
    "CheckInPayload": Type("GOALS", hides="checkIn", same="userErrors"),
    "CyclePayload": Type("GOALS", same="cycle userErrors"),
    "CyclesPayload": Type("GOALS", same="cycles userErrors"),
    "InitiativeCheckInPayload": Type("GOALS", hides="initiativeCheckIn", same="userErrors"),
    "InitiativeCheckInsRecordPayload": Type("GOALS", hides="checkIns", same="userErrors"),
    "InitiativePayload": Type("GOALS", hides="initiative", same="userErrors"),
    "KeyResultPayload": Type("GOALS", hides="keyResult", same="userErrors"),
    "KpiLinkPayload": Type("GOALS", hides="kpiLink", same="userErrors"),
    "KpiMeasurementResult": Type("KPIS", hides="kpi", same="index outcome startsOn userErrors"),
    "KpiMeasurementsPayload": Type("KPIS", hides="kpis", same="changed failed results userErrors"),
    "KpiPayload": Type("KPIS", hides="kpi", same="userErrors"),
    "KpiTargetPayload": Type("KPIS", hides="kpiTarget", same="userErrors"),
    "LinkPayload": Type("GOALS", hides="link", same="userErrors"),
    "MilestonePayload": Type("GOALS", hides="milestone", same="userErrors"),
    "ObjectiveMovePayload": Type("GOALS", hides="alignment objective previousParent", same="userErrors"),
    "KeyResultBatchPayload": Type("GOALS", same="isApplied results userErrors"),
    "KpiBatchPayload": Type("KPIS", same="isApplied results userErrors"),
    "ObjectiveBatchPayload": Type("GOALS", same="isApplied results userErrors"),
    "ObjectivePayload": Type("GOALS", hides="objective", same="userErrors"),
    "KeyResultUpsertPayload": Type("GOALS", hides="keyResult", same="outcome userErrors"),
    "KeyResultsUpsertPayload": Type("GOALS", same="isApplied results userErrors"),
    "KpiUpsertPayload": Type("KPIS", hides="kpi", same="outcome userErrors"),
    "KpisUpsertPayload": Type("KPIS", same="isApplied results userErrors"),
    "ObjectiveUpsertPayload": Type("GOALS", hides="objective", same="outcome userErrors"),
    "ObjectivesUpsertPayload": Type("GOALS", same="isApplied results userErrors"),
    "OrganizationDeletePayload": Type("WORKSPACE", same="deletedId userErrors"),
    "OrganizationPayload": Type("PEOPLE", same="organization userErrors"),
    "ParticipantPayload": Type(None, hides="initiative kpi objective", same="userErrors"),
    "PersonPayload": Type("PEOPLE", same="person userErrors"),
    "PillarPayload": Type("GOALS", same="pillar userErrors"),
    "ServiceAccountPayload": Type("PEOPLE", same="serviceAccount userErrors"),
    "ShareTokenCreatePayload": Type("SHARE_TOKENS", same="shareToken token userErrors"),
    "ShareTokenPayload": Type("SHARE_TOKENS", same="shareToken userErrors"),
    "TeamPayload": Type("PEOPLE", same="team userErrors"),
    "WorkspaceImportPayload": Type(
        "WORKSPACE", administrators="applied created failed results skipped unchanged updated userErrors"
    ),
    "WorkspaceItemResult": Type("WORKSPACE", administrators="externalId index object outcome userErrors"),
}
TYPES |= PAYLOADS

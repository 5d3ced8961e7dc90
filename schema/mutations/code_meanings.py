"""Meanings of the codes of user errors, for whoever has only the schema: what was wrong, and what to do about it.

A message is about one case, and names its values; a meaning is about all of them. Names in angle brackets are those of
the values, as `parameters` has them. A code without a meaning is an error when the service starts.
"""

MEANINGS = {
    "AGGREGATION_NOT_ALLOWED": "Aggregation <aggregation> of a qualitative KPI: labels of a scale have an order and "
    "no distances. Use LAST, MIN or MAX.",
    "ALIGNMENT_LOOP": "Loop of alignments: the parent is the objective itself or is below it already. Choose "
    "another parent.",
    "ARCHIVED": "Archived <thing>, which cannot be changed or referred to. Restore it first.",
    "BASELINE_ZERO": "Baseline of 0 for a change by percent, which would always be 0. Use INCREASE_BY or "
    "DECREASE_BY with an amount.",
    "BLANK": "Empty text in `<name>`. Send at least one character that is not a space.",
    "CADENCE_OUT_OF_RANGE": "Value <days> of `checkInCadenceDays`, outside its range. Send a whole number from "
    "<minimum> to <maximum>.",
    "CHANGE_NOT_POSITIVE": "Value <change> of `changeBy`, which is not above 0. The kind <kind> says the direction "
    "already: send an amount above 0.",
    "CHECK_IN_EMPTY": "Empty check-in. Send a value, a confidence, a status or a note.",
    "CHECK_IN_IMMUTABLE": "External id of a check-in that says something else. A check-in never changes: add "
    "another one under another external id.",
    "CHECK_IN_OUTSIDE_CYCLE": "Date of a check-in outside its cycle or in the future. Send an `at` from <startsAt> "
    "on, before <endsAt> and not later than now.",
    "CONFIDENCE_OUT_OF_RANGE": "Confidence <confidence>, outside its range. Send a fraction from <minimum> to "
    "<maximum>.",
    "CONFLICT": "Conflict: the object has version <version>, and you sent `expectedVersion` <expected>, so it was "
    "changed since you read it. Read it again, check that your change still applies, and send the current version.",
    "CYCLE_DATES_INVERTED": "Last day <endsOn> of a cycle before its first day <startsOn>. Send a first day that is "
    "not after the last one.",
    "CYCLE_DATE_OUT_OF_RANGE": "Day of a cycle outside the years 1900 to 2200. Send a day in these years.",
    "CYCLE_LOOP": "Cycle inside itself: the parent is the cycle, or one of its own parts. Choose another parent.",
    "CYCLE_OUTSIDE_PARENT": "Cycle (<startsOn> to <endsOn>) that reaches outside its parent cycle (<parentStartsOn> "
    "to <parentEndsOn>). Change the days of one of the two, or the parent.",
    "DATE_MISSING": "Measurement without a date, or with two. Send either `on`, a day, or `at`, an instant.",
    "DESTINATION_MISSING": "Move without a destination, or with two. Send either `parentId`, which is null for the "
    "top of the tree, or `parentKeyResultId`.",
    "DIRECTION_MISMATCH": "Target <target> on the wrong side of the baseline <baseline>: the kind <kind> needs a "
    "target <needed> the baseline. Change the target, the baseline or the kind.",
    "DIRECTION_NOT_ALLOWED": "Direction <direction> of a qualitative KPI, whose scale goes from worst to best. Use "
    "HIGHER.",
    "EFFECTIVE_AT_OUT_OF_RANGE": "Time in `effectiveAt` that is in the future, or before the last change, which "
    "holds from <last> on. Send a time between these, or leave it out.",
    "EMAIL_INVALID": "Text `<email>` that is not an email address. Send one such as ada@example.com.",
    "EXTERNAL_ID_DUPLICATE": "External id that an earlier item of the same type in the import has. Send each "
    "external id once for each type.",
    "FISCAL_YEAR_IMMUTABLE": "Change of `fiscalYearStartMonth` while there are measurements of quarterly or yearly "
    "KPIs, which belong to the present fiscal year. Leave the field out.",
    "FISCAL_YEAR_START_MONTH_OUT_OF_RANGE": "Value <month> of `fiscalYearStartMonth`, outside its range. Send a "
    "whole number from <minimum>, January, to <maximum>, December.",
    "FORMULA_INVALID": "Formula that cannot be read at line <line>, column <column>: <problem> Correct it there.",
    "FORMULA_KPI_UNKNOWN": "Name <name> in the formula, at line <line>, column <column>, that no KPI has. Name a "
    "KPI by its external id or its id, in brackets: [sales].",
    "FORMULA_SOURCE_MISMATCH": "Formula without the source FORMULA, or that source without a formula; the source is "
    "<source>. Send both or neither.",
    "FORMULA_TOO_LARGE": "Formula that is too large: <problem> Make it smaller, or split it among several KPIs.",
    "FORMULA_UNIT_MISMATCH": "Units <left> and <right> that do not agree, at line <line>, column <column> of the "
    "formula. Combine KPIs whose units fit, or change the unit of the KPI.",
    "FREQUENCY_NOT_ALLOWED": "Frequency IRREGULAR of a computed KPI, which needs a calendar. Use another frequency.",
    "GRACE_OUT_OF_RANGE": "Value <days> of `graceDays`, outside its range. Send a whole number from 0 to 366.",
    "ID_INVALID": "Value <value> of `<name>`, which is not a UUID. Send one such as "
    "0198c9f0-7a3b-7c11-9d2e-3f4a5b6c7d8e, or leave the field out.",
    "INPUT_QUALITATIVE": "Qualitative KPI <name>, from which another one would be computed: labels of a scale have "
    "an order and no distances. Use quantitative KPIs only.",
    "INPUT_TOO_COARSE": "KPI <name> that is measured <input>, less often than the KPI computed from it "
    "(<frequency>) needs. Give the computed KPI the same frequency or a longer one.",
    "ITEM_DUPLICATE": "Item about the same two objects as an earlier item of the import. Send one item for the two.",
    "ITEM_INVALID": "Item of an import that cannot be read: <problem> Correct the field at fault and send the item "
    "again.",
    "ITEM_LOOP": "Loop of items in an import: the item is inside items that are inside it, or computed from them. "
    "Change the parent or the formula of one of them.",
    "KEY_RESULT_INCOMPLETE": "Key result that is to be ACTIVE without what its kind (<kind>) needs, such as a "
    "target. Send what is missing, or the lifecycle DRAFT.",
    "KIND_NOT_ALLOWED": "Milestone for a key result of kind <kind>. Only key results of kind MILESTONE have "
    "milestones: choose another one, or change its kind.",
    "KPI_COMPUTED": "Measurement for a KPI whose measurements are computed (<source>). Record those of the KPIs "
    "that it is made of.",
    "KPI_DEFINITION_IMMUTABLE": "Change of the KPI's <what> after it has measurements, which would mean something "
    "else then. Create another KPI.",
    "KPI_FORMULA_LOOP": "Loop of KPIs, one of which would be computed from itself: <path> (<where>). Change one of "
    "the formulas.",
    "KPI_MISSING": "Measurement without a KPI, or with two. Send either `kpiId` or `externalId`.",
    "KPI_PARENT_LOOP": "KPI as its own parent, directly or by way of its own children. Choose another parent.",
    "KPI_SOURCE_NOT_ALLOWED": "Source <source> of a qualitative KPI: labels of a scale have an order and no "
    "distances, so they cannot be computed. Use MEASURED.",
    "LABEL_UNKNOWN": "Label <label> that is not on the scale of the KPI. Send one of the scale: <scale>.",
    "LAST_OWNER": "Last OWNER of the organization, who would not be one any more. Give another person the role "
    "OWNER first.",
    "LIMIT_NOT_POSITIVE": "Target <target> that is not above 0, though the mode DISTANCE divides by it. Send a "
    "target above 0, or use another mode.",
    "MEASUREMENT_DUPLICATE": "Second measurement of one KPI for the same period, which begins on <on>. Send one for "
    "each period.",
    "MEASUREMENT_IN_FUTURE": "Measurement for <on>, in a period that has not begun: it is <today> in the KPI's time "
    "zone, <timeZone>. Send it when the period has begun.",
    "MEASUREMENT_TOO_EARLY": "Measurement for <on>, in a period that begins on <startsOn>, before the year <year>. "
    "Send a later day.",
    "MILESTONE_DONE_IN_FUTURE": "Time <doneAt> of `doneAt` in the future. Leave it empty until the milestone is "
    "reached.",
    "MODE_NOT_ALLOWED": "Mode <mode> that does not fit the kind <kind>. Use ADHERENCE with AT_LEAST, AT_MOST or "
    "WITHIN_RANGE, DISTANCE with AT_LEAST or AT_MOST, and LATEST with any kind.",
    "NOT_FOUND": "Missing object: your organization has no <thing> with <knownBy>. Check the id that you sent.",
    "OWNER_REQUIRED": "Change that only an OWNER may make: to give or take away the role OWNER, or to archive or "
    "restore a person who has it. Ask an owner.",
    "PACE_THRESHOLDS_INVERTED": "Pace for AT_RISK (<atRisk>) that is below 0 or above the one for ON_TRACK "
    "(<onTrack>). Send 0 or more for AT_RISK, and no less for ON_TRACK.",
    "PARENT_AMBIGUOUS": "Alignment without a parent, or with two. Send either `parentId` or `parentKeyResultId`.",
    "RANGE_INVERTED": "Lower bound <lower> of a key result above its upper bound <upper>. Send a lower bound that "
    "is not above the upper one.",
    "SCALE_INVALID": "Scale that does not fit the KPI: <problem> Send 2 to 50 different labels, from worst to best, "
    "for a qualitative KPI, and none for a quantitative one.",
    "SOURCE_KPI_MISSING": "Value source KPI without `sourceKpiId`, or a `sourceKpiId` with another value source. "
    "Send both or neither.",
    "SUBJECT_AMBIGUOUS": "Check-in about nothing, or about two goals. Send either `keyResult` or `objective`.",
    "TAKEN": "Value of `<name>` that another object has, possibly an archived one. Send another value, or change "
    "the other object.",
    "TARGET_COMPUTED": "Target of a key result of kind <kind>, which is computed from its baseline and `changeBy`. "
    "Send those instead of `target`.",
    "TARGET_DATES_INVERTED": "Last day <endsOn> of a KPI target before its first day <startsOn>. Send a first day "
    "that is not after the last one.",
    "TARGET_EQUALS_BASELINE": "Target equal to the baseline <baseline>, which leaves nothing to measure. Send "
    "another target, or use the kind AT_LEAST or AT_MOST to hold a level.",
    "TARGET_INCOMPLETE": "Target that does not fit a KPI of direction <direction>. Send <needed> for this direction.",
    "TARGET_OFF_SCALE": "Target <value> of a qualitative KPI that is not on its scale. Send the number of a label: "
    "a whole number from 1, the worst, to <places>.",
    "TARGET_OUT_OF_RANGE": "Target <target>, made of the baseline and `changeBy`, with more than <digits> digits "
    "before the point. Send a smaller change.",
    "TARGET_OVERLAP": "Target of a KPI for days that another target of it covers. End that one first, or send other "
    "days.",
    "TARGET_RANGE_INVERTED": "Lower bound <lower> of a KPI target above its upper bound <upper>. Send a lower bound "
    "that is not above the upper one.",
    "TEAM_LOOP": "Team inside itself: the parent is the team, or one of its own subteams. Choose another parent.",
    "THRESHOLDS_INVERTED": "Threshold `green` (<green>) of a KPI target that is worse than `amber` (<amber>). Send "
    "a `green` that is the better one, or equal.",
    "THRESHOLDS_MISSING": "Thresholds that a KPI target needs and lacks: below 0, where a ratio says nothing, or of "
    "kind ABSOLUTE. Send ABSOLUTE thresholds with `green` and `amber`.",
    "THRESHOLDS_NOT_ALLOWED": "Thresholds for a qualitative KPI, which is GREEN at its target and AMBER one label "
    "below. Leave them out.",
    "TIME_ZONE_UNKNOWN": "Text `<timeZone>` that is not the IANA name of a time zone. Send one such as Europe/Berlin.",
    "TOO_LONG": "Text of <length> characters in `<name>`, where <limit> are allowed. Send a shorter one.",
    "TOO_MANY_ITEMS": "Import of <count> items, where one request may have <limit>. Send several requests, in which "
    "items may refer to earlier ones, or use `okrgraph import` on the command line.",
    "VALUE_COMPUTED": "Value in a check-in on a goal whose value comes from <source>. Leave `value` out, or change "
    "the source.",
    "VALUE_INVALID": "Field of a measurement that cannot be read, such as a text in place of a number: <problem> "
    "Send a value of the right form.",
    "VALUE_MISSING": "Measurement without a value, or with both forms of it. Send either `value` or, of a "
    "qualitative KPI, `label`.",
    "VALUE_OFF_SCALE": "Value <value> of a qualitative KPI that is not on its scale. Send a `label`, or the number "
    "of one: a whole number from 1, the worst, to <places>.",
    "VALUE_OUT_OF_RANGE": "Value <value> in a check-in on <what>, outside its range. Send <allowed>.",
    "VALUE_SOURCE_NOT_ALLOWED": "Value source <source> of a key result of kind <kind>, which does not fit. Send "
    "<allowed>.",
    "WEIGHT_OUT_OF_RANGE": "Weight <weight>, outside its range. Send a number from <minimum>, which is tracked but "
    "not counted, to <maximum>.",
}

"""Why key results are refused."""

from service.errors import Refusal


class ValueSourceNotAllowed(Refusal):
    """A key result of kind {kind} takes its value from {allowed}, not from {source}."""

    meaning = "Value source <source> of a key result of kind <kind>, which does not fit. Send <allowed>."


class SourceKpiMissing(Refusal):
    """A key result whose value source is KPI names that KPI in `sourceKpiId`, and no other one does."""

    meaning = (
        "Value source KPI without `sourceKpiId`, or a `sourceKpiId` with another value source. Send both or neither."
    )


class KeyResultIncomplete(Refusal):
    """The key result lacks what its kind ({kind}) needs, so it can only be a draft."""

    meaning = (
        "Key result that is to be ACTIVE without what its kind (<kind>) needs, such as a target. Send what is "
        "missing, or the lifecycle DRAFT."
    )


class TargetComputed(Refusal):
    """The target of kind {kind} comes from the baseline and `changeBy`; set those instead of `target`."""

    meaning = (
        "Target of a key result of kind <kind>, which is computed from its baseline and `changeBy`. Send those "
        "instead of `target`."
    )


class TargetReasonMissing(Refusal):
    """The cycle is ACTIVE, so a change of the target needs a reason: say in `reason` why it changes."""

    meaning = (
        "Change of the target of a key result without a reason, while its cycle is ACTIVE. Say in `reason` why the "
        "target changes; the reason is kept with the event."
    )


class ObjectiveFixed(Refusal):
    """The key result belongs to another objective, and stays with it. Leave `objectiveId` out, or send that one."""

    meaning = (
        "Objective in `objectiveId` that the key result with this external id does not belong to. A key result stays "
        "with its objective: leave `objectiveId` out, or send the id of that objective."
    )

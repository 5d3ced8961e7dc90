"""Enums of the report on a cycle."""

from schema.descriptions.enums import describe_enum
from service.alignment.states import AlignmentState
from service.cycles.scores import PortfolioFlag
from service.rollup.cycle_report import ConfidenceLevel, ReportDimension

describe_enum(
    ReportDimension,
    "Dimension by which the goals of a cycle report are grouped.",
    name="CycleReportDimension",
    TEAM="Groups by the team of the objective.",
    LEVEL="Groups by the level of the objective.",
    PILLAR="Groups by the pillar of the objective.",
    KIND="Groups by the kind of the objective: ASPIRATIONAL, COMMITTED or LEARNING.",
    OWNER="Groups by owner. A key result without an owner of its own is in the group of the owner of its objective.",
)
describe_enum(
    ConfidenceLevel,
    "Level of the confidence of a goal (an objective or a key result): the third of the range from 0 to 1 that it is "
    "in. A boundary belongs to the higher level.",
    LOW="Confidence in the lowest third of the range: below 1/3.",
    MEDIUM="Confidence from 1/3 on and below 2/3.",
    HIGH="Confidence in the highest third of the range: from 2/3 on.",
    NONE="No confidence, since nobody has stated one.",
)
describe_enum(
    AlignmentState,
    "State of the alignment of an objective: tells if it serves another objective.",
    ALIGNED="Objective that serves at least one objective in force which the viewer sees, or a key result of one.",
    UNALIGNED="Objective of the level TEAM or INDIVIDUAL that serves none.",
    TOP="Objective of the level COMPANY, which need not serve another one.",
)
describe_enum(
    PortfolioFlag,
    "Flag on the mean score of ASPIRATIONAL objectives: tells how ambitious they were.",
    SANDBAGGING="Mean score above 0.85: the objectives were too easy.",
    OVERREACH="Mean score below 0.4: the objectives were out of reach.",
)

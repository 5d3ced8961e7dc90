"""The named operations by hand: one statement each that returns the data of the response as JSON.

$1 is the organization and $2 the variables of the request. Without a statement is `key-result-history`: what was known
at the end of each week follows from revisions, status policies and cadences, which the service replays. So is
`weekly-check-in-record`: the application by hand knows only recorded changes of single objects.
"""

from bench.documents.screen_statements.due import NOT_CHECKED_IN, WEEKLY_CHECK_IN
from bench.documents.screen_statements.kpi_dashboard import KPI_DASHBOARD
from bench.documents.screen_statements.my_goals import MY_GOALS
from bench.documents.screen_statements.needs_attention import NEEDS_ATTENTION
from bench.documents.screen_statements.objective_page import OBJECTIVE_PAGE
from bench.documents.screen_statements.overdue import OVERDUE
from bench.documents.screen_statements.person_page import PERSON_PAGE
from bench.documents.screen_statements.quarter_report import QUARTER_REPORT
from bench.documents.screen_statements.search import SEARCH
from bench.documents.screen_statements.settings import SETTINGS
from bench.documents.screen_statements.team_board import TEAM_BOARD
from bench.documents.screen_statements.team_feed import TEAM_FEED
from bench.documents.screen_statements.tree import COMPANY_TREE, COMPANY_TREE_BRANCH

STATEMENTS = {
    "company-tree": COMPANY_TREE,
    "company-tree-branch": COMPANY_TREE_BRANCH,
    "kpi-dashboard": KPI_DASHBOARD,
    "my-goals": MY_GOALS,
    "needs-attention": NEEDS_ATTENTION,
    "not-checked-in": NOT_CHECKED_IN,
    "objective-page": OBJECTIVE_PAGE,
    "overdue": OVERDUE,
    "person-page": PERSON_PAGE,
    "quarter-report": QUARTER_REPORT,
    "search": SEARCH,
    "settings": SETTINGS,
    "team-board": TEAM_BOARD,
    "team-feed": TEAM_FEED,
    "weekly-check-in": WEEKLY_CHECK_IN,
}

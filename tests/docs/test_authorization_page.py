"""The tables of docs/authorization.md are those of the decisions, which the matrix of tests/authorization confirms."""

from service.people.permissions import ACTIONS_BY_ROLE, MemberEditing
from service.values.visibility import Visibility
from tests.authorization.actors import ACTORS, is_visible_to, may_check_in, may_edit
from tests.docs.authorization_tables import PAGE, RELATIONS, Relation, cell
from tests.docs.write import PARTS, written

# How the cast of the matrix is called on the page.
NAMES = {
    "viewer": "VIEWER",
    "reading viewer": "VIEWER that is a reader, or whose team is one",
    "owning viewer": "VIEWER that is owner",
    "outsider": "MEMBER",
    "owner": "MEMBER that is owner",
    "co-owner": "MEMBER that is co-owner",
    "contributor": "MEMBER that is a contributor, or whose team is one",
    "follower": "MEMBER that is a follower",
    "reader": "MEMBER that is a reader, or whose team is one",
    "reader by a team": "MEMBER that is a reader, or whose team is one",
    "lead": "MEMBER that leads the team",
    "lead above": "MEMBER that leads a team above",
    "lead below": "MEMBER in a team below, or leads one",
    "member of the team": "MEMBER in the team",
    "member above": "MEMBER in a team above",
    "member below": "MEMBER in a team below, or leads one",
    "administrator": "ADMIN, OWNER",
    "owner of all": "ADMIN, OWNER",
}


def test_the_tables_are_up_to_date() -> None:
    page = PAGE.read_text("utf-8")
    assert written(page, PARTS[PAGE]) == page, "run `python -m tests.docs.write` and review the difference"
    assert all(f"| {action} |" in page for action in ACTIONS_BY_ROLE)


def test_the_page_says_what_the_matrix_confirms() -> None:
    relations: dict[str, Relation] = {each.name: each for each in RELATIONS}
    assert NAMES.keys() == ACTORS.keys()
    for name, actor in ACTORS.items():
        for visibility in Visibility:
            for member_editing in MemberEditing:
                expected = "reads" if is_visible_to(actor, visibility) else "no"
                if may_check_in(actor, visibility, member_editing):
                    expected = "edits" if may_edit(actor, visibility, member_editing) else "checks in"
                assert cell(relations[NAMES[name]], visibility, member_editing) == expected, (name, visibility)

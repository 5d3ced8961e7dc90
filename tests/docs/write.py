"""Writes the generated parts of docs/api.md anew: `python -m tests.docs.write`."""

from tests.docs.codes import codes
from tests.docs.limits import limits
from tests.docs.page import PAGE

PARTS = {"codes": codes, "limits": limits}


def written(page: str) -> str:
    """The page with its generated parts as the code base has them."""
    for name, made in PARTS.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, rest = page.split(begin)
        page = f"{before}{begin}\n{made().strip()}\n\n{end}{rest.split(end)[1]}"
    return page


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")

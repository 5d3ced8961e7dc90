"""The code blocks of docs/sign-in.md, which name the file that they are in the first line of the fence."""

import re

from service.settings import ROOT

PAGE = ROOT / "docs" / "sign-in.md"
FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ISSUER, ENDPOINT = "https://id.example.com", "https://okr.example.com/graphql"


def code_block(name: str, issuer: str, endpoint: str) -> str:
    """The text of the code block with this name, for an issuer and an endpoint."""
    [text] = [text for info, text in FENCE.findall(PAGE.read_text()) if info.split(" ")[1:] == [name]]
    assert ISSUER in text
    return text.replace(ISSUER, issuer).replace(ENDPOINT, endpoint)


def settings_of(text: str) -> dict[str, str]:
    """The settings in lines of variables, as fields."""
    lines = [line.partition("=") for line in text.splitlines()]
    return {name.removeprefix("OKRGRAPH_").lower(): value for name, _, value in lines}

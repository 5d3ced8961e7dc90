"""The code blocks of docs/clients.md, which name the file that they are in the first line of the fence."""

import re

from service.settings import ROOT

PAGE = ROOT / "docs" / "clients.md"
FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def code_blocks() -> dict[str, str]:
    """The text of each code block, by file name. Every fence has to name a language and a file of its own."""
    blocks: dict[str, str] = {}
    for info, text in FENCE.findall(PAGE.read_text()):
        _language, name = info.split(" ")
        assert name not in blocks, f"{PAGE.name} has two blocks {name}"
        blocks[name] = text
    return blocks

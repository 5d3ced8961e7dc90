"""Lists that are read page by page."""

from tests.kit.client import Client

PAGE = "totalCount nodes { id } edges { cursor node { id } } "
PAGE += "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"


async def walked(client: Client, field: str, size: int, backwards: bool = False, more: str = "") -> list[str]:
    """The ids of a whole list, read a page at a time; what each page says of itself is checked."""
    ends = "last: $size, before: $cursor" if backwards else "first: $size, after: $cursor"
    document = f"query($size: Int, $cursor: String) {{ {field}({ends}{more}) {{ {PAGE} }} }}"
    ids: list[str] = []
    cursor, total = None, None
    while True:
        page = (await client.data(document, size=size, cursor=cursor))[field]
        info, found = page["pageInfo"], [node["id"] for node in page["nodes"]]
        total = page["totalCount"] if total is None else total
        assert page["totalCount"] == total
        assert [edge["node"]["id"] for edge in page["edges"]] == found
        cursors = [edge["cursor"] for edge in page["edges"]]
        assert len(set(cursors)) == len(found)
        assert (info["startCursor"], info["endCursor"]) == ((cursors[0], cursors[-1]) if found else (None, None))
        ids = found + ids if backwards else ids + found
        left, came = total - len(ids) > 0, cursor is not None
        expected = (came, left) if backwards else (left, came)
        assert (info["hasNextPage"], info["hasPreviousPage"]) == expected
        if not left:
            return ids
        cursor = info["startCursor" if backwards else "endCursor"]

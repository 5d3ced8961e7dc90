"""Bodies made to hurt, as bytes."""

import gzip
from itertools import repeat

MUTATION = "mutation($input: WorkspaceImportInput!) { workspaceImport(input: $input) { applied } }"
QUERY = b'{"query": "{ __typename }"%s}'
ASKED = b'{"query": "query($a: [ID!]!) { nodes(ids: $a) { id } }", "variables": {"a": %s}}'
BULK = b'{"query": "' + MUTATION.encode() + b'", "variables": {"input": {"items": %s}}}'
MULTIPART = b'--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n{"query": "{ __typename }"}\r\n--x--\r\n'


def nested_lists(depth: int) -> bytes:
    """Lists in lists, as a variable."""
    return ASKED % (b"[" * depth + b"]" * depth)


def nested_objects(depth: int) -> bytes:
    """Objects in objects, and nothing else."""
    return b'{"a":' * depth + b"1" + b"}" * depth


def different_keys(count: int) -> bytes:
    """Variables of so many different names."""
    return QUERY % (b', "variables": {%s}' % b",".join(b'"%x":1' % number for number in range(count)))


def same_keys(count: int) -> bytes:
    """One name again and again; the last one counts."""
    return b'{%s"query": "{ __typename }"}' % (b'"query":1,' * count)


def objects(count: int) -> bytes:
    """So many empty objects as the ids of a query."""
    return ASKED % (b"[" + b",".join(repeat(b"{}", count)) + b"]")


def ones(size: int) -> bytes:
    """As many numbers as so many bytes can hold, as the ids of a query."""
    return ASKED % (b"[" + b"1," * (size // 2) + b"1]")


def ones_in_bulk(size: int) -> bytes:
    """As many numbers as so many bytes can hold, as the items of an import."""
    return BULK % (b"[" + b"1," * (size // 2) + b"1]")


def empty_items(count: int) -> bytes:
    """An import of items that are nothing."""
    return BULK % (b"[" + b",".join(repeat(b"{}", count)) + b"]")


def compressed(size: int) -> bytes:
    """A request that is so many bytes large once it is decompressed."""
    return gzip.compress(QUERY % b"" + b" " * size)

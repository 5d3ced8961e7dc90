"""Writing: the transaction of a change, its events, revisions and refusals."""

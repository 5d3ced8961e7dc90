"""Executes GraphQL documents over any Strawberry schema, without knowledge of OKRs."""

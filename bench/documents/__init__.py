"""What is measured: documents of GraphQL, and the same by hand in SQL."""

from bench.documents.document import Document, Targets
from bench.documents.mutations import MUTATIONS
from bench.documents.reads import READS

DOCUMENTS: dict[str, Document] = {each.name: each for each in (*READS, *MUTATIONS)}

__all__ = ["DOCUMENTS", "MUTATIONS", "READS", "Document", "Targets"]

"""Reading: statements over many ids, pages, filters, and the reader of one snapshot."""

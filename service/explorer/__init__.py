"""A page on which a person explores the API: GraphiQL where its files were fetched, else a small page of our own."""

"""Fields of Query and Mutation about teams."""

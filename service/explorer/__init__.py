"""The explorer page for the API: GraphiQL if its files are installed, else a simple page."""

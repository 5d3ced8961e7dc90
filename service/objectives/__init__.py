"""What an organization wants to achieve."""

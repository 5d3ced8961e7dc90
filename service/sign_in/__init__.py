"""Sign-in with tokens of OpenID Connect issuers (docs/decisions/0035)."""

"""Files for other programs and for people: mentions, findings, entitlements, and a person's walk."""

"""The search of the inbox: words in messages and subjects, and people by name."""

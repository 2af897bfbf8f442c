"""What the team does with events and with who comes: registered verbs, each with its undo."""

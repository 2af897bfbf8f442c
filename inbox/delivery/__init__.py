"""Everything outgoing: sending, reading back, and recording the outcome."""

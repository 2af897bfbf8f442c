"""What the team does in the inbox. Each verb refuses who has not the right, writes its actions for
undo and audit, and acts on many rows in a fixed number of queries where it can be called so."""

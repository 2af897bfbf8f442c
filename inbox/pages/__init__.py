"""What the pages of the inbox show, as plain data. Reads only."""

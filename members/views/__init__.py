"""Pages about the people of the community."""

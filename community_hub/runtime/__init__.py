"""The processes of a hub: `up`, the web server, and the embedded PostgreSQL and Redis."""

"""Background work of events: each takes ids, calls one function, and is safe to run twice."""

"""The inbox's pages: each view parses, calls one verb and renders."""

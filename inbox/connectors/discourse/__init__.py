"""Discourse forums: posts with their topics, private messages, replies."""

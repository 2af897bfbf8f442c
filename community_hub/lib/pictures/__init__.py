"""Pictures from outside: fetched through the guarded client, re-encoded, kept on disk.

Nothing here knows whose they are or who may see them: an owner is a word ("message-42") and pages
ask under the permission of what they show. `keeping.py` has what pages and tasks call.
"""

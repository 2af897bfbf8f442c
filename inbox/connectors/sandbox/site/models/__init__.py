"""Tables of the practice sites. The hub comes to them over HTTP, as to any platform."""

from .places import Account, Place, Refused, Site
from .talk import Post, Thread

__all__ = ["Account", "Place", "Post", "Refused", "Site", "Thread"]

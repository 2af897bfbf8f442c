"""Tables of the practice sites. The hub comes to them over HTTP, as to any platform."""

from .site import Account, Place, Refused, Site
from .thread import Post, Thread

__all__ = ["Account", "Place", "Post", "Refused", "Site", "Thread"]

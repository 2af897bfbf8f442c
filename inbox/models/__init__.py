"""What was said, where, and what became of our answers."""

from .books import Quarantined, SourceDay
from .channel import Channel
from .conversation import Conversation, ConversationTag, State, ThreadAlias
from .delivery import Delivery, DeliveryState
from .message import Kind, Message, Reason
from .personal import Draft, ReadMark
from .pulling import SourceState
from .source import Source

__all__ = [
    "Channel",
    "Conversation",
    "ConversationTag",
    "Delivery",
    "DeliveryState",
    "Draft",
    "Kind",
    "Message",
    "Quarantined",
    "ReadMark",
    "Reason",
    "Source",
    "SourceDay",
    "SourceState",
    "State",
    "ThreadAlias",
]

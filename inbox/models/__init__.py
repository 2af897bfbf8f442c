"""What was said, where, and what became of our answers."""

from inbox.models.counters import Quarantined, SourceDay
from inbox.models.pull_state import SourceState

from .application import PlatformApplication
from .ask import Ask
from .channel import Channel
from .conversation import Conversation, ConversationTag, State, ThreadAlias
from .delivery import Delivery, DeliveryState
from .message import Kind, Message, Reason
from .personal import Draft, ReadMark
from .reply_promise import ReplyPromise
from .saved_reply import SavedReply
from .searched import SearchedConversation, SearchedMessage
from .source import Source
from .webhook import WebhookDelivery, WebhookState

__all__ = [
    "Ask",
    "Channel",
    "Conversation",
    "ConversationTag",
    "Delivery",
    "DeliveryState",
    "Draft",
    "Kind",
    "Message",
    "PlatformApplication",
    "Quarantined",
    "ReadMark",
    "Reason",
    "ReplyPromise",
    "SavedReply",
    "SearchedConversation",
    "SearchedMessage",
    "Source",
    "SourceDay",
    "SourceState",
    "State",
    "ThreadAlias",
    "WebhookDelivery",
    "WebhookState",
]

"""Who may read the files of an event: everybody who may see it."""

from team.files import Reader
from team.models import User

from .models import Event


def may_read(user: User, pk: int) -> bool:
    return Event.objects.visible_to(user).present().filter(pk=pk).exists()


FILE_READER = Reader("event", may_read)

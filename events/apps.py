from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "events"

    def ready(self) -> None:
        from events import change_notices
        from events.models.event import EventTag, visible_event_tags
        from events.verbs import (  # noqa: F401 - register themselves
            attending,
            calendar_links,
            editing,
        )
        from members import hooks

        hooks.tag_uses.append(hooks.TagUse(EventTag, "event", visible_event_tags))
        change_notices.register_kinds()

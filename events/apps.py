from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "events"

    def ready(self) -> None:
        from events import (
            change_notices,
            conversation_filters,
            deeds,
            event_bonds,
            glance,
            member_filters,
        )
        from events.models.event import EventTag, visible_event_tags
        from events.verbs import (  # noqa: F401 - register themselves
            attending,
            calendar_links,
            editing,
        )
        from members import hooks
        from members.filters import PEOPLE

        hooks.tag_uses.append(hooks.TagUse(EventTag, "event", visible_event_tags))
        change_notices.register_kinds()
        hooks.glance_facts.append(glance.FACTS)
        hooks.deeds.append(deeds.of_attendances)
        hooks.bond_contributions += event_bonds.CONTRIBUTIONS
        member_filters.register(PEOPLE)
        conversation_filters.register()
        hooks.on_staff_changed.append(event_bonds.staff_changed)

from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "events"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from events import (  # noqa: F401 - some register themselves
            afterwards,
            attendance_imports,
            calendar_files,
            change_notices,
            conversation_filters,
            conversation_menu,
            deeds,
            event_bonds,
            event_files,
            filters,
            glance,
            handover,
            invitations,
            listing,
            member_filters,
            reminders,
            today,
            undelivered,
        )
        from events.models.event import EventTag, visible_event_tags
        from events.verbs import (  # noqa: F401 - register themselves
            adding,
            attending,
            calendar_links,
            content,
            editing,
            feeds,
            hosting,
            imported_answers,
            importing,
            inviting,
            linking,
            removing,
            resending,
            series,
        )
        from members import hooks
        from members.filters import PEOPLE
        from team import files, listings
        from team import hooks as of_team

        hooks.tag_uses.append(hooks.TagUse(EventTag, "event", visible_event_tags))
        change_notices.register_kinds()
        invitations.register_kinds()
        reminders.register_kinds()
        afterwards.register_kinds()
        hooks.glance_facts.append(glance.FACTS)
        hooks.deeds.append(deeds.of_attendances)
        hooks.bond_contributions += event_bonds.CONTRIBUTIONS
        member_filters.register(PEOPLE)
        conversation_filters.register()
        hooks.today_sections.append(today.SECTION)
        hooks.handover_sections.append(handover.SECTION)
        hooks.on_staff_changed.append(event_bonds.staff_changed)
        hooks.conversation_menu.append(conversation_menu.ENTRY)
        of_team.health_lines.append(undelivered.health)
        files.readers.append(event_files.FILE_READER)
        listings.register(
            listings.ListKind(
                kind=listing.KIND,
                label=_("Events"),
                icon="calendar",
                page="events",
                language=filters.EVENTS,
                orders=listing.SORTS,
                count=listing.count,
                words=_("Words are looked for in titles, venues and what events are for."),
                keeps=("show",),
            )
        )

from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "inbox"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from community_hub.templatetags.hub import network_name
        from inbox import bond_contributions, filters, listing, member_filters, reaching
        from inbox.ingest import deeds
        from inbox.ingest.recompute import recompute_after_staff_change
        from inbox.models.access import hidden_scopes, our_places
        from inbox.models.conversation import ConversationTag, visible_conversation_tags
        from inbox.pages import handover, today
        from inbox.pages.of_members import (
            authors_of,
            conversation_thing,
            scope_names,
            thread_title,
        )
        from inbox.pages.searches import KIND, SORTS
        from inbox.verbs import source_removal  # noqa: F401 - registers its background job
        from members import hooks as of_members
        from members.filters import PEOPLE
        from team import hooks as of_team
        from team import listings

        of_members.deeds.append(deeds.of_messages)
        of_members.things.append(conversation_thing)
        of_members.network_names.append(network_name)
        of_members.thread_title.append(thread_title)
        of_members.scope_names.append(scope_names)
        of_members.authors_of.append(authors_of)
        of_members.our_places.append(our_places)
        of_members.on_staff_changed.append(recompute_after_staff_change)
        of_members.tag_uses.append(
            of_members.TagUse(ConversationTag, "conversation", visible_conversation_tags)
        )
        of_members.bond_contributions += bond_contributions.CONTRIBUTIONS
        of_members.handover_sections.append(handover.CONVERSATIONS)
        of_members.today_sections.append(today.REPLIES_OWED)
        of_members.ways_to_reach.append(reaching.IN_THEIR_CONVERSATION)
        of_team.hidden_scopes.append(hidden_scopes)
        member_filters.register(PEOPLE)
        listings.register(
            listings.ListKind(
                kind=KIND,
                label=_("Conversations"),
                icon="inbox",
                page="conversation-search",
                language=filters.CONVERSATIONS,
                orders=SORTS,
                count=listing.count,
                words=_("Words are looked for in messages, notes, subjects and names."),
                register=filters.register_of_conversation,
            )
        )

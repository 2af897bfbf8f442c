from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from members import (  # noqa: F401 - some register themselves
            affiliation_verbs,
            birthdays,
            bulk,
            contact,
            credit_filter,
            derived,
            encounter_bonds,
            encounter_filters,
            encounter_verbs,
            encounters,
            exports,
            field_filters,
            field_verbs,
            filters,
            first_seen_filter,
            follow_up_verbs,
            gift_filters,
            gift_verbs,
            going_quiet,
            handover_verbs,
            handovers,
            hooks,
            keep_in_touch,
            listing,
            newcomers,
            note_filters,
            organisation_filters,
            outreach_filter,
            owner_verbs,
            personal_filters,
            relationship_filters,
            stage_rule,
            stage_verbs,
            thanks_due,
            today,
        )
        from team import files, listings

        listings.register(
            listings.ListKind(
                kind="members",
                label=_("Members"),
                icon="users",
                page="members",
                language=filters.PEOPLE,
                orders={sort.slug: sort.label for sort in listing.SORTS.values()},
                count=listing.count,
                words=_("Words are looked for in names and handles."),
                keeps=("columns",),
            )
        )
        hooks.contact_guards.append(contact.asked_not_to_be)
        hooks.bond_contributions += encounter_bonds.CONTRIBUTIONS
        hooks.handover_sections += [
            handovers.MEMBERS,
            handovers.BACKUP_OF,
            handovers.KNOWN_ALONE,
            handovers.FOLLOW_UPS,
        ]
        hooks.today_sections += [
            today.PROMISED,
            today.PLANNED,
            newcomers.SECTION,
            birthdays.SECTION,
            going_quiet.QUIET_SECTION,
            going_quiet.BACK_SECTION,
            keep_in_touch.SECTION,
            thanks_due.SECTION,
        ]
        derived.further_steps.append(
            derived.DerivedStep("stages", stage_rule.drop, stage_rule.review)
        )
        files.readers.append(encounters.FILE_READER)

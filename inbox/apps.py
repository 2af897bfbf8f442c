from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "inbox"

    def ready(self) -> None:
        from inbox.models.conversation import recompute_after_staff_change
        from members import hooks

        hooks.on_staff_changed.append(recompute_after_staff_change)

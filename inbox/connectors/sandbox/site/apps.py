"""The practice sites as a Django app of their own, label "sandbox"."""

from django.apps import AppConfig


class SandboxConfig(AppConfig):
    name = "inbox.connectors.sandbox.site"
    label = "sandbox"
    verbose_name = "Practice sites"

"""The practice sites as a Django app of their own, label "sandbox"."""

from django.apps import AppConfig


class SandboxConfig(AppConfig):
    name = "sandbox"
    label = "sandbox"
    verbose_name = "Practice sites"

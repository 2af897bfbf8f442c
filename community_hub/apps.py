from django.apps import AppConfig


class CommunityHubConfig(AppConfig):
    name = "community_hub"

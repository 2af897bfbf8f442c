"""The practice sites beside the hub, as in demo mode."""

from community_hub.urls import urlpatterns as hub
from tests.sandbox.urls import urlpatterns as practice

urlpatterns = [*hub, *practice]

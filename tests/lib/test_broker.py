"""A Redis that goes away makes the worker connect again; it does not end it."""

import pytest
import redis.exceptions
from celery import current_app
from django.conf import settings

from community_hub.lib import broker


def test_the_hub_speaks_to_redis_through_this_transport():
    with current_app.connection() as connection:
        assert isinstance(connection.transport, broker.Transport)
        assert settings.CELERY_BROKER_URL.startswith("redis")


def test_a_closed_connection_is_an_error_of_the_connection():
    with current_app.connection() as connection:
        channel = connection.channel()
        transport = connection.transport
        transport.client = None  # as kombu leaves it behind when a connection is given up
        with pytest.raises(redis.exceptions.ConnectionError) as raised:
            channel._connparams()
        assert isinstance(raised.value, transport.connection_errors)
        transport.client = connection

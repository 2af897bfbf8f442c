"""Migrations may take longer than a statement of a page."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models.signals import pre_migrate


def limit():
    with connection.cursor() as cursor:
        cursor.execute("show statement_timeout")
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_the_limit_of_statements_is_off_while_migrations_run_and_back_afterwards():
    usual, seen = limit(), []

    def look(**_facts):
        seen.append(limit())

    pre_migrate.connect(look)
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        pre_migrate.disconnect(look)
    assert seen[-1] == "0"
    assert limit() == usual != "0"

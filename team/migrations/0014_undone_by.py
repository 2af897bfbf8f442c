import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


KEPT = "id by_id verb object_type object_id before after at group".split()
NEW, OLD = (", ".join(f'{row}."{name}"' for name in KEPT) for row in ("new", "old"))

# A row is written once. That it was undone may be written, and by whom not a second time.
FORWARD = f"""
create or replace function team_action_is_kept() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        raise exception 'team_action keeps its rows';
    end if;
    if ({NEW}) is distinct from ({OLD}) then
        raise exception 'team_action changes only in undone_at and undone_by';
    end if;
    if old.undone_by_id is not null and new.undone_by_id is distinct from old.undone_by_id then
        raise exception 'team_action keeps who undid it';
    end if;
    return new;
end $$;
"""
BACKWARD = f"""
create or replace function team_action_is_kept() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        raise exception 'team_action keeps its rows';
    end if;
    if ({NEW}) is distinct from ({OLD}) then
        raise exception 'team_action changes only in undone_at';
    end if;
    return new;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("team", "0013_view_options")]
    operations = [
        migrations.AddField(
            model_name="action",
            name="undone_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]

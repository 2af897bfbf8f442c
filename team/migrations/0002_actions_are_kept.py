from django.db import migrations

# The audit trail: a row may be written, and be marked as undone; nothing else.
FORWARD = """
create function team_action_is_kept() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        raise exception 'team_action keeps its rows';
    end if;
    if (new.id, new.by_id, new.verb, new.object_type, new.object_id, new.before, new.after, new.at)
       is distinct from
       (old.id, old.by_id, old.verb, old.object_type, old.object_id, old.before, old.after, old.at)
    then
        raise exception 'team_action changes only in undone_at';
    end if;
    return new;
end $$;
create trigger team_action_is_kept before update or delete on team_action
    for each row execute function team_action_is_kept();
"""
BACKWARD = """
drop trigger team_action_is_kept on team_action;
drop function team_action_is_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("team", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

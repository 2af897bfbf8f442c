"""The rows that the matrix's addresses are about, each made when it is first asked for."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from functools import cached_property
from urllib.parse import urlsplit

from django.utils import timezone

from community_hub.lib import html
from events import rsvp
from events.models import (
    Attendance,
    AttendanceImport,
    CalendarLink,
    DoorLink,
    Event,
    EventLink,
    Feed,
    InvitationRun,
    Kind,
    Notice,
    PendingAnswer,
)
from events.verbs import calendar_links, door_links
from inbox.models import Channel, Conversation, Delivery, Message, ReplyPromise, SavedReply, Source
from inbox.verbs import credits, tags, triage
from members import follow_up_verbs
from members import verbs as member_verbs
from members.follow_up_verbs import Origin
from members.models import (
    Activity,
    Affiliation,
    Encounter,
    Field,
    FollowUp,
    Identity,
    Member,
    Organisation,
    Sighting,
    Tag,
)
from sandbox.models import Account, Post, Site
from sandbox.seed import create_site
from team import files
from team import verbs as team_verbs
from team.actions import Changes
from team.models import (
    BackgroundJob,
    Export,
    File,
    Invitation,
    Notification,
    Role,
    SavedQuery,
    User,
)
from team.notifications import notify
from team.signin import link_for
from tests.make import (
    make_attendance,
    make_channel,
    make_conversation,
    make_event,
    make_identity,
    make_member,
    make_message,
    make_reply,
    make_source,
    make_user,
    make_view,
)

PICTURE_ADDRESS = "https://pictures.example/a.png"


class World:
    """`user` asks; None for a stranger. In a `restricted` world the source is closed to whoever has
    no grant."""

    def __init__(
        self, user: User | None, *, restricted: bool = False, granted: bool = False
    ) -> None:
        self.user = user
        self.restricted = restricted
        self.granted = [user] if granted and user else []

    @cached_property
    def event(self) -> Event:
        return make_event()

    @cached_property
    def calendar_token(self) -> str:
        return calendar_links.make(by=self.asker)[1]

    @cached_property
    def calendar_link(self) -> CalendarLink:
        assert self.calendar_token
        return CalendarLink.objects.get(user=self.asker)

    @cached_property
    def pending_answer(self) -> PendingAnswer:
        return rsvp.ask(self.event, rsvp.Said("Jo Park", "jo@example.org", "going"))

    @cached_property
    def draft_event(self) -> Event:
        return make_event(state="draft", published_at=None)

    @cached_property
    def cancelled_event(self) -> Event:
        return make_event(state="cancelled")

    @cached_property
    def attendance(self) -> Attendance:
        """Of somebody who was seen in the source alone."""
        return make_attendance(self.event, self.pictured.member)

    @cached_property
    def calendar_feed(self) -> Feed:
        return Feed.objects.create(url="https://example.org/b.ics", name="Theirs")

    @cached_property
    def door_link(self) -> DoorLink:
        return DoorLink.objects.get(pk=self._door[0].actions[0].object_id)

    @cached_property
    def door_token(self) -> str:
        return self._door[1]

    @cached_property
    def _door(self) -> tuple[Changes, str]:
        return door_links.create(self.event, "Hanna", by=self.colleague)

    @cached_property
    def event_link(self) -> EventLink:
        return EventLink.objects.create(
            event=self.event,
            key=f"conversation:{self.conversation.pk}",
            title="Drift?",
            url=self.conversation.get_absolute_url(),
            scope=self.source.scope,
        )

    @cached_property
    def content(self) -> Event:
        """Out since an hour."""
        start = timezone.now() - timedelta(hours=1)
        return make_event("Ask us anything", kind=Kind.CONTENT, starts_at=start)

    @cached_property
    def refused_notice(self) -> Notice:
        return Notice.objects.create(
            attendance=self.attendance, kind="confirmed", failures=1, dropped_at=timezone.now()
        )

    @cached_property
    def attendance_import(self) -> AttendanceImport:
        made = AttendanceImport.objects.create(event=self.event, by=self.asker, name="a.csv")
        made.path.parent.mkdir(parents=True, exist_ok=True)
        made.path.write_text("Email,Name\na@example.org,Ana\n")
        return made

    @cached_property
    def came(self) -> Attendance:
        """To an event that is over."""
        yesterday = timezone.now() - timedelta(days=1)
        return make_attendance(make_event(starts_at=yesterday), checked_in_at=yesterday)

    @cached_property
    def invitation_run(self) -> InvitationRun:
        return InvitationRun.objects.create(
            event=self.event, by=self.colleague, body="Come!", way="mail"
        )

    @cached_property
    def asker(self) -> User:
        """Whoever owns what is personal; a stranger gets a colleague's."""
        return self.user or self.colleague

    @cached_property
    def colleague(self) -> User:
        return make_user(Role.MANAGER, name="Cleo Colleague")

    @cached_property
    def other_admin(self) -> User:
        return make_user(Role.ADMIN, name="Ada Admin")

    # The inbox

    @cached_property
    def source(self) -> Source:
        return make_source(restricted=self.restricted, granted=self.granted)

    @cached_property
    def channel(self) -> Channel:
        return make_channel(self.source)

    @cached_property
    def identity(self) -> Identity:
        return make_identity(network=self.source.network)

    @cached_property
    def conversation(self) -> Conversation:
        conversation = make_conversation(self.source, channel=self.channel)
        make_message(conversation, author=self.identity)
        return conversation

    @cached_property
    def message(self) -> Message:
        return self.conversation.messages.get()

    @cached_property
    def illustrated(self) -> Message:
        body = html.from_markdown(f"![The board]({PICTURE_ADDRESS})")
        return make_message(self.conversation, author=self.identity, body_html=body)

    @cached_property
    def peer_answer(self) -> Message:
        """What another member wrote below the one who asks."""
        assert self.message
        network = self.source.network
        return make_message(
            self.conversation, author=make_identity(network=network), mention_reason=""
        )

    @cached_property
    def credited(self) -> Message:
        credits.credit(self.peer_answer, by=self.colleague)
        return self.peer_answer

    @cached_property
    def pictured(self) -> Identity:
        """Seen in the source alone."""
        identity = make_identity(network=self.source.network, avatar_url=PICTURE_ADDRESS)
        now = timezone.now()
        Sighting.objects.create(
            identity=identity, scope=self.source.scope, first_seen=now, last_seen=now
        )
        return identity

    @cached_property
    def tagged(self) -> Conversation:
        tags.tag([self.conversation], "wishes", by=self.colleague)
        return self.conversation

    @cached_property
    def tag(self) -> Tag:
        return Tag.named("wishes")

    @cached_property
    def other_tag(self) -> Tag:
        return Tag.named("bugs")

    @cached_property
    def saved_reply(self) -> SavedReply:
        return SavedReply.objects.create(title="Thanks", text="Thank you!")

    @cached_property
    def variant(self) -> SavedReply:
        """In another language than the saved reply."""
        fields = {"title": "Thanks", "language": "fr", "text": "Merci !"}
        return SavedReply.objects.create(variant_of=self.saved_reply, **fields)

    @cached_property
    def past_answer(self) -> Message:
        """In another conversation of the source."""
        other = make_conversation(self.source)
        make_message(other, author=self.identity)
        return make_reply(other, by=self.colleague)

    def delivery(self, state: str) -> Delivery:
        return make_reply(self.conversation, by=self.asker, state=state).delivery

    @cached_property
    def marked(self) -> ReplyPromise:
        """In the reply that whoever asks is writing."""
        return ReplyPromise.objects.create(
            user=self.asker,
            conversation=self.conversation,
            member=self.identity.member,
            owner=self.asker,
            text="Send the schematics",
            due_on=self.next_week,
        )

    # Members

    @cached_property
    def member(self) -> Member:
        member = make_member("Mika Member")
        make_identity(member)
        member_verbs.tag(member, "wishes", by=self.colleague)
        return member

    @cached_property
    def own_note(self) -> Activity:
        # whoever asks may not even be allowed to write notes
        activity = Activity.objects.create(
            member=self.member, kind="note", summary="Likes filters.", actor=self.asker,
            key="note:own", occurred_at=timezone.now(),
        )  # fmt: skip
        return activity

    @property
    def next_week(self) -> str:
        return str(timezone.localdate() + timedelta(days=7))

    @cached_property
    def field(self) -> Field:
        return Field.objects.create(key="shirt-size", name="Shirt size", kind="text")

    @cached_property
    def follow_up(self) -> FollowUp:
        """Made from something that was said in the source."""
        due = timezone.localdate() + timedelta(days=2)
        changes = follow_up_verbs.plan(
            self.member,
            "Send the schematics",
            due,
            by=self.other_admin,
            origin=Origin(scope=self.source.scope),
        )
        return FollowUp.objects.get(pk=changes.actions[0].object_id)

    @cached_property
    def encounter(self) -> Encounter:
        """The asker's own, with somebody who was seen in the source alone."""
        row = Encounter.objects.create(
            kind="meeting", occurred_at=timezone.now(), text="Coffee", by=self.asker
        )
        row.people.add(self.pictured.member)
        return row

    @cached_property
    def affiliation(self) -> Affiliation:
        """Of somebody who was seen in the source alone."""
        there = Organisation.objects.create(name="Werk 2")
        return Affiliation.objects.create(member=self.pictured.member, organisation=there)

    @cached_property
    def other_organisation(self) -> Organisation:
        return Organisation.objects.create(name="Polyphon Labs")

    @cached_property
    def attached_file(self) -> File:
        return self.file_of(self.encounter.files_key)

    @cached_property
    def uploaded_file(self) -> File:
        return self.file_of(files.owner_of(self.asker))

    def file_of(self, owner: str) -> File:
        data = b"Notes"
        kept = hashlib.sha256(data).hexdigest()
        files.path_of(kept).parent.mkdir(parents=True, exist_ok=True)
        files.path_of(kept).write_bytes(data)
        return File.objects.create(
            hash=kept, name="n.txt", size=5, type="text/plain", owner=owner, by=self.asker
        )

    # The team

    @cached_property
    def saved_view(self) -> SavedQuery:
        return make_view(self.asker, "Champions", text="stage:champion")

    @cached_property
    def colleagues_view(self) -> SavedQuery:
        """Which the colleague keeps for themselves."""
        return make_view(self.colleague, "Private")

    @cached_property
    def shared_view(self) -> SavedQuery:
        return make_view(self.colleague, "Quiet", text="last:>60d", shared=True)

    @cached_property
    def job(self) -> BackgroundJob:
        return BackgroundJob.objects.create(
            kind="recompute-member", about=f"member:{self.member.pk}", run_at=timezone.now()
        )

    @cached_property
    def export(self) -> Export:
        made = Export.objects.create(
            by=self.asker, kind="members", name="All members", finished_at=timezone.now()
        )
        made.path.parent.mkdir(parents=True, exist_ok=True)
        made.path.write_text("Name")
        return made

    @cached_property
    def invitation(self) -> Invitation:
        return team_verbs.invite(role=Role.OBSERVER, by=self.other_admin)[0]

    @cached_property
    def invitation_token(self) -> str:
        return team_verbs.invite(role=Role.OBSERVER, by=self.other_admin)[1]

    @cached_property
    def signin_token(self) -> str:
        return urlsplit(link_for(self.colleague)).path.split("/")[-2]

    @cached_property
    def notification(self) -> Notification:
        notify("source", [self.asker], "source:1", "The forum stopped.", "/inbox/")
        return Notification.objects.get(user=self.asker)

    @cached_property
    def action(self) -> Changes:
        """Something that whoever asks did, and may take back."""
        return triage.mark_unread([self.conversation], by=self.asker)

    # The practice sites

    def practice_site(self, slug: str) -> Site:
        return create_site(slug)

    @cached_property
    def practice(self) -> Post:
        site = self.practice_site("help")
        return site.start(Account.called(site, "Ines"), "It drifts.", title="Drift?")

    @cached_property
    def practice_answer(self) -> Post:
        account = Account.called(self.practice_site("help"), "Bo")
        return self.practice.reply(account, "Let it warm up.")

    @cached_property
    def practice_held(self) -> Post:
        Post.objects.filter(pk=self.practice_answer.pk).update(pending=True)
        return self.practice_answer

"""Addresses of members: nouns; the method says what happens."""

from django.urls import path

from members.views import (
    avatars,
    by_name,
    changes,
    encounters,
    exports,
    fields,
    follow_ups,
    people,
    selection,
    tags,
    today,
)

urlpatterns = [
    path("today/", today.today, name="today"),
    path("follow-ups/<int:pk>/", follow_ups.follow_up, name="follow-up"),
    path("follow-ups/<int:pk>/due/", follow_ups.due_day, name="follow-up-due"),
    path("follow-ups/<int:pk>/owner/", follow_ups.owner, name="follow-up-owner"),
    path("follow-ups/<int:pk>/closure/", follow_ups.closure, name="follow-up-closure"),
    path("encounters/<int:pk>/", encounters.encounter, name="encounter"),
    path("members/", people.members, name="members"),
    path("members/fields/", fields.field_list, name="member-fields"),
    path("members/fields/<int:pk>/", fields.field, name="member-field"),
    path("members/columns/", people.columns, name="member-columns"),
    path("members/exports/", exports.exports, name="member-exports"),
    path("members/selection/", selection.matching, name="member-selection-matching"),
    path("members/selection/<slug:noun>/", selection.selection, name="member-selection"),
    path("members/named/", by_name.named, name="members-named"),
    path("members/tags/", people.tag_names, name="member-tag-names"),
    path("members/accounts/<int:pk>/avatar/<slug:name>/", avatars.avatar, name="avatar"),
    path("tags/", tags.tag_list, name="tag-list"),
    path("tags/<int:pk>/", tags.tag, name="tag-page"),
    path("tags/<int:pk>/merge/", tags.tag_merge, name="tag-merge"),
    path("members/<int:pk>/", people.member, name="member"),
    path("members/<int:pk>/details/", changes.details, name="member-details"),
    path("members/<int:pk>/owner/", changes.owner, name="member-owner"),
    path("members/<int:pk>/user/", changes.user, name="member-user"),
    path("members/<int:pk>/stage/", changes.stage, name="member-stage"),
    path("members/<int:pk>/tags/", changes.tags, name="member-tags"),
    path("members/<int:pk>/tags/<int:tag_pk>/", changes.tag, name="member-tag"),
    path("members/<int:pk>/follow-ups/", follow_ups.follow_up_new, name="member-follow-ups"),
    path("members/<int:pk>/notes/", changes.notes, name="member-notes"),
    path("members/<int:pk>/notes/<int:note_pk>/", changes.note, name="member-note"),
]

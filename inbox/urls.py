"""Addresses of the inbox: nouns; the method says what happens."""

from django.urls import path

from inbox.views import (
    approaches,
    bulk,
    conversation,
    credits,
    deliveries,
    follow_ups,
    lists,
    past_answers,
    personal,
    pictures,
    promises,
    returning,
    saved_replies,
    system,
    triage,
    writing,
)

urlpatterns = [
    path("system/", system.system, name="system"),
    path("metrics", system.metrics, name="metrics"),
    path("inbox/", lists.folder, {"slug": "needs-reply"}, name="inbox"),
    path("inbox/nav/", lists.nav, name="inbox-nav"),
    path("inbox/health/", lists.health, name="health"),
    path("inbox/sources/<int:pk>/", lists.source, name="inbox-source"),
    path("inbox/search/", lists.search, name="conversation-search"),
    path("inbox/search/few/", lists.search_few, name="search-few"),
    path("inbox/search/by-name/", lists.search_by_name, name="search-by-name"),
    path("inbox/selection/<slug:noun>/", bulk.selection, name="selection"),
    path("inbox/<slug:slug>/", lists.folder, name="inbox-folder"),
    path("conversations/<int:pk>/", conversation.conversation, name="conversation"),
    path("conversations/<int:pk>/closure/", triage.closure, name="closure"),
    path("conversations/<int:pk>/assignment/", triage.assignment, name="assignment"),
    path("conversations/<int:pk>/snooze/", triage.snooze, name="snooze"),
    path("conversations/<int:pk>/tags/", triage.tags, name="tags"),
    path("conversations/<int:pk>/tags/<int:tag_pk>/", triage.tag, name="tag"),
    path(
        "conversations/<int:pk>/undo/<uuid:group>/",
        returning.conversation_undo,
        name="conversation-undo",
    ),
    path("conversations/<int:pk>/replies/", writing.replies, name="replies"),
    path("conversations/<int:pk>/notes/", writing.notes, name="notes"),
    path("conversations/<int:pk>/mentionable/", writing.mentionable, name="mentionable"),
    path("conversations/<int:pk>/preview/", writing.preview, name="preview"),
    path(
        "conversations/<int:pk>/follow-ups/",
        follow_ups.conversation_follow_ups,
        name="conversation-follow-ups",
    ),
    path("conversations/<int:pk>/draft/", personal.draft, name="draft"),
    path("conversations/<int:pk>/readmark/", personal.readmark, name="readmark"),
    path("conversations/<int:pk>/presence/", personal.presence, name="presence"),
    path(
        "conversations/<int:pk>/saved-replies/",
        saved_replies.saved_reply_menu,
        name="saved-reply-menu",
    ),
    path(
        "conversations/<int:pk>/saved-replies/<int:reply_pk>/",
        saved_replies.saved_reply_text,
        name="saved-reply-text",
    ),
    path(
        "conversations/<int:pk>/past-answers/", past_answers.past_answer_list, name="past-answers"
    ),
    path(
        "conversations/<int:pk>/past-answers/<int:message_pk>/",
        past_answers.past_answer,
        name="past-answer",
    ),
    path("saved-replies/", saved_replies.saved_reply_list, name="saved-replies"),
    path("saved-replies/new/", saved_replies.saved_reply_new, name="saved-reply-new"),
    path("saved-replies/<int:pk>/", saved_replies.saved_reply, name="saved-reply"),
    path(
        "saved-replies/<int:pk>/variants/new/",
        saved_replies.saved_reply_variant_new,
        name="saved-reply-variant-new",
    ),
    path(
        "saved-replies/<int:pk>/variants/<int:variant_pk>/",
        saved_replies.saved_reply_variant,
        name="saved-reply-variant",
    ),
    path(
        "messages/<int:pk>/pictures/<slug:name>/", pictures.message_picture, name="message-picture"
    ),
    path(
        "messages/<int:pk>/pictures/<slug:name>/large/",
        pictures.message_picture,
        {"size": "large"},
        name="message-picture-large",
    ),
    path("messages/<int:pk>/credit/", credits.credit, name="message-credit"),
    path("messages/<int:pk>/thanks/", credits.thanks, name="message-thanks"),
    path("members/<int:pk>/approach/", approaches.approach, name="member-approach"),
    path(
        "messages/<int:pk>/approach-request/", approaches.approach_request, name="approach-request"
    ),
    path("conversations/<int:pk>/promises/", promises.reply_promises, name="reply-promises"),
    path("reply-promises/<int:pk>/", promises.reply_promise, name="reply-promise"),
    path("messages/<int:pk>/promises/", promises.message_promises, name="message-promises"),
    path("closings/<uuid:group>/promises/", promises.closed_promises, name="closed-promises"),
    path("deliveries/<int:pk>/retry/", deliveries.retry, name="retry"),
    path("deliveries/<int:pk>/confirmation/", deliveries.confirmation, name="confirmation"),
    path("deliveries/<int:pk>/cancellation/", deliveries.cancellation, name="cancellation"),
]

"""Addresses of this app."""

from django.urls import path

from team.views import (
    exports,
    invitations,
    jobs,
    mailbox,
    notifications,
    people,
    profile,
    signin,
    trail,
    undo,
    welcome,
)

urlpatterns = [
    path("", welcome.home, name="home"),
    path("welcome/", welcome.welcome, name="welcome"),
    path("team/", people.team, name="team"),
    path("team/name/", people.name, name="team-name"),
    path("team/hours/", people.hours, name="team-hours"),
    path("team/invitations/", invitations.invitations, name="invitations"),
    path("team/invitations/<int:pk>/revocation/", invitations.revocation, name="revocation"),
    path("team/mailbox/", mailbox.mails, name="mailbox"),
    path("team/audit-trail/", trail.audit_trail, name="audit-trail"),
    path("team/<int:pk>/role/", people.role, name="role"),
    path("team/<int:pk>/deactivation/", people.deactivation, name="deactivation"),
    path("team/<int:pk>/activation/", people.activation, name="activation"),
    path("team/<int:pk>/sign-in-link/", people.signin_link, name="signin-link"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("sign-in/<str:token>/", signin.one_time_link, name="one-time-link"),
    path("me/", profile.profile, name="profile"),
    path("me/preferences/", profile.preferences, name="preferences"),
    path("me/hours/", profile.own_hours, name="own-hours"),
    path("me/notifications/", profile.notification_settings, name="notification-settings"),
    path("me/sessions/", profile.sessions, name="sessions"),
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/newest/", notifications.newest, name="newest-notification"),
    path("notifications/count/", notifications.count, name="notification-count"),
    path("notifications/reading/", notifications.reading_all, name="reading-all"),
    path("notifications/<int:pk>/reading/", notifications.reading, name="reading"),
    path("jobs/<int:pk>/", jobs.job, name="job"),
    path("exports/<int:pk>/", exports.export, name="export"),
    path("exports/<int:pk>/file/", exports.file, name="export-file"),
    path("undo/<uuid:group>/", undo.undo, name="undo"),
]

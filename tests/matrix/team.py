"""Who may look after the team, and what everybody does for themselves."""

from .endpoints import ADMINS, LEADS, OPEN, TRIAGERS, Endpoint

COLLEAGUE = {"pk": lambda world: world.colleague.pk}
OWN_VIEW = {"pk": lambda world: world.saved_view.pk}
ATTACHED = {"pk": lambda world: world.attached_file.pk}
UPLOADED = {"pk": lambda world: world.uploaded_file.pk}
NEW_VIEW = {"kind": "members", "name": "Newest", "q": "last:<7d", "sort": "-seen"}
EDITED_VIEW = {"name": "Best", "q": "is:mine", "was_name": "Champions", "was_q": "stage:champion"}
SEAT = {
    "name": "Nora",
    "email": "nora@team.example",
    "password": "seven quiet filters hum",
    "timezone": "UTC",
}

ENDPOINTS = (
    Endpoint("", "GET"),
    Endpoint("welcome/", "GET", ADMINS),
    Endpoint("welcome/", "POST", ADMINS),
    Endpoint("team/", "GET"),
    Endpoint("team/name/", "POST", ADMINS, data={"name": "Tideline"}),
    Endpoint("team/hours/", "GET", ADMINS, ok=(200, 404)),
    Endpoint("team/hours/", "POST", ADMINS, ok=(200, 302, 404, 422)),
    Endpoint("queries/<slug:kind>/suggestions/", "GET", ids={"kind": "conversations"}),
    Endpoint("queries/<slug:kind>/help/", "GET", ids={"kind": "members"}),
    Endpoint("files/", "POST", TRIAGERS, data={"file": ""}, ok=(422,)),
    Endpoint("files/<int:pk>/", "GET", ids=ATTACHED, scoped=True),
    Endpoint("files/<int:pk>/", "DELETE", TRIAGERS, UPLOADED, ok=(204,)),
    Endpoint("team/invitations/", "POST", ADMINS, data={"role": "lead", "days": 7}),
    Endpoint(
        "team/invitations/<int:pk>/revocation/",
        "POST",
        ADMINS,
        {"pk": lambda world: world.invitation.pk},
    ),
    Endpoint("team/mailbox/", "GET", ADMINS, ok=(200, 404)),
    Endpoint("team/audit-trail/", "GET", LEADS),
    Endpoint("team/<int:pk>/role/", "POST", ADMINS, COLLEAGUE, {"role": "lead"}),
    Endpoint("team/<int:pk>/deactivation/", "POST", ADMINS, COLLEAGUE),
    Endpoint("team/<int:pk>/activation/", "POST", ADMINS, COLLEAGUE),
    Endpoint("team/<int:pk>/mail-retry/", "POST", ADMINS, COLLEAGUE),
    Endpoint("team/<int:pk>/sign-in-link/", "POST", ADMINS, COLLEAGUE),
    Endpoint("me/", "GET"),
    Endpoint("me/", "POST", data={"name": "Me", "timezone": "UTC"}),
    Endpoint("me/preferences/", "POST", data={"theme": "dark"}),
    Endpoint("me/hours/", "POST", data={"work_days": ["1"]}),
    Endpoint("me/notifications/", "POST", data={"bell": ["mention"]}),
    Endpoint("me/actions/", "GET"),
    Endpoint("me/sessions/", "POST"),
    Endpoint("notifications/", "GET"),
    Endpoint("notifications/count/", "GET"),
    Endpoint("notifications/newest/", "GET"),
    Endpoint("notifications/reading/", "POST"),
    Endpoint(
        "notifications/<int:pk>/reading/", "POST", ids={"pk": lambda world: world.notification.pk}
    ),
    Endpoint("jobs/<int:pk>/", "GET", LEADS, {"pk": lambda world: world.job.pk}, refused=404),
    Endpoint("exports/<int:pk>/", "GET", ids={"pk": lambda world: world.export.pk}),
    Endpoint("exports/<int:pk>/dismissal/", "POST", ids={"pk": lambda world: world.export.pk}),
    Endpoint("exports/<int:pk>/file/", "GET", ids={"pk": lambda world: world.export.pk}),
    Endpoint("views/", "GET"),
    Endpoint("views/", "POST", data=NEW_VIEW, ok=(302,)),
    Endpoint("views/navigation/", "GET"),
    Endpoint("views/<int:pk>/", "GET", ids=OWN_VIEW),
    Endpoint("views/<int:pk>/", "POST", ids=OWN_VIEW, data=EDITED_VIEW, ok=(302,)),
    Endpoint("views/<int:pk>/", "DELETE", ids=OWN_VIEW),
    Endpoint(
        "views/<int:pk>/query/",
        "POST",
        ids=OWN_VIEW,
        data={"q": "is:mine", "was_q": "stage:champion"},
    ),
    Endpoint("views/<int:pk>/sharing/", "POST", TRIAGERS, OWN_VIEW),
    Endpoint("views/<int:pk>/sharing/", "DELETE", TRIAGERS, OWN_VIEW),
    Endpoint("views/<int:pk>/position/", "POST", ids=OWN_VIEW, data={"to": "up"}),
    Endpoint("undo/<uuid:group>/", "POST", ids={"group": lambda world: world.action.group}),
    # the links that let people in: whoever holds one
    *(
        Endpoint(
            "invitations/<str:token>/",
            method,
            ids={"token": lambda world: world.invitation_token},
            data=SEAT if method == "POST" else {},
            ok=(200, 302, 422),  # who is signed in is asked to sign out first
            stranger=OPEN,
        )
        for method in ("GET", "POST")
    ),
    *(
        Endpoint(
            "sign-in/<str:token>/",
            method,
            ids={"token": lambda world: world.signin_token},
            data={"password": "seven quiet filters hum"} if method == "POST" else {},
            stranger=OPEN,
        )
        for method in ("GET", "POST")
    ),
)

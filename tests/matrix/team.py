"""Who may look after the team, and what everybody does for themselves."""

from .doors import ADMINS, OPEN, Door

COLLEAGUE = {"pk": lambda world: world.colleague.pk}
SEAT = {
    "name": "Nora",
    "email": "nora@team.example",
    "password": "seven quiet filters hum",
    "timezone": "UTC",
}

DOORS = (
    Door("", "GET"),
    Door("welcome/", "GET", ADMINS),
    Door("welcome/", "POST", ADMINS),
    Door("team/", "GET"),
    Door("team/name/", "POST", ADMINS, data={"name": "Tideline"}),
    Door("team/invitations/", "POST", ADMINS, data={"role": "lead", "days": 7}),
    Door(
        "team/invitations/<int:pk>/revocation/",
        "POST",
        ADMINS,
        {"pk": lambda world: world.invitation.pk},
    ),
    Door("team/<int:pk>/role/", "POST", ADMINS, COLLEAGUE, {"role": "lead"}),
    Door("team/<int:pk>/deactivation/", "POST", ADMINS, COLLEAGUE),
    Door("team/<int:pk>/activation/", "POST", ADMINS, COLLEAGUE),
    Door("team/<int:pk>/sign-in-link/", "POST", ADMINS, COLLEAGUE),
    Door("me/", "GET"),
    Door("me/", "POST", data={"name": "Me", "timezone": "UTC"}),
    Door("me/preferences/", "POST", data={"theme": "dark"}),
    Door("me/sessions/", "POST"),
    Door("notifications/", "GET"),
    Door("notifications/count/", "GET"),
    Door("notifications/reading/", "POST"),
    Door(
        "notifications/<int:pk>/reading/", "POST", ids={"pk": lambda world: world.notification.pk}
    ),
    Door("undo/<int:pk>/", "POST", ids={"pk": lambda world: world.action.pk}),
    # the links that let people in: whoever holds one
    *(
        Door(
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
        Door(
            "sign-in/<str:token>/",
            method,
            ids={"token": lambda world: world.signin_token},
            data={"password": "seven quiet filters hum"} if method == "POST" else {},
            stranger=OPEN,
        )
        for method in ("GET", "POST")
    ),
)

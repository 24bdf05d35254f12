"""Who may do what: every permission, and the roles that hold them. One table; a permission that does not stand here cannot be asked for.

A permission reads `scope:resource:action`. Scope `own` is one's own things, `station` the programme, `library` the music, `house` the
operator's. Holding `house:x:y` never implies `own:x:y`: the table says everything.
"""

from enum import StrEnum
from typing import Final

PUBLIC: Final = "public"


class Permission(StrEnum):
    """Alphabetical."""

    HOUSE_ACCOUNTS_MANAGE = "house:accounts:manage"
    HOUSE_ACCOUNTS_READ = "house:accounts:read"
    HOUSE_AUDIT_EXPORT = "house:audit:export"
    HOUSE_AUDIT_READ = "house:audit:read"
    HOUSE_JOBS_MANAGE = "house:jobs:manage"
    HOUSE_JOBS_READ = "house:jobs:read"
    HOUSE_LIMITS_MANAGE = "house:limits:manage"
    HOUSE_LIMITS_READ = "house:limits:read"
    HOUSE_METRICS_READ = "house:metrics:read"
    HOUSE_ROLES_ASSIGN = "house:roles:assign"
    HOUSE_ROLES_READ = "house:roles:read"
    HOUSE_SESSIONS_KILL = "house:sessions:kill"
    LIBRARY_TRACKS_APPROVE = "library:tracks:approve"
    LIBRARY_TRACKS_READ = "library:tracks:read"
    LIBRARY_TRACKS_UPLOAD = "library:tracks:upload"
    LIBRARY_TRACKS_WRITE = "library:tracks:write"
    OWN_ACCOUNT_READ = "own:account:read"
    OWN_ACCOUNT_WRITE = "own:account:write"
    OWN_KEYS_MANAGE = "own:keys:manage"
    OWN_KEYS_READ = "own:keys:read"
    OWN_SESSIONS_KILL = "own:sessions:kill"
    OWN_SESSIONS_READ = "own:sessions:read"
    STATION_AIRCHECK_READ = "station:aircheck:read"
    STATION_COMPOSER_READ = "station:composer:read"
    STATION_CONTROL_SKIP = "station:control:skip"
    STATION_CONTROL_STOP = "station:control:stop"
    STATION_CONTROL_VETO = "station:control:veto"
    STATION_HEALTH_READ = "station:health:read"
    STATION_LISTENERS_READ = "station:listeners:read"
    STATION_LIVE_MANAGE = "station:live:manage"
    STATION_LIVE_TAKEOVER = "station:live:takeover"
    STATION_MASTERING_READ = "station:mastering:read"
    STATION_MASTERING_WRITE = "station:mastering:write"
    STATION_QUEUE_READ = "station:queue:read"
    STATION_QUEUE_WRITE = "station:queue:write"
    STATION_STATUS_READ = "station:status:read"
    STATION_STUDIO_MANAGE = "station:studio:manage"
    STATION_STUDIO_READ = "station:studio:read"
    STATION_STUDIO_RUN = "station:studio:run"
    STATION_TARGETS_MANAGE = "station:targets:manage"
    STATION_TARGETS_READ = "station:targets:read"


class Role(StrEnum):
    """From most to least; each account has one."""

    SUPERADMIN = "superadmin"
    ADMIN = "admin"
    MODERATOR = "moderator"
    DJ = "dj"
    USER = "user"
    VIEWER = "viewer"
    API_CLIENT = "api_client"


_P = Permission
_VIEWER: Final = frozenset(
    {
        *(_P.OWN_ACCOUNT_READ, _P.OWN_ACCOUNT_WRITE, _P.OWN_SESSIONS_READ, _P.OWN_SESSIONS_KILL),
        *(_P.STATION_STATUS_READ, _P.LIBRARY_TRACKS_READ),
    }
)
_USER: Final = _VIEWER | {
    *(_P.OWN_KEYS_MANAGE, _P.OWN_KEYS_READ, _P.LIBRARY_TRACKS_UPLOAD),
    *(_P.STATION_QUEUE_READ, _P.STATION_STUDIO_RUN),
}
_DJ: Final = _USER | {
    _P.STATION_CONTROL_SKIP,
    _P.STATION_CONTROL_VETO,
    _P.STATION_QUEUE_WRITE,
    _P.STATION_LIVE_TAKEOVER,
    _P.STATION_AIRCHECK_READ,
    _P.STATION_MASTERING_READ,
    _P.STATION_STUDIO_READ,
}
_MODERATOR: Final = _USER | {
    *(_P.HOUSE_ACCOUNTS_READ, _P.HOUSE_AUDIT_READ, _P.LIBRARY_TRACKS_APPROVE, _P.LIBRARY_TRACKS_WRITE),
    *(_P.STATION_CONTROL_SKIP, _P.STATION_CONTROL_VETO, _P.STATION_QUEUE_WRITE),
    *(_P.STATION_AIRCHECK_READ, _P.STATION_COMPOSER_READ, _P.STATION_LISTENERS_READ, _P.STATION_LIVE_MANAGE),
    *(_P.STATION_MASTERING_READ, _P.STATION_STUDIO_MANAGE, _P.STATION_STUDIO_READ),
}
_ADMIN: Final = frozenset(Permission) - {_P.HOUSE_ROLES_ASSIGN, _P.HOUSE_AUDIT_EXPORT}

GRANTS: Final[dict[Role, frozenset[Permission]]] = {
    Role.SUPERADMIN: frozenset(Permission),
    Role.ADMIN: _ADMIN,
    Role.MODERATOR: frozenset(_MODERATOR),
    Role.DJ: frozenset(_DJ),
    Role.USER: frozenset(_USER),
    Role.VIEWER: _VIEWER,
    Role.API_CLIENT: frozenset({_P.STATION_STATUS_READ, _P.STATION_QUEUE_READ, _P.LIBRARY_TRACKS_READ, _P.OWN_ACCOUNT_READ}),
}
"""Role -> what it may do."""

THIS_MACHINE: Final = frozenset({_P.STATION_HEALTH_READ, _P.HOUSE_METRICS_READ})
"""What a request from the machine itself may read without an account, so that a scraper beside the station needs no key."""


def is_known(permission: str) -> bool:
    """Whether a route may declare it."""
    return permission == PUBLIC or permission in set(Permission)

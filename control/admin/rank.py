"""Who stands above whom. Roles are ordered as in control/permissions.py; nobody changes his equals or betters, but superadmins do."""

from typing import Final

from control.permissions import Role

ORDER: Final = {role: place for place, role in enumerate(Role)}


def outranks(actor: Role | None, other: Role) -> bool:
    """Whether `actor` may change somebody with the role `other`."""
    return actor is Role.SUPERADMIN or (actor is not None and ORDER[actor] < ORDER[other])


def may_give(actor: Role | None, role: Role) -> bool:
    """Whether `actor` may give that role away: never one above his own."""
    return actor is not None and ORDER[actor] <= ORDER[role]

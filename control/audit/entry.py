"""One line of the audit log. It is written once and never changed; it holds no secret."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec

from control.audit.detail import fit
from control.principal import Principal

EVENT: Final = re.compile(r"[a-z][a-z_]*(\.[a-z][a-z_]*)+\Z")
LONGEST_SUBJECT: Final = 256


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what to whom."""

    id: UUID
    """Made by the writer, so that an entry that is written twice stands once."""
    at: datetime
    event: str
    """`noun.verb`: account.suspend, key.rotate, login.refuse."""
    actor_id: UUID | None
    actor_role: str | None
    means: str
    """How the actor proved who he is (control/principal.py, Means); `nothing` when nobody did."""
    key_id: UUID | None
    subject: str | None
    """What it was done to: an id, a name, an address."""
    client: str
    """The address it came from."""
    detail: dict[str, Any]


def new_entry(event: str, at: datetime, actor: Principal | None, subject: str | None, detail: Mapping[str, Any], client: str) -> Entry:
    """An entry with its detail cleaned. Raises ValueError for an event that is not `noun.verb`: that is a fault of the caller's."""
    if not EVENT.match(event):
        raise ValueError(f"an audited event is written noun.verb, not {event!r}")
    return Entry(
        id=uuid4(),
        at=at,
        event=event,
        actor_id=actor.account_id if actor else None,
        actor_role=str(actor.role) if actor and actor.role else None,
        means=str(actor.means) if actor else "nothing",
        key_id=actor.key_id if actor else None,
        subject=fit(subject)[:LONGEST_SUBJECT] if subject is not None else None,
        client=client[:64],
        detail=fit(dict(detail)),
    )

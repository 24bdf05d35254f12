from datetime import UTC, datetime
from uuid import UUID

import pytest

from control.audit.entry import new_entry
from control.permissions import Role
from control.principal import of_role
from control.tiers import Tier

AT = datetime(2026, 1, 2, tzinfo=UTC)
ACTOR = of_role(UUID(int=1), Role.ADMIN, Tier.FREE)


def test_it_says_who_did_what() -> None:
    entry = new_entry("account.suspend", AT, ACTOR, "somebody", {"why": "spam"}, "192.0.2.1")
    assert (entry.actor_id, entry.actor_role, entry.means, entry.subject) == (UUID(int=1), "admin", "token", "somebody")


def test_nobody_is_an_actor_too() -> None:
    entry = new_entry("login.refuse", AT, None, None, {}, "192.0.2.1")
    assert (entry.actor_id, entry.means) == (None, "nothing")


@pytest.mark.parametrize("event", ["login", "Login.refuse", "login refuse", "login.refuse\n", "", ".x", "x."])
def test_an_event_is_noun_and_verb(event: str) -> None:
    with pytest.raises(ValueError, match="noun"):
        new_entry(event, AT, None, None, {}, "")

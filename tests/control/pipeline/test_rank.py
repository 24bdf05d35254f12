"""Whose wishes come first."""

from dataclasses import replace

from control.jobs.job import Queue
from control.permissions import Permission, Role
from control.pipeline.rank import Rank, may_batch, queue_of, rank_of, takes_a_day
from control.tiers import Tier
from tests.control.stations.obedient import person


def test_listeners_stand_behind_djs_and_djs_behind_operators() -> None:
    queues = [queue_of(asker) for asker in (person(Role.USER), person(Role.USER, Tier.PRO), person(Role.DJ), person(Role.ADMIN))]
    assert queues == [Queue.BATCH, Queue.LOW, Queue.DEFAULT, Queue.HIGH]
    assert [queue.priority for queue in queues] == sorted(queue.priority for queue in queues)
    assert queue_of(person(Role.USER, Tier.ENTERPRISE)).priority < queue_of(person(Role.DJ)).priority


def test_ranks_go_by_what_one_may_do() -> None:
    assert {role: rank_of(person(role)) for role in (Role.USER, Role.DJ, Role.MODERATOR, Role.SUPERADMIN)} == {
        Role.USER: Rank.LISTENER,
        Role.DJ: Rank.DJ,
        Role.MODERATOR: Rank.OPERATOR,
        Role.SUPERADMIN: Rank.OPERATOR,
    }
    narrow = replace(person(Role.ADMIN), permissions=frozenset({Permission.STATION_STUDIO_RUN}))
    assert rank_of(narrow) is Rank.LISTENER, "a key that may no more than a listener ranks as one"


def test_how_many_a_day() -> None:
    assert [takes_a_day(person(Role.USER, tier)) for tier in Tier] == [3, 20, 100, None]
    assert [takes_a_day(person(Role.DJ, tier)) for tier in Tier] == [100, 100, 100, None]
    assert takes_a_day(person(Role.MODERATOR)) is None
    assert [may_batch(person(Role.USER, tier)) for tier in Tier] == [False, False, True, True]
    assert may_batch(person(Role.DJ))

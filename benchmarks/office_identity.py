"""What the time of a refusal tells of an account, and how many win where one may: a login, fifty refreshes, a hundred set-ups at once.

Over real routes on a real socket, with PostgreSQL behind them and bcrypt at its full cost; known and unknown addresses take turns.
"""

import asyncio
import random
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Final

from scipy.stats import mannwhitneyu

from benchmarks.measurement import Measurement
from benchmarks.row import Bar, Row
from benchmarks.unmeasured import progress

if TYPE_CHECKING:
    from tests.control.accounts.reception import Desk

LOGINS: Final = 200
"""Of each kind."""
REFRESHES: Final = 50
SETUPS: Final = 100
LEAST_CHANCE: Final = 0.01

APART: Final = Bar("login refused, known against unknown: medians apart", "%", most=5)
CHANCE: Final = Bar("login refused, known against unknown: p of Mann-Whitney", "p", least=LEAST_CHANCE)
FORGOT: Final = Bar("password forgotten, known against unknown: medians apart", "ms", most=1)
"""In time, since all of it is a few milliseconds; three letters in ten minutes to a mailbox leave nobody enough tries to see less."""
WINNERS: Final = Bar("50 refreshes of one token at once: winners", "winners", most=1, least=1)
GOES_ON: Final = Bar("50 refreshes of one token at once: session goes on", "yes", most=1, least=1)
REUSE: Final = Bar("refresh token that comes back: sessions ended", "sessions", most=1, least=1)
CHIEFS: Final = Bar("100 set-ups by one link at once: superadmins", "accounts", most=1, least=1)


async def measure_timing() -> list[Row]:
    """Refused logins and forgotten passwords, of a known and of unknown addresses in random turns."""
    from tests.control.accounts.reception import ANOTHER, EMAIL, open_desk

    async with open_desk(cost=12) as desk:
        await desk.account()
        progress(f"login timing: {2 * LOGINS} refused logins, about two minutes")
        logins = await _taken(desk, "login", {"password": ANOTHER}, EMAIL)
        forgot = await _taken(desk, "password/forgot", {}, EMAIL)
    known, unknown = logins
    note = f"known {median(known) * 1000:.1f} ms, unknown {median(unknown) * 1000:.1f} ms, {LOGINS} each"
    chance = float(mannwhitneyu(known, unknown).pvalue)
    forgot_note = f"known {median(forgot[0]) * 1000:.2f} ms, unknown {median(forgot[1]) * 1000:.2f} ms, {LOGINS} each"
    return [
        APART.row(_apart(*logins), note=note),
        CHANCE.row(chance),
        FORGOT.row(abs(median(forgot[0]) - median(forgot[1])) * 1000, note=forgot_note),
    ]


async def measure_races() -> list[Row]:
    """What happens once, asked for many times at once."""
    from tests.control.accounts.reception import PASSWORD, held, open_desk

    async with open_desk() as desk:
        link = await desk.reception.setup_link()
        assert link is not None
        token, setup = link.rpartition("=")[2], desk.reception.registration.setup
        await asyncio.gather(*(setup(token, f"chief{n}@example.org", "", PASSWORD, "") for n in range(SETUPS)), return_exceptions=True)
        chiefs = await desk.database.fetch_value("SELECT count(*) FROM accounts WHERE role = 'superadmin'")
        await desk.account()
        first = await desk.login()
        answers = await asyncio.gather(*(desk.refresh(first.refresh) for _ in range(REFRESHES)))
        winners = [answer for answer in answers if answer.status == 200]
        others = sorted({answer.status for answer in answers} - {200})
        following = await desk.refresh(held(await winners[0].json()).refresh) if winners else None
        desk.watch.now += 60
        await desk.refresh(first.refresh)
        ended = await desk.database.fetch_value("SELECT count(*) FROM sessions WHERE ended_at IS NOT NULL")
    return [
        WINNERS.row(len(winners), note=f"the others were answered {others}"),
        GOES_ON.row(int(following is not None and following.status == 200)),
        REUSE.row(ended),
        CHIEFS.row(chiefs),
    ]


async def _taken(desk: "Desk", path: str, more: dict[str, str], email: str) -> tuple[list[float], list[float]]:
    """Seconds that each answer took: (for the known address, for addresses nobody has).

    They go in pairs, each in random order, so that both see the same of whatever else the machine does.
    """
    taken: dict[bool, list[float]] = {True: [], False: []}
    chance = random.Random(1)
    turns = [known for _ in range(LOGINS) for known in chance.sample((True, False), 2)]
    for number, known in enumerate(turns):
        body = {"email": email if known else f"n{number:05}@example.org", **more}
        start = perf_counter()
        await desk.post(path, body)
        taken[known].append(perf_counter() - start)
    return taken[True], taken[False]


def _apart(known: list[float], unknown: list[float]) -> float:
    """Percent between the medians."""
    return abs(median(known) / median(unknown) - 1) * 100


TIMING: Final = Measurement((APART, CHANCE, FORGOT), measure_timing, longest_seconds=420)
RACES: Final = Measurement((WINNERS, GOES_ON, REUSE, CHIEFS), measure_races, longest_seconds=60)

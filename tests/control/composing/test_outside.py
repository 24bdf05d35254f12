"""The composer over the house's real HTTP client, against a real server that misbehaves."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from control.composing.outside import Outside, own_network, retry_after_seconds
from control.outbound.http import OutboundHttp
from generation.bandit.arm import Arm
from generation.composer.asking import question
from generation.composer.composer import RULES, Composer
from generation.llm.client import LlmClient
from generation.llm.errors import NoAnswer, NoReply
from generation.llm.ledger import MemoryLedger
from generation.llm.presets import provider_of
from generation.llm.provider import Dialect, Provider
from tests.control.composing.llm_server import KEY, MISBEHAVIOURS, LlmServer, llm_server
from tests.generation.composer.station import BUSY, PROFILE

pytestmark = pytest.mark.real
NOW = datetime(2027, 1, 15, 8, 0, 0, tzinfo=UTC)


class Blank:
    """A memory of nothing."""

    async def arms(self, station: str, genre: str) -> Mapping[str, Arm]:  # noqa: ARG002
        return {}


@pytest.fixture
async def server() -> AsyncIterator[LlmServer]:
    async with llm_server() as one:
        yield one


@asynccontextmanager
async def llm(*providers: Provider, ledger: MemoryLedger | None = None) -> AsyncIterator[LlmClient]:
    http = OutboundHttp(own_network(providers))
    loop = asyncio.get_running_loop()
    try:
        yield LlmClient(providers, Outside(http), ledger or MemoryLedger(), loop.time, lambda: NOW.timestamp())
    finally:
        await http.close()


@pytest.mark.parametrize("dialect", Dialect)
async def test_a_brief_by_a_model(server: LlmServer, dialect: Dialect) -> None:
    async with llm(server.provider("good", dialect=dialect)) as models:
        commission = await Composer(PROFILE, Blank(), models).compose(1, BUSY)
    assert (commission.composed_by, commission.brief.genre, commission.microdollars) == ("good good-model", "house", 120)
    [(_, headers, _)] = server.asked
    assert KEY in (headers.get("authorization", "").removeprefix("Bearer "), headers.get("x-api-key"))


@pytest.mark.parametrize("manner", MISBEHAVIOURS)
async def test_one_that_misbehaves_costs_its_time_and_the_next_answers(server: LlmServer, manner: str) -> None:
    ledger = MemoryLedger()
    async with llm(server.provider(manner, 0.5), server.provider("good", 1.0), ledger=ledger) as models:
        composer = Composer(PROFILE, Blank(), models)
        with capture_logs() as logged:
            commission = await composer.compose(1, BUSY)
        standing = models.standings[manner]
        rests = models.resting_seconds(manner)
    assert commission.composed_by == "good good-model"
    assert server.count(manner) == (2 if manner in ("broken", "wrong", "obedient", "html") else 1)
    assert server.count("good") == 1, "a redirect is not followed"
    assert (standing.failures_total, rests > 0) == (1, True)
    if manner == "busy":
        assert 70 < rests <= 77
    told = f"{commission} {standing} {ledger.calls} {composer.tally} {logged} {models.standings}"
    assert KEY not in told
    assert "evil" not in told


async def test_with_all_of_them_down_the_rules_compose(server: LlmServer) -> None:
    async with llm(*(server.provider(manner) for manner in MISBEHAVIOURS)) as models:
        composer = Composer(PROFILE, Blank(), models)
        commissions = [await composer.compose(number, BUSY) for number in range(3)]
        assert {standing.answers_total for standing in models.standings.values()} == {0}
        assert {standing.failures_total for standing in models.standings.values()} == {1}
    assert {commission.composed_by for commission in commissions} == {RULES}
    assert (composer.tally.by_rules_total, composer.tally.unanswered_total) == (3, 3)


async def test_a_server_that_is_gone(server: LlmServer) -> None:
    gone = replace(server.provider("good"), name="gone", url="http://127.0.0.1:9/v1")
    async with llm(gone, server.provider("good", 2.0)) as models:
        assert (await Composer(PROFILE, Blank(), models).compose(1, BUSY)).composed_by == "good good-model"
        assert models.standings["gone"].last_failure == "no answer"


async def test_only_what_the_operator_put_on_his_network_may_be_inside(server: LlmServer) -> None:
    """A provider that is not said to be there cannot be, by http or by https: neither a door nor a key is offered to the inside."""
    inside = replace(server.provider("good"), own_network=False)
    tls = replace(inside, name="tls", url=f"https://127.0.0.1:{server.port}/good")
    metadata = replace(inside, name="metadata", url="https://169.254.169.254/v1")
    async with llm(inside, tls, metadata) as models:
        commission = await Composer(PROFILE, Blank(), models).compose(1, BUSY)
        assert {standing.last_failure for standing in models.standings.values()} == {"no answer"}
    assert commission.composed_by == RULES
    assert server.asked == []


async def test_a_refusal_names_no_address(server: LlmServer) -> None:
    http = OutboundHttp()
    try:
        with pytest.raises(NoReply) as caught:
            await Outside(http).post(f"http://127.0.0.1:{server.port}/good", {}, b"{}", 1.0, 1_000)
    finally:
        await http.close()
    assert "127" not in str(caught.value)


def test_only_those_are_let_inside_by_host_and_port() -> None:
    providers = [
        provider_of("ollama"),
        provider_of("openai", KEY),
        replace(provider_of("groq"), url="https://vllm.lan:8443/v1", own_network=True),
    ]
    assert own_network(providers) == ("127.0.0.1:11434", "vllm.lan:8443")


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        (None, None),
        ("77", 77.0),
        ("0", 0.0),
        ("Fri, 15 Jan 2027 08:02:00 GMT", 120.0),
        ("Fri, 15 Jan 2027 07:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("1e9", None),
        ("9" * 400, None),
        ("٣", None),
    ],
)
def test_retry_after(written: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(written, NOW) == seconds


@given(st.text(max_size=60) | st.from_regex(r"[A-Z][a-z]{2}, \d{1,5} Jan \d{1,6} \d{1,3}:\d{1,3}:\d{1,3} (GMT|[+-]\d{1,9})"))
def test_any_words_for_a_time_are_a_time_or_none(written: str) -> None:
    seconds = retry_after_seconds(written, NOW)
    assert seconds is None or 0.0 <= seconds < 1e12


async def test_several_answers_come_in_one_call_or_side_by_side(server: LlmServer) -> None:
    asked = question(PROFILE, BUSY, 180.0)
    at_once = replace(server.provider("good"), choices_at_once=8)
    async with llm(at_once) as models:
        assert len(await models.ask_several(asked, 4)) == 4
    assert [body.get("n") for _, _, body in server.asked] == [4]
    server.asked.clear()
    async with llm(replace(at_once, choices_at_once=1, calls_at_once=3)) as models:
        assert len(await models.ask_several(asked, 4)) == 4
    assert [body.get("n") for _, _, body in server.asked] == [None] * 4


async def test_where_nobody_listens_nothing_is_paid() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    ledger = MemoryLedger()
    nobody = Provider("nobody", f"http://127.0.0.1:{port}/v1", "m", 1.0, 1.0, own_network=True)
    async with llm(nobody, ledger=ledger) as models:
        with pytest.raises(NoAnswer, match="not reached"):
            await models.ask(question(PROFILE, BUSY, 180.0))
    assert list(ledger.sums.values()) == [0]

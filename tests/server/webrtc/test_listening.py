"""Real WebRTC listeners on the loopback: what they hear, what they are told, how they end."""

import asyncio
import random
import socket
from itertools import pairwise

import numpy as np
import psutil
import pytest
from aiohttp import ClientSession
from aiortc import RTCConfiguration, RTCPeerConnection

from server.webrtc.listener import Patience
from server.webrtc.rtp import ntp_time
from tests.server.until import until
from tests.server.webrtc.ears import Ear, ear, offer
from tests.server.webrtc.house import House, house

pytestmark = pytest.mark.real
SDP = {"Content-Type": "application/sdp"}


async def heard(listener: Ear, packets: int = 60) -> None:
    await listener.until(lambda: len(listener.packets) >= packets and len(listener.frames) > 20)


def tone_of(channel: np.ndarray) -> float:
    """The loudest frequency in hertz."""
    spectrum = np.abs(np.fft.rfft(channel * np.hanning(len(channel))))
    return float(np.argmax(spectrum) * 48_000 / len(channel))


@pytest.mark.parametrize("milliseconds", [20, 40, 60])
async def test_he_hears_both_channels_without_a_hole(milliseconds: int) -> None:
    async with house(milliseconds=milliseconds) as front, ear(front.whep) as listener:
        await heard(listener, 3_000 // milliseconds)
        sound = listener.sound()
        assert tone_of(sound[0]) == pytest.approx(440, abs=3)
        assert tone_of(sound[1]) == pytest.approx(660, abs=3)
        sequence = [packet.sequence_number for packet in listener.packets]
        assert [(later - sooner) % 65_536 for sooner, later in pairwise(sequence)] == [1] * (len(sequence) - 1)
        stamps = [packet.timestamp for packet in listener.packets]
        steps = [(later - sooner) % 2**32 for sooner, later in pairwise(stamps)]
        assert steps.count(milliseconds * 48) >= len(steps) - 2
        assert f"a=ptime:{milliseconds}" in listener.answer


async def test_he_is_told_when_what_he_hears_was_on_air() -> None:
    async with house() as front, ear(front.whep) as listener:
        await listener.until(lambda: len(listener.reports) >= 2)
        for report in listener.reports:
            info = report.sender_info
            unix_seconds = info.ntp_timestamp / 2**32 - ntp_time(0) / 2**32
            position = info.rtp_timestamp
            assert unix_seconds == pytest.approx(front.station.wall_of(position), abs=1e-3)
        sent = len(listener.packets)
        assert 0 < listener.reports[-1].sender_info.packet_count <= sent + 2
        first, last = listener.reports[0].sender_info, listener.reports[-1].sender_info
        packets, octets = last.packet_count - first.packet_count, last.octet_count - first.octet_count
        sizes = sorted(len(packet.payload) for packet in listener.packets)
        assert sizes[0] * packets <= octets <= sizes[-1] * packets
        assert {report.ssrc for report in listener.reports} == {packet.ssrc for packet in listener.packets}


async def test_he_counts_while_he_hears() -> None:
    async with house() as front:
        async with ear(front.whep) as listener:
            await heard(listener)
            assert (front.hearing, len(front.fan), len(front.present)) == (1, 1, 1)
            assert front.ledger.by_output() == {("main", "webrtc"): 1}
        await until(lambda: len(front.present) == 0)
        assert (front.hearing, len(front.fan)) == (0, 0)
        assert front.kicked == []


async def test_one_who_deletes_his_session_is_gone_at_once() -> None:
    async with house() as front, ear(front.whep) as listener, ClientSession() as http:
        await heard(listener)
        async with http.delete(listener.session) as said:
            assert said.status == 200
        assert (front.hearing, len(front.present)) == (0, 0)
        async with http.delete(listener.session) as said:
            assert said.status == 404
        await until(lambda: listener.peer.connectionState == "closed")


async def test_a_dead_peer_is_given_up_and_the_others_notice_nothing() -> None:
    async with house(patience=Patience(consent_seconds=2.0)) as front, ear(front.whep) as other, ear(front.whep) as dead:
        await heard(other)
        await until(lambda: front.hearing == 2)
        for protocol in dead.peer.getTransceivers()[0].receiver.transport.transport._connection._protocols:
            protocol.transport.abort()
        before = len(other.packets)
        await until(lambda: front.hearing == 1)
        assert front.kicked == ["webrtc_lost"]
        sequence = [packet.sequence_number for packet in other.packets[before:]]
        assert len(sequence) > 40
        assert [(later - sooner) % 65_536 for sooner, later in pairwise(sequence)] == [1] * (len(sequence) - 1)


async def test_whoever_only_offers_is_forgotten() -> None:
    async with house(patience=Patience(connect_seconds=3.0)) as front, ClientSession() as http:
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        text = await offer(peer)
        before = _open_sockets()
        for _ in range(10):
            async with http.post(front.whep, data=text, headers=SDP) as said:
                assert said.status == 201
        assert len(front.present) == 10
        assert _open_sockets() > before
        await until(lambda: len(front.present) == 0)
        await until(lambda: _open_sockets() <= before + 2)
        assert front.kicked == ["webrtc_vanished"] * 10
        await peer.close()


async def test_a_flood_of_nonsense_is_not_heard() -> None:
    loop = asyncio.get_running_loop()
    complaints: list[str] = []
    loop.set_exception_handler(lambda _, context: complaints.append(str(context)))
    rolls = random.Random(5)
    async with house() as front, ear(front.whep) as listener:
        await heard(listener)
        before = len(listener.packets)
        port = next(int(line.split()[1]) for line in listener.answer.splitlines() if line.startswith("m=audio"))
        address = next(line.split()[2] for line in listener.answer.splitlines() if line.startswith("c=IN IP4"))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            for _ in range(50):
                for _ in range(40):
                    first = rolls.choice([0, 1, 3, 20, 22, 63, 128, 144, 255])
                    stranger.sendto(bytes([first]) + rolls.randbytes(rolls.randrange(200)), (address, port))
                stranger.sendto(b"", (address, port))
                await asyncio.sleep(0.02)
        await heard(listener, before + 60)
        sequence = [packet.sequence_number for packet in listener.packets[before:]]
        assert [(later - sooner) % 65_536 for sooner, later in pairwise(sequence)] == [1] * (len(sequence) - 1)
        assert front.hearing == 1
    assert complaints == []


async def test_all_are_told_when_the_house_closes() -> None:
    async with house() as front, ear(front.whep) as one, ear(front.whep) as other:
        await heard(one)
        await heard(other)
        async with asyncio.timeout(3):
            await front.present.close()
        assert (len(front.present), front.hearing) == (0, 0)
        await until(lambda: {one.peer.connectionState, other.peer.connectionState} == {"closed"})


async def test_sound_that_begins_anew_sends_everybody_away() -> None:
    async with house() as front, ear(front.whep) as listener:
        await heard(listener)
        front.fan.anew()
        await until(lambda: len(front.present) == 0)


async def test_many_join_at_once_and_the_one_who_listens_hears_no_gap() -> None:
    async with house() as front, ear(front.whep) as there:
        await heard(there)
        before = len(there.packets)
        peers = [RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(20)]
        offers = [await offer(peer) for peer in peers]
        async with ClientSession() as http:
            statuses = await asyncio.gather(*[_post(http, front, text) for text in offers])
        assert set(statuses) == {201}
        await heard(there, before + 50)
        sequence = [packet.sequence_number for packet in there.packets]
        assert [(later - sooner) % 65_536 for sooner, later in pairwise(sequence)] == [1] * (len(sequence) - 1)
        for peer in peers:
            await peer.close()


async def _post(http: ClientSession, front: House, text: str) -> int:
    async with http.post(front.whep, data=text, headers=SDP) as said:
        return said.status


def _open_sockets() -> int:
    """Open files of this process; here all that comes and goes are sockets."""
    return psutil.Process().num_fds()

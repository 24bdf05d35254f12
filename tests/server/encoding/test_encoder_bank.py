from collections import defaultdict
from itertools import pairwise

import pytest

from dsp.block import BLOCK_FRAMES
from server.clock import PART_FRAMES
from server.encoding.encoder_bank import LOOKAHEAD_FRAMES, EncoderBank
from server.encoding.ladder import LADDER
from server.wire.wire import Packets
from tests.server.timeline import moment

AAC_128 = next(recipe for recipe in LADDER if recipe.name == "aac_128")


def play(bank: EncoderBank, start: int, end: int, sitting: int = 1) -> None:
    for position in range(start, end, BLOCK_FRAMES):
        bank.take(moment(position, sitting))


def test_a_message_of_aac_is_one_part_and_comes_sixty_milliseconds_behind_it() -> None:
    told: list[Packets] = []
    bank = EncoderBank(told.append, [AAC_128])
    start = 5 * PART_FRAMES
    play(bank, start, start + 3 * PART_FRAMES + LOOKAHEAD_FRAMES)
    assert [(message.position // PART_FRAMES, message.position % PART_FRAMES, len(message.packets)) for message in told] == [
        (5, 0, 15),
        (6, 0, 15),
        (7, 0, 15),
    ]
    play(bank, start + 3 * PART_FRAMES + LOOKAHEAD_FRAMES, start + 4 * PART_FRAMES + LOOKAHEAD_FRAMES - BLOCK_FRAMES)
    assert len(told) == 3


def test_every_rendition_comes_without_a_hole_and_opus_in_small_batches() -> None:
    told: dict[str, list[Packets]] = defaultdict(list)
    bank = EncoderBank(lambda message: told[message.rendition].append(message))
    play(bank, 0, 6 * PART_FRAMES)
    assert set(told) == {recipe.name for recipe in LADDER}
    for rendition in bank.renditions:
        messages = told[rendition.name]
        for before, after in pairwise(messages):
            assert after.position == before.position + len(before.packets) * rendition.packet_frames
    assert max(len(message.packets) for message in told["opus_128"]) == 4


@pytest.mark.parametrize(("resumes", "sitting", "grid"), [(7 * PART_FRAMES + 960, 1, 8), (3 * PART_FRAMES, 2, 3)])
def test_behind_a_hole_or_in_a_new_sitting_it_starts_anew_on_the_next_part(resumes: int, sitting: int, grid: int) -> None:
    told: list[Packets] = []
    bank = EncoderBank(told.append, [AAC_128])
    play(bank, 0, 3 * PART_FRAMES)
    told.clear()
    play(bank, resumes, resumes + 3 * PART_FRAMES, sitting)
    assert bank.restarts_total == 1
    assert (told[0].position, told[0].sitting, len(told[0].packets)) == (grid * PART_FRAMES, sitting, 15)


def test_the_caller_may_reuse_the_block() -> None:
    kept: list[Packets] = []
    reused: list[Packets] = []
    play(EncoderBank(kept.append, [AAC_128]), 0, 2 * PART_FRAMES)
    bank = EncoderBank(reused.append, [AAC_128])
    block = moment(0).block.copy()
    for position in range(0, 2 * PART_FRAMES, BLOCK_FRAMES):
        block[:] = moment(position).block
        bank.take(moment(position, block=block))
        block[:] = 0
    assert reused == kept

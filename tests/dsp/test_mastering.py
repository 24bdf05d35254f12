import time
from itertools import pairwise

import numpy as np
import pytest

from dsp.block import SAMPLE_RATE, Samples, frames_of, silence
from dsp.loudness import measure_loudness
from dsp.mastering import Mastering
from dsp.presets import PRESETS, RADIO
from dsp.settings import BadSettings, MasteringSettings, ranges
from dsp.true_peak import true_peak_dbtp
from tests.dsp.sounds import hostile, in_blocks, music, padded, sine
from tests.dsp.spectra import highest_above_5_khz_dbfs, response_db

STAGES = ("pre_gain", "rumble", "deesser", "crossover", "compressor", "width", "exciter", "servo", "lowpass", "limiter")
BYPASSED = MasteringSettings.from_table({stage: {"bypass": True} for stage in STAGES})


class Delay:
    """An insert that is late by 100 frames; it spoils what comes out where it is told to."""

    latency_frames = 100

    def __init__(self, poison: float | None = None) -> None:
        self._past = silence(self.latency_frames)
        self._poison = poison

    def process(self, block: Samples) -> Samples:
        known = np.concatenate((self._past, block), axis=1)
        self._past = known[:, block.shape[1] :]
        output = known[:, : block.shape[1]].copy()
        if self._poison is not None:
            output[:, ::100] = self._poison
        return output


def at_loudness(sound: Samples, lufs: float) -> Samples:
    return np.asarray(sound * 10.0 ** ((lufs - measure_loudness(sound).integrated_lufs) / 20.0), np.float32)


@pytest.mark.parametrize("lufs", [-24.0, -16.0, -11.0])
def test_brings_a_programme_to_its_target(lufs: float) -> None:
    programme = at_loudness(np.tile(music(10.0), (1, 5)), lufs)
    mastered = in_blocks(Mastering().process, programme, 960)
    assert measure_loudness(mastered[:, frames_of(25.0) :]).integrated_lufs == pytest.approx(-16.0, abs=0.5)
    assert true_peak_dbtp(padded(mastered), 16) <= -1.0


@pytest.mark.parametrize("name", hostile())
def test_holds_the_ceiling(name: str) -> None:
    sound = padded(hostile()[name], 0.2)
    assert true_peak_dbtp(in_blocks(Mastering().process, sound, 960), 16) <= -1.0


def test_silence_is_digital_silence_at_first_and_after_music() -> None:
    mastering = Mastering()
    assert not in_blocks(mastering.process, silence(9600), 960).any()
    in_blocks(mastering.process, music(2.0), 960)
    after = in_blocks(mastering.process, silence(2 * SAMPLE_RATE), 960)
    assert not after[:, SAMPLE_RATE:].any()
    assert mastering.levels.momentary_lufs == -70.0
    assert mastering.levels.true_peak_dbtp == -70.0


def test_silence_after_music_costs_no_more_than_music() -> None:
    mastering = Mastering()
    for _ in range(2):
        mastering.process(music(10.0))
    took = []
    for sound in (music(10.0), silence(20 * SAMPLE_RATE)[:, : frames_of(10.0)].copy()):
        started = time.thread_time()
        mastering.process(sound)
        took.append(time.thread_time() - started)
    assert took[1] < 1.5 * took[0]


@pytest.mark.parametrize("frames", [64, 480, 1000])
def test_the_sound_does_not_depend_on_the_length_of_a_block(frames: int) -> None:
    sound = 3.0 * music(6.0)
    assert np.array_equal(in_blocks(Mastering().process, sound, frames), in_blocks(Mastering().process, sound, 960))


@pytest.mark.parametrize("insert", [None, Delay()])
def test_bypassed_it_is_a_delay_of_its_latency_and_nothing_else(insert: Delay | None) -> None:
    mastering = Mastering(BYPASSED, insert)
    output = in_blocks(mastering.process, music(2.0), 960)
    late = mastering.latency_frames
    assert late == (341 if insert else 241)
    assert np.array_equal(output[:, late:], music(2.0)[:, :-late])


@pytest.mark.parametrize("stage", STAGES)
def test_the_latency_is_the_same_whatever_is_bypassed(stage: str) -> None:
    """The highest point of a click is where it was, to a frame. The low-pass, which turns the phase up there, is out throughout."""
    places = []
    for bypass in (True, False):
        table = {stage: {"bypass": bypass}, "lowpass": {"bypass": True}}
        mastering = Mastering(MasteringSettings.from_table(table, RADIO))
        click = silence(4800)
        click[:, 1000] = 0.5
        places.append(int(np.abs(mastering.process(click)[0]).argmax()) - 1000)
    assert places == pytest.approx([mastering.latency_frames] * 2, abs=1)


def test_neutral_it_is_flat() -> None:
    """Crossover and low-pass in, everything else out."""
    settings = MasteringSettings.from_table({"crossover": {"bypass": False}, "lowpass": {"bypass": False}}, BYPASSED)
    click = silence(2 * SAMPLE_RATE)
    click[:, 0] = 0.1
    response = response_db(10.0 * in_blocks(Mastering(settings).process, click, 960)[0])
    assert np.abs(response[2 * 30 : 2 * 18_000]).max() < 0.05


@pytest.mark.parametrize("poison", [np.nan, np.inf, 1e38])
def test_what_is_no_sound_never_comes_out(poison: float) -> None:
    sound = music(2.0).copy()
    sound[0, 30_000] = poison
    mastering = Mastering()
    output = in_blocks(mastering.process, sound, 960)
    assert np.isfinite(output).all()
    assert np.abs(output).max() <= 10.0 ** (-1.0 / 20.0)
    assert -40.0 < mastering.levels.momentary_lufs < -5.0


@pytest.mark.parametrize("poison", [np.nan, np.inf, 1e38, 30.0])
def test_what_an_insert_spoils_never_comes_out(poison: float) -> None:
    output = in_blocks(Mastering(RADIO, Delay(poison)).process, padded(music(1.0)), 960)
    assert np.isfinite(output).all()
    assert true_peak_dbtp(output, 16) <= -1.0


def changes() -> dict[str, MasteringSettings]:
    """Every number to either end of its range, every stage bypassed, every preset."""
    found = {f"preset {name}": preset.settings for name, preset in PRESETS.items()}
    tables: dict[str, dict[str, object]] = {f"{stage} bypassed": {stage: {"bypass": True}} for stage in STAGES}
    for path, ends in ranges().items():
        for end in ends:
            table: dict[str, object] = {path.rpartition(".")[2]: end}
            for name in reversed(path.split(".")[:-1]):
                table = {name: table}
            tables[f"{path} {end:g}"] = table
    for name, table in tables.items():
        try:
            found[name] = MasteringSettings.from_table(table, RADIO)
        except BadSettings:
            assert "crossover" in name
    return found


def clicks_dbfs(before: MasteringSettings, behind: MasteringSettings) -> float:
    """What lies above 5 kHz while a tone of 100 Hz at -6 dBFS plays through a change and back."""
    mastering, tone, output = Mastering(before), sine(100.0, 2.2, -6.0), []
    for block in range(110):
        if block in (50, 80):
            mastering.change(behind if block == 50 else before)
        output.append(mastering.process(tone[:, 960 * block : 960 * (block + 1)]))
    return highest_above_5_khz_dbfs(np.concatenate(output, axis=1)[0, 24_000:])


@pytest.mark.parametrize("name", [f"preset {name}" for name in PRESETS] + [f"{stage} bypassed" for stage in STAGES])
def test_no_change_clicks(name: str) -> None:
    assert clicks_dbfs(RADIO, changes()[name]) <= -85.0


@pytest.mark.real
def test_no_number_clicks_when_it_goes_from_where_it_is_to_either_end() -> None:
    heard = {name: clicks_dbfs(RADIO, settings) for name, settings in changes().items()}
    assert len(heard) > 80
    assert {name: dbfs for name, dbfs in heard.items() if dbfs > -85.0} == {}


@pytest.mark.parametrize("name", ["white noise", "music, 18 dB too high", "bursts on quiet", "two up, two down"])
def test_holds_the_ceiling_while_everything_changes(name: str) -> None:
    mastering, sound, output = Mastering(), padded(hostile()[name], 0.2), []
    presets = [preset.settings for preset in PRESETS.values()]
    for block in range(sound.shape[1] // 960):
        if block % 7 == 0:
            mastering.change(presets[block // 7 % len(presets)])
        output.append(mastering.process(sound[:, 960 * block : 960 * (block + 1)]))
    assert true_peak_dbtp(np.concatenate(output, axis=1), 16) <= -1.0


def test_a_change_is_there_after_a_quarter_of_a_second() -> None:
    """And the new target at once: the servo keeps what it knows of the programme."""
    mastering = Mastering()
    programme = at_loudness(np.tile(music(10.0), (1, 4)), -16.0)
    in_blocks(mastering.process, programme, 960)
    settled = mastering.levels.servo_gain_db
    mastering.change(MasteringSettings.from_table({"servo": {"target_lufs": -20.0}}, RADIO))
    assert mastering.settings.servo.target_lufs == -20.0
    assert mastering.levels.servo_gain_db == pytest.approx(settled - 4.0)
    before_and_behind = [measure_loudness(in_blocks(mastering.process, piece, 960)) for piece in (programme[:, :12_000], programme)]
    assert before_and_behind[1].integrated_lufs == pytest.approx(-20.0, abs=0.5)
    assert mastering.levels.servo_gain_db == pytest.approx(settled - 4.0, abs=0.5)


def test_a_programme_of_another_nominal_loudness_is_mastered_alike() -> None:
    loud, soft = at_loudness(music(3.0), -16.0), at_loudness(music(3.0), -23.0)
    expected = in_blocks(Mastering().process, loud, 960)
    output = in_blocks(Mastering(MasteringSettings.from_table({"programme_lufs": -23.0}, RADIO)).process, soft, 960)
    assert np.abs(output - expected).max() < 1e-4


def test_changes_fall_on_the_same_frame_whatever_the_length_of_a_block() -> None:
    outputs = []
    for frames in (960, 320, 96):
        mastering, output = Mastering(), []
        for first, settings in pairwise(enumerate([RADIO, PRESETS["loud"].settings, BYPASSED, RADIO, RADIO])):
            mastering.change(settings[1])
            output.append(in_blocks(mastering.process, 2.0 * music(4.0)[:, first[0] * 38_400 : settings[0] * 38_400], frames))
        outputs.append(np.concatenate(output, axis=1))
    assert np.array_equal(outputs[0], outputs[1])
    assert np.array_equal(outputs[0], outputs[2])


def test_levels_are_those_of_the_output() -> None:
    mastering = Mastering()
    output = in_blocks(mastering.process, at_loudness(music(10.0), -12.0), 960)
    levels = mastering.levels
    assert levels.integrated_lufs == pytest.approx(measure_loudness(output).integrated_lufs, abs=0.01)
    assert levels.true_peak_dbtp == pytest.approx(true_peak_dbtp(output[:, -SAMPLE_RATE:], 16), abs=0.3)
    assert levels.gain_reduction_db >= 0.0
    assert levels.range_lu == pytest.approx(measure_loudness(output).range_lu, abs=0.3)
    assert len(levels.band_reductions_db) == 4
    assert max(levels.band_reductions_db) > 0.5
    assert levels.servo_gain_db < 0.0


def test_sound_in_is_left_as_it_is() -> None:
    block = (2.0 * music(1.0))[:, :960]
    before = block.copy()
    output = Mastering().process(block)
    assert np.array_equal(block, before)
    assert output.shape == block.shape
    assert output.dtype == np.float32

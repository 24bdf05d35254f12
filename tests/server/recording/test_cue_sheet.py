"""Cue sheets as others read them."""

from server.recording.cue_sheet import Mark, cue_sheet


def test_titles_stand_at_their_second() -> None:
    sheet = cue_sheet("a.opus", "An hour", "Radio", [Mark(0, "One", "A"), Mark(48_000 * 3_599 + 24_000, "Two", "")])
    assert sheet.splitlines() == [
        'PERFORMER "Radio"',
        'TITLE "An hour"',
        'FILE "a.opus" WAVE',
        "  TRACK 01 AUDIO",
        '    TITLE "One"',
        '    PERFORMER "A"',
        "    INDEX 01 00:00:00",
        "  TRACK 02 AUDIO",
        '    TITLE "Two"',
        "    INDEX 01 59:59:37",
    ]


def test_a_title_cannot_write_lines_of_its_own() -> None:
    sheet = cue_sheet("a.opus", "x", "y", [Mark(0, 'a"\nFILE "/etc/passwd" WAVE', "b\rc")])
    assert sheet.count("FILE") == 2
    assert [line for line in sheet.splitlines() if line.startswith("FILE")] == ['FILE "a.opus" WAVE']

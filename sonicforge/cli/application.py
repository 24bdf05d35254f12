"""The command line: which commands there are. Each one's file is imported when it is called, since a front must start quickly."""

import sys
from pathlib import Path
from typing import Annotated, Literal, Optional

import typer

from sonicforge import __version__
from sonicforge.config import InvalidConfiguration

application = typer.Typer(
    name="sonicforge",
    help="A 24/7 AI music radio: makes its own music, never goes silent, sends one programme out every way at once.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
Configuration = Annotated[Optional[Path], typer.Option("--config", metavar="FILE", help="default: ./config.toml, if there is one")]  # noqa: UP045
Supervised = Annotated[bool, typer.Option("--supervised", hidden=True, help="end when standard input ends")]
Station = Annotated[str, typer.Option("--station", help="name of the station")]
Json = Annotated[bool, typer.Option("--json", help="print JSON for programs")]


@application.command()
def serve(
    config: Configuration = None,
    role: Annotated[Literal["all", "engine", "front", "worker"], typer.Option(help="run only these processes here")] = "all",
) -> None:
    """Run the station: engines, fronts, worker. Ctrl-C ends everything."""
    from sonicforge.cli.serve import run

    run(config, role)


@application.command(hidden=True)
def engine(station: Station = "main", config: Configuration = None, supervised: Supervised = False) -> None:
    """One station's clock, decks, playout, mastering and encoders."""
    from sonicforge.cli.engine import run

    run(station, config, supervised)


@application.command(hidden=True)
def spare(config: Configuration = None, supervised: Supervised = False) -> None:
    """A warm engine: waits on standard input for the name of the station whose place it takes."""
    from sonicforge.cli.spare import run

    run(config, supervised)


@application.command(hidden=True)
def front(
    config: Configuration = None,
    socket: Annotated[Optional[int], typer.Option(help="descriptor of the inherited listening socket")] = None,  # noqa: UP045
    source_socket: Annotated[Optional[int], typer.Option(help="descriptor of the inherited socket for sources")] = None,  # noqa: UP045
    supervised: Supervised = False,
) -> None:
    """One process that serves listeners."""
    from sonicforge.cli.front import run

    run(config, socket, source_socket, supervised)


@application.command()
def worker(
    config: Configuration = None,
    listen: Annotated[str, typer.Option(metavar="HOST:PORT", help="make takes for stations elsewhere, and nothing else")] = "",
    key_file: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--key-file", metavar="FILE", help="with --listen: the key that both sides know; or SONICFORGE_WORKER_KEY"),
    ] = None,
    supervised: Supervised = False,
) -> None:
    """Scan the media folder and render tracks ahead, at low priority. With --listen: a studio for hire (docs/remote.md)."""
    from sonicforge.cli.worker import hire_out, run

    if listen:
        hire_out(config, supervised, listen, key_file)
    else:
        run(config, supervised)


@application.command()
def ctl(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="COMMAND [ARGUMENT ...]", help="status | skip | queue [list|add|remove|reorder] | veto | stop | start | tracks"
        ),
    ],
    station: Station = "main",
    config: Configuration = None,
    as_json: Json = False,
) -> None:
    """Steer a station on air: skip, queue, veto, stop, start, status."""
    from sonicforge.cli.ctl import run

    sys.exit(run(words, station, config, as_json))


@application.command(hidden=True)
def pusher(station: Station = "main", config: Configuration = None, supervised: Supervised = False) -> None:
    """Publish one station to its RTMP targets: picture, sound and titles. `serve` starts it where there are targets."""
    from sonicforge.cli.pusher import run

    run(station, config, supervised)


@application.command()
def monitor(
    station: Station = "main",
    device: Annotated[str, typer.Option(help="number or part of the name of a sound card; default: the machine's")] = "",
    buffer_seconds: Annotated[float, typer.Option("--buffer", min=0.05, max=10.0, help="seconds of sound that lie ready")] = 0.4,
    devices: Annotated[bool, typer.Option("--devices", help="list the sound cards and end")] = False,
    config: Configuration = None,
) -> None:
    """Hear a station of this machine on a sound card of this machine."""
    from sonicforge.cli.monitor import run

    run(station, device, buffer_seconds, config, devices=devices)


@application.command("check-config")
def check_config(config: Configuration = None) -> None:
    """Read the configuration and say what is wrong with it."""
    from sonicforge.cli.check_config import run

    run(config)


@application.command()
def doctor(config: Configuration = None) -> None:
    """Look at this machine: what a station needs, what is there, what to do about the rest."""
    from sonicforge.cli.doctor import run

    sys.exit(run(config))


@application.command()
def db(
    order: Annotated[Literal["status", "up"], typer.Argument(help="status: where the schema stands; up: apply what is missing")],
    config: Configuration = None,
    as_json: Json = False,
) -> None:
    """The database's schema: see where it stands, or bring it up to date. `serve` does that by itself."""
    from sonicforge.cli.db import run

    sys.exit(run(order, config, as_json))


@application.command()
def user(
    order: Annotated[
        Literal["create", "list", "role", "password"],
        typer.Argument(help="create an account, list all, give one another role or another password"),
    ],
    email: Annotated[str, typer.Argument(help="whose")] = "",
    role: Annotated[
        Literal["", "superadmin", "admin", "moderator", "dj", "user", "viewer", "api_client"],
        typer.Option(help="for create (default: user) and role"),
    ] = "",
    name: Annotated[str, typer.Option(help="for create")] = "",
    config: Configuration = None,
    as_json: Json = False,
) -> None:
    """Accounts, by the operator's hand. A password is asked for, or read from the first line of standard input."""
    from sonicforge.cli.user import run

    sys.exit(run(order, email, role, name, config, as_json))


@application.command()
def annotate(config: Configuration = None) -> None:
    """Print the catalogue as a playlist of Liquidsoap's `annotate:` lines: cues, gain, tempo and key of every track."""
    from sonicforge.cli.annotate import run

    sys.exit(run(config))


@application.command()
def stems(
    file: Annotated[Path, typer.Argument(help="a sound file")],
    target: Annotated[Path, typer.Argument(help="the folder for its stems")],
    weights: Annotated[Path, typer.Option(help="the folder with Demucs' weights")] = Path("demucs"),
    model: Annotated[str, typer.Option(help="which of them")] = "htdemucs",
    config: Configuration = None,
) -> None:
    """Take a sound file apart: drums, bass, voice and the rest. Needs `pip install sonicforge[stems]` and weights."""
    from sonicforge.cli.stems import run

    sys.exit(run(file, target, weights, model, config))


@application.command("warm-up")
def warm_up(config: Configuration = None) -> None:
    """Compile the sound kernels and make the bed, so that a station starts at once. `make run` does it."""
    from sonicforge.cli.warm_up import run

    run(config)


@application.command()
def simulate(
    hours: Annotated[float, typer.Option(min=0.01, max=1_000, help="how much programme")] = 1.0,
    tracks: Annotated[
        Literal["full", "short"], typer.Option(help="full: two to four minutes; short: ten seconds, thousands of joins")
    ] = "full",
    encoders: Annotated[Literal["none", "one", "all"], typer.Option(help="which encoders and HLS rungs run with it")] = "none",
    seed: Annotated[int, typer.Option(help="another seed, another order and other tracks")] = 1,
    studio: Annotated[
        Literal["none", "down", "oom", "llm-down"],
        typer.Option(help="with a studio in which no backend works, every call runs out of memory, or no language model answers"),
    ] = "none",
    as_json: Json = False,
) -> None:
    """Run a whole station on a virtual clock, faster than real time, and judge what it sends."""
    from sonicforge.cli.simulate import run

    sys.exit(run(hours, tracks, encoders, seed, studio, as_json))


@application.command()
def render(
    genres: Annotated[Optional[list[str]], typer.Argument(metavar="[GENRE ...]", help="default: each genre once")] = None,  # noqa: UP045
    briefs: Annotated[Optional[Path], typer.Option("--briefs", metavar="FILE", help="JSON: a list of briefs")] = None,  # noqa: UP045
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="where the files and index.html go")] = Path("takes"),
    takes: Annotated[int, typer.Option(min=1, max=100, help="how many of each genre")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="of the first take; the same seed, the same music")] = 1,
    seconds: Annotated[float, typer.Option(help="length of a take")] = 180.0,
    bpm: Annotated[Optional[float], typer.Option(help="tempo, as far as the genre goes")] = None,  # noqa: UP045
    key: Annotated[Optional[str], typer.Option(help="like 'A minor'")] = None,  # noqa: UP045
    sections: Annotated[str, typer.Option(help="like 'intro 8, drop 16, break, drop 16, outro 8', in bars")] = "",
    mood: Annotated[str, typer.Option(help="like 'dark' or 'warm, dreamy'")] = "",
) -> None:
    """Make music without a station: takes as files, and a page to hear and compare them."""
    from sonicforge.cli.render import Wish, WrittenBrief, run

    sys.exit(run(Wish(genres or [], briefs, takes, WrittenBrief("", seed, seconds, bpm, key, mood, sections)), out))


@application.command()
def sing(
    words: Annotated[str, typer.Argument(help="like 'a warm piano over slow drums, 80 bpm'")],
    seconds: Annotated[float, typer.Option(min=1.0, max=600.0, help="how long")] = 30.0,
    seed: Annotated[int, typer.Option(min=0, help="the same seed, the same music")] = 1,
    opening: Annotated[Optional[Path], typer.Option(metavar="FILE", help="a sound that it goes on from")] = None,  # noqa: UP045
    melody: Annotated[Optional[Path], typer.Option(metavar="FILE", help="a tune that it follows; for a melody model")] = None,  # noqa: UP045
    model: Annotated[str, typer.Option(metavar="NAME|FOLDER", help="default: model of [studio.musicgen]")] = "",
    out: Annotated[str, typer.Option(metavar="FILE", help=".wav or .flac; - for standard output")] = "song.wav",
    config: Configuration = None,
) -> None:
    """Have MusicGen play without a station; it can be heard while it is made: `sonicforge sing WORDS --out - | mpv -`."""
    from sonicforge.cli.sing import Song, run

    sys.exit(run(Song(words, seconds, seed, opening, melody, model, out), config))


@application.command()
def bench(
    area: Annotated[Literal["air", "office", "outs", "sound", "studio"], typer.Argument(help="which figures")] = "air",
    only: Annotated[Optional[list[str]], typer.Option("--only", help="only rows whose name contains this; repeatable")] = None,  # noqa: UP045
    as_json: Json = False,
) -> None:
    """Measure the figures that this release promises; exit 1 if one does not hold."""
    from sonicforge.cli.bench import run

    sys.exit(run(area, only or [], as_json))


def _version(wanted: bool) -> None:
    if wanted:
        print(f"sonicforge {__version__}")
        raise typer.Exit


@application.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="print the version")] = False,
) -> None:
    del version


def main() -> None:
    """The program's entry. What the operator can mend is one line and exit status 2."""
    try:
        application()
    except InvalidConfiguration as error:
        sys.exit(_complain(error))


def _complain(error: Exception) -> int:
    print(f"sonicforge: {error}", file=sys.stderr)
    return 2

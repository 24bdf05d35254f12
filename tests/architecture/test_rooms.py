"""The floor plan of the house, held by the code itself: who may import whom, no circles, every module importable alone."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
MAY_IMPORT = {
    "dsp": set(),
    "generation": {"dsp"},
    "server": {"dsp"},
    "control": {"server", "generation", "dsp"},
    "web": {"control", "server"},
    "sonicforge": {"dsp", "generation", "server", "control", "web"},
}
SHORT_OF = {"utils", "helpers", "common", "misc", "manager", "handler", "base", "core", "lib", "util"}
EARS_OF_OTHERS = {"server.ears.beat_this", "server.ears.clap", "server.ears.stems"}
MODELS_OF_OTHERS = ("generation.acestep.", "generation.critic.", "generation.musicgen.")
"""Where the libraries of music models may be imported: inside functions, so that a station without them never notices."""
LIBRARIES_OF_MODELS = {"diffusers", "tokenizers", "torch", "transformers", "triton"}
LONGEST_FILE = 400


def modules() -> dict[str, Path]:
    """Dotted name -> file, for every module of every room."""
    found = {}
    for room in MAY_IMPORT:
        for path in sorted((HOUSE / room).rglob("*.py")):
            if "node_modules" in path.parts:
                continue
            name = ".".join(path.relative_to(HOUSE).with_suffix("").parts)
            found[name.removesuffix(".__init__")] = path
    return found


MODULES = modules()


def imports(path: Path) -> set[str]:
    """The modules of ours that a file imports, at its top or inside a function."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module
            found |= {f"{node.module}.{alias.name}" if f"{node.module}.{alias.name}" in MODULES else node.module for alias in node.names}
    return {name for name in found if name in MODULES}


IMPORTS = {name: imports(path) for name, path in MODULES.items()}


@pytest.mark.parametrize("name", MODULES)
def test_imports_only_the_rooms_it_may(name: str) -> None:
    room = name.split(".")[0]
    strangers = {other for other in IMPORTS[name] if other.split(".")[0] not in MAY_IMPORT[room] | {room}}
    assert not strangers


def test_no_circles() -> None:
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, "a circle: " + " -> ".join([*trail[trail.index(name) :], name])
        if name not in done:
            for other in sorted(IMPORTS[name]):
                visit(other, (*trail, name))
            done.add(name)

    for name in MODULES:
        visit(name, ())


def test_each_module_can_be_imported_alone() -> None:
    """In a process of its own each: a module that works only after another one of ours was imported fails here."""
    script = (
        "import os, sys, traceback\n"
        "import aiohttp.web, aiortc, av, asyncpg, numba, numpy, prometheus_client, pydantic_settings, scipy.signal, structlog, typer\n"
        "waiting, running, failed = sys.argv[1:], {}, []\n"
        "while waiting or running:\n"
        "    while waiting and len(running) < (os.cpu_count() or 1):\n"
        "        name = waiting.pop()\n"
        "        pid = os.fork()\n"
        "        if pid == 0:\n"
        "            try:\n                __import__(name)\n"
        "            except BaseException:\n                traceback.print_exc(); os._exit(1)\n"
        "            os._exit(0)\n"
        "        running[pid] = name\n"
        "    pid, status = os.wait()\n"
        "    name = running.pop(pid)\n"
        "    if status: failed.append(name)\n"
        "sys.exit('cannot be imported alone: ' + ', '.join(sorted(failed)) if failed else 0)\n"
    )
    names = [name for name in MODULES if not name.endswith("__main__")]
    done = subprocess.run([sys.executable, "-c", script, *names], cwd=HOUSE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", MODULES)
def test_opens_with_its_law(name: str) -> None:
    assert ast.get_docstring(ast.parse(MODULES[name].read_text())), "a module opens with what it owns and why"


def test_init_files_are_docstrings() -> None:
    for name, path in MODULES.items():
        if path.name == "__init__.py" and name != "sonicforge":
            assert len(ast.parse(path.read_text()).body) == 1, f"{path} holds more than a docstring"


def test_no_drawers_without_a_label() -> None:
    assert not {name for name in MODULES if set(name.split(".")) & SHORT_OF}


def test_no_file_past_its_size() -> None:
    long = {path.relative_to(HOUSE): n for path in MODULES.values() if (n := len(path.read_text().splitlines())) > LONGEST_FILE}
    assert not long, "split these along a noun"


@pytest.mark.parametrize("name", [n for n in MODULES if n.startswith(("dsp", "server", "web"))])
def test_torch_stays_in_the_extras(name: str) -> None:
    """The ears of others import it when the configuration asks for them: inside a function, and nowhere else."""
    tree = ast.parse(MODULES[name].read_text())
    inside = {id(node) for function in ast.walk(tree) if isinstance(function, ast.FunctionDef) for node in ast.walk(function)}
    assert "torch" not in {
        alias.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import) and not (name in EARS_OF_OTHERS and id(node) in inside)
        for alias in node.names
    }


@pytest.mark.parametrize("name", [n for n in MODULES if n.startswith("generation")])
def test_music_models_are_imported_where_they_are_played(name: str) -> None:
    tree = ast.parse(MODULES[name].read_text())
    inside = {id(node) for function in ast.walk(tree) if isinstance(function, ast.FunctionDef) for node in ast.walk(function)}
    found = {
        library.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom) and not (name.startswith(MODELS_OF_OTHERS) and id(node) in inside)
        for library in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""])
    }
    assert not found & LIBRARIES_OF_MODELS


@pytest.mark.parametrize("role", ["front", "serve"])
def test_only_engines_and_workers_carry_what_computes_sound(role: str) -> None:
    """Each library costs every process that imports it half a second at its start, and tens of megabytes for as long as it runs."""
    script = f"import sys, sonicforge.cli.{role}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=HOUSE, capture_output=True, text=True, check=True)
    assert not {name.split(".")[0] for name in done.stdout.split()} & {"numba", "scipy", "pedalboard", "torch", "transformers"}
